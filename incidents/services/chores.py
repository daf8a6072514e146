"""Slow, regular work: claimed by a lease, done once, due again."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from incidents.models import Chore

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)  # own choice: longer than any chore takes
RETRY = timedelta(minutes=10)  # own choice


@dataclass(frozen=True)
class Routine:
    """What to do, and when it is due after a given moment."""

    do: Callable[[datetime], object]
    next_after: Callable[[datetime], datetime]


def do_due(routines: Mapping[str, Routine], now: datetime) -> list[str]:
    """Do each routine that is due and that nobody else is doing. Returns the names of those done.

    A routine never seen before is entered as due at its next time. One that fails is logged and due
    again in ten minutes; it stops no other.
    """
    done = []
    for name, routine in routines.items():
        chore, created = Chore.objects.get_or_create(
            name=name, defaults={"due_at": routine.next_after(now)}
        )
        if created or chore.due_at > now or not _claim(chore, now):
            continue
        try:
            routine.do(now)
        except Exception:
            logger.exception("the chore %s failed; it is tried again", name)
            _finish(chore, failed_at=now, due_at=now + RETRY)
        else:
            _finish(chore, done_at=now, due_at=routine.next_after(now))
            done.append(name)
    return done


def _claim(chore: Chore, now: datetime) -> bool:
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    return bool(
        Chore.objects.filter(free, pk=chore.pk, fence=chore.fence).update(
            leased_until=now + LEASE, fence=F("fence") + 1
        )
    )


def _finish(chore: Chore, **fields: datetime) -> None:
    """Hand the chore back, unless the lease ran out and another has taken it."""
    Chore.objects.filter(pk=chore.pk, fence=chore.fence + 1).update(leased_until=None, **fields)
