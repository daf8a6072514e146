"""Celery's postmarks."""

from celery import shared_task

from config.engine import SWEEPER


@shared_task
def sweep() -> None:
    """Do what is due."""
    SWEEPER.sweep()
