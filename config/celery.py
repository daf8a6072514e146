"""The Celery application: wake-ups only. What it does not do, the sweeper does a second later."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("gerak112")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep": {"task": "config.tasks.sweep", "schedule": 2.0, "options": {"expires": 10}},
}


@worker_init.connect
def refuse_worker_beside_memory(**_signal: Any) -> None:
    """Refuse a worker of its own in the embedded shape, where it could reach nobody.

    The worker inside `manage.py serve` does not send this signal.
    """
    if settings.EMBEDDED or settings.CELERY_BROKER_URL.startswith("memory:"):
        raise SystemExit(
            "A separate Celery worker reaches no socket in the embedded default: "
            "`manage.py serve` runs its own. Several processes want DATABASE_URL and REDIS_URL."
        )
