"""Wake-ups for Celery: ids in, one call. Losing one delays by a sweep, never loses."""

import contextlib
import threading
import time
from typing import Any

from celery import shared_task
from django.utils import timezone

from incidents.services import evidence, timers


@shared_task(name="incidents.review_due", ignore_result=True)
def review_due(**_later: Any) -> None:
    """Judge what is due."""
    evidence.review_due(timezone.now())


@shared_task(name="incidents.fire_due", ignore_result=True)
def fire_due(**_later: Any) -> None:
    """Fire the deadlines that are due."""
    timers.fire_due(timezone.now())


def review_soon() -> None:
    """Queue a judging, at most five a second; what is left out the sweeper finds in the rows."""
    if not _AT_MOST.allows():
        return
    with contextlib.suppress(Exception):
        review_due.apply_async(expires=5, retry=False)


class Pace:
    """Let something happen at most once in an interval of seconds, across threads."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._lock = threading.Lock()
        self._last = -interval_s

    def allows(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now - self._last < self._interval_s:
                return False
            self._last = now
            return True


_AT_MOST = Pace(interval_s=0.2)
