"""Erase what has been kept long enough: kind by kind, in batches, with one entry in the journal.

Doing it twice changes nothing; what a crash interrupts goes on with the next run. Proofs and chains
hold afterwards: they rest on digests of what is erased.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from incidents.journal import record
from incidents.services.retention import KINDS as OF_INCIDENTS
from notifications.services.retention import KINDS as OF_MESSAGES
from responders.models import User
from responders.retention import Kind
from responders.services.retention import KINDS as OF_RESPONDERS

BATCH_ROWS = 500
KINDS: tuple[Kind, ...] = (*OF_INCIDENTS, *OF_MESSAGES, *OF_RESPONDERS)


@dataclass(frozen=True)
class Line:
    """One kind in one run: the days in force and how many rows were, or would be, emptied."""

    key: str
    days: int
    rows: int


def days_of(kind: Kind, own: Mapping[str, int] | None = None) -> int:
    """Return how long a kind is kept here: the city's days, or the default."""
    return (settings.GERAK_RETENTION_DAYS if own is None else own).get(kind.key, kind.days)


def due_rows(now: datetime) -> list[Line]:
    """Count what a purge would empty now; change nothing."""
    return [
        Line(kind.key, days_of(kind), sum(len(keys) for keys in _batches(kind, now)))
        for kind in KINDS
    ]


def purge_data(*, now: datetime, actor: User | None = None, request: str = "") -> list[Line]:
    """Erase what is due, a transaction a batch. Records data.purged with the counts.

    actor, request: who ran it and the approved request it rests on; neither for the nightly chore.
    """
    lines = []
    for kind in KINDS:
        rows = 0
        for keys in _batches(kind, now):
            with transaction.atomic():
                kind.erase(kind.model.objects.filter(pk__in=keys))
            rows += len(keys)
        lines.append(Line(kind.key, days_of(kind), rows))
    counts = {line.key: line.rows for line in lines if line.rows}
    with transaction.atomic():
        record("data.purged", now=now, actor=actor, data={"counts": counts, "request": request})
    leave_no_bytes()
    return lines


def purge_nightly(now: datetime) -> list[Line]:
    """Purge where the city turned it on; else nothing."""
    return purge_data(now=now) if settings.GERAK_PURGE_NIGHTLY else []


def next_purge(now: datetime) -> datetime:
    """Return when the next night's purge is due: at three, when fewest call."""
    three = timezone.localtime(now).replace(hour=3, minute=0, second=0, microsecond=0)
    return three if three > now else three + timedelta(days=1)


def leave_no_bytes() -> None:
    """Fold SQLite's write-ahead log away, which still holds what was erased.

    The file itself is overwritten as rows go (`secure_delete`). PostgreSQL: docs/data-protection.md
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _batches(kind: Kind, now: datetime) -> Iterator[list[Any]]:
    """Yield the keys of due rows, each row once, in the kind's order."""
    cutoff = now - timedelta(days=days_of(kind))
    rows = kind.due(cutoff).order_by(kind.order, "pk")
    beyond = Q()
    while True:
        found = list(rows.filter(beyond).values_list("pk", kind.order)[:BATCH_ROWS])
        if not found:
            return
        keys, last, pk = [row[0] for row in found], found[-1][-1], found[-1][0]
        beyond = Q(**{f"{kind.order}__gte": last}) & ~Q(**{kind.order: last, "pk__lte": pk})
        spared = kind.spared(keys, cutoff) if kind.spared else set()
        going = [key for key in keys if key not in spared]
        if going:
            yield going
