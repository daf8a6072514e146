"""What a hub reads of the journal each time it looks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q

from incidents.models import JournalHead
from notifications.frames import Encoded, encode_rows
from notifications.models import Delivery
from notifications.selectors import new_deliveries
from responders.models import Device


@dataclass(frozen=True)
class News:
    """What is new up to `seq`, in order, and the phones that may not hear it any more."""

    seq: int
    events: list[tuple[Delivery, Encoded]] = field(default_factory=list)
    untrusted: frozenset[UUID] = frozenset()


def read_news(
    *, after: int, people: Callable[[], list[int]], devices: Callable[[], set[UUID]]
) -> News:
    """Read everybody's events after a number, encoded. One query where there is nothing.

    The end is read first and who listens after it: whoever joins later reads from the database
    later, so nobody misses what lies before that end.
    """
    seq = JournalHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0
    if seq <= after:
        return News(seq)
    rows = new_deliveries(after=after, people=people(), now=datetime.now(UTC))
    if not rows:
        return News(seq)
    return News(seq, encode_rows(rows), frozenset(untrusted_devices(devices())))


def untrusted_devices(device_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the given phones that were revoked, signed out, or whose person left."""
    ids = list(device_ids)
    found: set[UUID] = set()
    for start in range(0, len(ids), 500):
        rows = Device.objects.filter(pk__in=ids[start : start + 500]).exclude(
            Q(revoked_at=None) & Q(signed_out_at=None) & Q(user__is_active=True)
        )
        found.update(rows.values_list("pk", flat=True))
    return found
