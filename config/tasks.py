"""Celery's postmarks."""

from typing import Any

from celery import shared_task
from celery.signals import worker_shutdown
from django.utils import timezone

from config.engine import SWEEPER
from config.process_name import process_name
from notifications.services.beats import forget_beats, write_beat


@shared_task
def sweep() -> None:
    """Do what is due; that it is done at all tells that broker, beat and worker live."""
    write_beat("worker", process=process_name(), now=timezone.now())
    SWEEPER.sweep()


@worker_shutdown.connect
def leave_in_order(**_signal: Any) -> None:
    """Take the worker's sign of life away, so that its orderly end turns nothing red."""
    forget_beats(process=process_name(), kind="worker")
