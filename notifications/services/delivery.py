"""The ladder of pushes: claim what is due, post it, record what the provider said, plan the rest.

A claim is a compare-and-set on the row's fence with a lease: of two sweepers one wins, and a
worker that slept through its lease writes nothing over a newer attempt. The provider's "accepted"
settles nothing; the phone's receipt does.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from django.db import close_old_connections
from django.db.models import Q
from django.utils import timezone

from notifications.audience import ASSIGNMENT_LANE
from notifications.models import Delivery
from notifications.policy import PUSH
from notifications.services.pushing import attempt

logger = logging.getLogger(__name__)


class Pool(Protocol):
    """Whatever runs attempts: threads in a server, the caller itself in a test."""

    def free(self, lane: int) -> int:
        """Return how many attempts of a lane may start now."""
        ...

    def start(self, lane: int, work: Callable[[], None]) -> None:
        """Run one attempt; never raises what it raises."""
        ...


class Threads:
    """A small pool that notices never fill: some of its threads wait for assignments."""

    def __init__(self, *, size: int = PUSH.threads) -> None:
        self._size = size
        self._busy = 0
        self._guard = Lock()
        self._executor = ThreadPoolExecutor(size, thread_name_prefix="push")

    def free(self, lane: int) -> int:
        """Return the free threads; for other lanes than assignments, less the reserved ones."""
        spare = min(PUSH.reserved_for_assignments, self._size - 1)
        reserved = 0 if lane == ASSIGNMENT_LANE else spare
        with self._guard:
            return max(0, self._size - self._busy - reserved)

    def start(self, lane: int, work: Callable[[], None]) -> None:
        """Hand one attempt to a thread, which gives its database connection back after it."""
        with self._guard:
            self._busy += 1
        self._executor.submit(self._run, work)

    def _run(self, work: Callable[[], None]) -> None:
        close_old_connections()
        try:
            work()
        except Exception:
            logger.exception("a push attempt failed; its lease will bring it back")
        finally:
            close_old_connections()
            with self._guard:
                self._busy -= 1


class Inline:
    """Run attempts at once in the caller's thread."""

    def free(self, lane: int) -> int:
        """Return room without end."""
        return 1_000

    def start(self, lane: int, work: Callable[[], None]) -> None:
        """Run it."""
        work()


_threads: list[Threads] = []
_threads_guard = Lock()


def deliver_due(now: datetime, *, pool: Pool | None = None) -> int:
    """Start an attempt for every due delivery there is room for; return how many were started.

    Assignments go first and always find a thread. Returns without waiting for the provider.
    """
    pool = pool or _process_pool()
    started = 0
    for delivery_id, lane, fence in _due(now):
        if pool.free(lane) < 1:
            continue
        if not _claim(delivery_id, fence=fence, now=now):
            continue
        clock = now if isinstance(pool, Inline) else None
        pool.start(lane, _work(delivery_id, fence + 1, lane, clock))
        started += 1
    return started


def _work(delivery_id: int, fence: int, lane: int, now: datetime | None) -> Callable[[], None]:
    """Return the attempt; without a given time it goes on with what else is due in its lane."""

    def attempts() -> None:
        attempt(delivery_id=delivery_id, fence=fence, now=now or timezone.now())
        while now is None and (claimed := _claim_next(lane, timezone.now())):
            attempt(delivery_id=claimed[0], fence=claimed[1], now=timezone.now())

    return attempts


def _claim_next(lane: int, now: datetime) -> tuple[int, int] | None:
    """Claim the most urgent due delivery of a lane; return its id and fence, None for none."""
    for delivery_id, _lane, fence in _due(now, only_lane=lane):
        if _claim(delivery_id, fence=fence, now=now):
            return delivery_id, fence + 1
    return None


def _due(now: datetime, *, only_lane: int | None = None) -> list[tuple[int, int, int]]:
    """Return id, lane and fence of what is due and not held, most urgent first.

    A lease that reaches further than five leases ahead comes from a clock that was set: it is void.
    """
    lease = timedelta(seconds=PUSH.lease_s)
    free = (
        Q(lease_until__isnull=True) | Q(lease_until__lte=now) | Q(lease_until__gt=now + 5 * lease)
    )
    rows = Delivery.objects.filter(free, next_attempt_at__lte=now)
    if only_lane is not None:
        rows = rows.filter(lane=only_lane)
    rows = rows.order_by("lane", "next_attempt_at", "pk")
    return list(rows.values_list("pk", "lane", "fence")[:200])


def _claim(delivery_id: int, *, fence: int, now: datetime) -> bool:
    changed = Delivery.objects.filter(
        pk=delivery_id, fence=fence, next_attempt_at__isnull=False
    ).update(fence=fence + 1, lease_until=now + timedelta(seconds=PUSH.lease_s))
    return changed == 1


def _process_pool() -> Threads:
    with _threads_guard:
        if not _threads:
            _threads.append(Threads())
        return _threads[0]
