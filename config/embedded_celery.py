"""Celery's worker and beat as threads of the server's own process, over `memory://`."""

import threading

from celery.beat import Scheduler, Service

from config.celery import app

CONCURRENCY = 2
BEAT_INTERVAL_S = 1


def run_worker(stopping: threading.Event) -> None:
    """Work until told to stop. Not `Worker`: that takes over stdout and signals."""
    worker = app.WorkController(
        pool="threads",
        concurrency=CONCURRENCY,
        hostname="embedded@localhost",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    _when_set(stopping, worker.stop)
    worker.start()


def run_beat(stopping: threading.Event) -> None:
    """Send the scheduled tasks until told to stop; the schedule is kept in memory."""
    service = Service(app, max_interval=BEAT_INTERVAL_S, scheduler_cls=Scheduler)
    _when_set(stopping, service.stop)
    service.start()


def _when_set(stopping: threading.Event, stop: object) -> None:
    threading.Thread(
        target=lambda: (stopping.wait(), stop()),  # type: ignore[operator]
        name="celery-stopper",
        daemon=True,
    ).start()
