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
    """Queue a judging, at most five a second; what is left out the sweeper finds in the rows.

    On a thread of its own, one at a time: the caller commits check-ins, and a broker that hangs
    would hold it, and every phone that waits for the next commit, for as long.
    """
    if _AT_MOST.allows() and _UNDER_WAY.acquire(blocking=False):
        threading.Thread(target=_queue_review, name="judge-soon", daemon=True).start()


def _queue_review() -> None:
    try:
        with contextlib.suppress(Exception):
            review_due.apply_async(expires=5, retry=False)
    finally:
        _UNDER_WAY.release()


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
_UNDER_WAY = threading.Lock()
