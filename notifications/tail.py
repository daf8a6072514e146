"""What a hub reads of the journal each time it looks, and what it notes of its sockets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from incidents.models import JournalHead
from notifications.frames import Encoded, encode_rows
from notifications.selectors import Owed, new_deliveries
from responders.models import Device, SecurityFinding
from responders.services.findings import note_finding


@dataclass(frozen=True)
class News:
    """What is new up to `seq`, in order, and the phones that may not hear it any more."""

    seq: int
    events: list[tuple[Owed, Encoded]] = field(default_factory=list)
    untrusted: frozenset[UUID] = frozenset()


def read_news(*, after: int, people: Callable[[], set[int]]) -> News:
    """Read these people's events after a number, encoded. One query where there is nothing.

    The end is read first and who listens after it: whoever joins later reads from the database
    later, so nobody misses what lies before that end.
    """
    seq = JournalHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0
    if seq <= after:
        return News(seq)
    here = people()
    rows = [
        row for row in new_deliveries(after=after, now=datetime.now(UTC)) if row.person_id in here
    ]
    if not rows:
        return News(seq)
    told = Device.objects.filter(user__deliveries__event_id__in={row.event_id for row in rows})
    return News(seq, encode_rows(rows), frozenset(_untrusted(told)))


def untrusted_devices(device_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the given phones that were revoked, signed out, or whose person left."""
    ids = list(device_ids)
    found: set[UUID] = set()
    for start in range(0, len(ids), 500):
        found.update(_untrusted(Device.objects.filter(pk__in=ids[start : start + 500])))
    return found


def note_copied(device_ids: Iterable[UUID]) -> None:
    """Write down phones whose token is in use in two places at once. They go on being served."""
    now = datetime.now(UTC)
    for device in Device.objects.filter(pk__in=list(device_ids)):
        note_finding(kind=SecurityFinding.Kind.COPIED_TOKEN, device=device, now=now)


def _untrusted(phones: QuerySet[Device]) -> QuerySet[Device, UUID]:
    trusted = Q(revoked_at=None) & Q(signed_out_at=None) & Q(user__is_active=True)
    return phones.exclude(trusted).values_list("pk", flat=True)
