"""A person's stream as read from the database: who is there, where they stand, the next page.

Each for many at once, in a number of queries that does not grow with them: when a server comes
back, all of its phones do.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from notifications.frames import Encoded, encode_rows
from notifications.policy import STREAM
from notifications.selectors import (
    Head,
    Owed,
    is_lost,
    journal_head,
    new_deliveries,
    newest_of,
    newest_visible,
    stream_of,
)
from notifications.services.receipts import Came, lacking_receipts
from notifications.tail import untrusted_devices
from responders.models import Device
from responders.tokens import digest_of


@dataclass(frozen=True)
class SignedIn:
    """The phone behind a socket; not `trusted`: it may not be told anything any more.

    `online_until`: the mark that its last socket left behind.
    """

    device_id: UUID
    person_id: int
    role: str
    newest: int
    trusted: bool
    online_until: datetime | None


def phones_of(tokens: list[str]) -> list[SignedIn | None]:
    """Return whose tokens these are; None for a stranger's."""
    digests = [digest_of(token) for token in tokens]
    rows = (
        Device.objects.filter(token_digest__in=digests)
        .annotate(newest=newest_of("user", now=datetime.now(UTC)))
        .values_list(
            "token_digest",
            "pk",
            "user_id",
            "user__role",
            "newest",
            "user__is_active",
            "revoked_at",
            "signed_out_at",
            "online_until",
        )
    )
    known = {
        digest: SignedIn(
            pk, person, role, newest or 0, active and revoked is None and signed_out is None, until
        )
        for digest, pk, person, role, newest, active, revoked, signed_out, until in rows
    }
    return [known.get(digest) for digest in digests]


@dataclass(frozen=True)
class Place:
    """Up to where a client says that it heard everything, and of which history."""

    person_id: int
    after: int
    epoch: str | None
    phone: SignedIn | None = None  # whose socket asks, if it is one


@dataclass(frozen=True)
class Standing:
    """Where a client and the journal stand; `lost`: it must start anew, from the journal's end.

    `unsaid`: the numbers for which a phone's coming so far is a receipt.
    """

    head: Head
    newest: int
    lost: bool
    unsaid: list[int]


def standings_of(places: list[Place]) -> list[Standing]:
    """Look where clients stand."""
    now = datetime.now(UTC)
    head = journal_head()
    newest = newest_visible([place.person_id for place in places], now=now)
    too_old: set[int] = set()
    for after in sorted({place.after for place in places if 0 < place.after <= head.seq}):
        if not is_lost(after=after, epoch=None, head=head, now=now):
            break  # what follows a later number is younger
        too_old.add(after)
    lost = [
        place.after > head.seq or place.after in too_old or place.epoch not in (None, head.epoch)
        for place in places
    ]
    came = [
        Came(place.phone.device_id, place.person_id, place.after, place.phone.online_until)
        for place, is_away in zip(places, lost, strict=True)
        if place.phone and place.after and not is_away
    ]
    unsaid = lacking_receipts(came) if came else {}
    return [
        Standing(head, newest.get(place.person_id, 0), is_away, _upto(place, unsaid, is_away))
        for place, is_away in zip(places, lost, strict=True)
    ]


def _upto(place: Place, unsaid: dict[UUID, list[int]], is_away: bool) -> list[int]:
    if place.phone is None or is_away:
        return []
    return [seq for seq in unsaid.get(place.phone.device_id, ()) if seq <= place.after]


def standing_of(person_id: int, *, after: int, epoch: str | None) -> Standing:
    """Look where one client stands."""
    return standings_of([Place(person_id, after, epoch)])[0]


def read_stream(
    person_id: int, *, after: int, limit: int, now: datetime | None = None
) -> list[tuple[Owed, Encoded]]:
    """Return a person's next events after a number, encoded, at most `limit`."""
    rows = stream_of(person_id, after=after, limit=limit, now=now or datetime.now(UTC))
    return encode_rows(rows)


@dataclass(frozen=True)
class PageAsked:
    """What a socket wants to read next."""

    person_id: int
    device_id: UUID
    after: int
    limit: int


@dataclass(frozen=True)
class Page:
    """The next events for a socket, and whether its phone may still be told."""

    events: list[tuple[Owed, Encoded]]
    trusted: bool


def read_pages(asked: list[PageAsked]) -> list[Page]:
    """Return the next page for each.

    Those near the journal's end are read together: since an event is there once a person, so many
    events bound what one of them can be owed. Who is far behind has a query of their own.
    """
    now = datetime.now(UTC)
    untrusted = untrusted_devices({one.device_id for one in asked})
    told = [one for one in asked if one.device_id not in untrusted]
    near = journal_head().seq - STREAM.page_rows
    owed: dict[int, list[Owed]] = {}
    together = [one for one in told if one.after >= near]
    if together:
        after = min(one.after for one in together)
        for row in new_deliveries(after=after, people={o.person_id for o in together}, now=now):
            owed.setdefault(row.person_id, []).append(row)
    pages: dict[int, list[Owed]] = {}
    for number, one in enumerate(asked):
        if one.device_id in untrusted:
            pages[number] = []
        elif one.after >= near:
            mine = [row for row in owed.get(one.person_id, ()) if row.event_id > one.after]
            pages[number] = mine[: one.limit]
        else:
            pages[number] = stream_of(one.person_id, after=one.after, limit=one.limit, now=now)
    encoded = iter(encode_rows([row for rows in pages.values() for row in rows]))
    return [
        Page([next(encoded) for _ in pages[number]], one.device_id not in untrusted)
        for number, one in enumerate(asked)
    ]
