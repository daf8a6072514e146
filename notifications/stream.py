"""A person's stream as read from the database: where a client stands, and its next page."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from notifications.frames import Encoded, encode_rows
from notifications.models import Delivery
from notifications.selectors import Head, is_lost, journal_head, newest_visible, stream_of
from notifications.tail import untrusted_devices


@dataclass(frozen=True)
class Standing:
    """Where a client and the journal stand; `lost`: it must start anew, from the journal's end."""

    head: Head
    newest: int
    lost: bool


def standing_of(person_id: int, *, after: int, epoch: str | None) -> Standing:
    """Look where a client that heard everything up to `after` stands."""
    now = datetime.now(UTC)
    head = journal_head()
    return Standing(
        head,
        newest_visible(person_id, now=now),
        is_lost(after=after, epoch=epoch, head=head, now=now),
    )


def read_stream(
    person_id: int, *, after: int, limit: int, now: datetime | None = None
) -> list[tuple[Delivery, Encoded]]:
    """Return a person's next events after a number, encoded, at most `limit`."""
    rows = stream_of(person_id, after=after, limit=limit, now=now or datetime.now(UTC))
    return encode_rows(rows)


def read_page(
    person_id: int, device_id: UUID, *, after: int, limit: int
) -> tuple[list[tuple[Delivery, Encoded]], bool]:
    """Return the next page for a socket, and whether its phone may still be told."""
    trusted = not untrusted_devices([device_id])
    return (read_stream(person_id, after=after, limit=limit) if trusted else []), trusted
