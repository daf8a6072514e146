"""Store check-ins: one transaction for all submissions that waited. The only writer of the table.

Order inside the transaction: lock the phones in the order of their ids (two commits that share
phones cannot wait for each other in a ring), read again whether they may speak, leave out known
ids, chain in the order of receipt, insert, move the phones' rows, tell the receivers that write
rows. Source: DESIGN, Hot paths.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from responders.chain import DATA_FIELDS, data_digest, data_of, head_of, link_hash, new_salt
from responders.check_ins import Fix
from responders.clock import UNKNOWN, Offset, remember
from responders.ingest.rows import existing_rows, insert_rows, update_rows
from responders.models import CheckIn, Device, User
from responders.signals import check_ins_committed, check_ins_recorded


class Revoked(Exception):
    """The phone was revoked or signed out, or its person may not sign in any more."""


@dataclass(slots=True)
class Submission:
    """The storable fixes of one upload of one phone, in the order sent."""

    device_id: UUID
    fixes: Sequence[Fix]
    received_at: datetime
    offset: Offset = UNKNOWN


@dataclass(slots=True)
class Outcome:
    """What became of a submission: for each fix whether this one was stored (else: known)."""

    stored: list[bool] = field(default_factory=list)
    revoked: bool = False


@dataclass(slots=True)
class _Phone:
    """What a commit reads and moves of a device's row; the names are the columns'."""

    id: UUID
    chain_head: str
    last_lat: float | None
    last_lon: float | None
    last_accuracy_m: float | None
    last_recorded_at: datetime | None
    last_seen_at: datetime | None
    offset_low_s: float | None
    offset_high_s: float | None


_PHONE_FIELDS = tuple(column.name for column in fields(_Phone))
_ROW_FIELDS = (
    "device_id",
    "client_id",
    "recorded_at",
    "received_at",
    *DATA_FIELDS,
    "salt",
    "source_auth",
    "time_suspect",
    "offset_low_s",
    "offset_high_s",
    "data_digest",
    "previous_hash",
    "hash",
)
_Row = tuple[Any, ...]


def record_check_ins(
    submissions: Sequence[Submission], *, now: datetime
) -> tuple[list[Outcome], list[UUID]]:
    """Store what is new, in one transaction; return an outcome each, and the phones with new rows.

    A submission of a revoked phone is left out and says so; the others are stored. Raises what the
    database raises, and then nothing is stored. Sends `check_ins_recorded` inside the transaction;
    telling `announce` afterwards is the caller's, once the answers are out.
    """
    with transaction.atomic():
        phones = _lock_phones({submission.device_id for submission in submissions})
        known = _known_ids(submissions)
        rows: list[_Row] = []
        outcomes = [
            _chain(submission, phones.get(submission.device_id), known=known, rows=rows)
            for submission in submissions
        ]
        insert_rows(CheckIn, _ROW_FIELDS, rows)
        update_rows(Device, _PHONE_FIELDS, [_columns_of(phone) for phone in phones.values()])
        fresh = sorted({row[0] for row in rows})
        if fresh:
            check_ins_recorded.send(
                sender=CheckIn, device_ids=fresh, now=now, since=_earliest(rows)
            )
    return outcomes, fresh


def _earliest(rows: Sequence[_Row]) -> datetime:
    """Return the earliest time of what is new; of a clock known to be ahead, put right."""
    recorded, offset = _ROW_FIELDS.index("recorded_at"), _ROW_FIELDS.index("offset_high_s")
    return min(row[recorded] + timedelta(seconds=min(0.0, row[offset] or 0.0)) for row in rows)


def announce(device_ids: Sequence[UUID]) -> None:
    """Tell whoever waits for check-ins that some are committed. May get lost; raises nothing."""
    if device_ids:
        check_ins_committed.send_robust(sender=CheckIn, device_ids=list(device_ids))


def _lock_phones(device_ids: Iterable[UUID]) -> dict[UUID, _Phone]:
    """Lock the phones in id order; return those that may speak.

    `no_key`: rows that point at a phone may be written meanwhile. PostgreSQL looks at the
    conditions again after waiting for a lock; SQLite has one writer anyway.
    """
    locked = (
        Device.objects.select_for_update(no_key=True)
        .filter(
            pk__in=list(device_ids),
            revoked_at=None,
            signed_out_at=None,
            user__in=User.objects.filter(is_active=True).values("pk"),
        )
        .order_by("pk")
        .values_list(*_PHONE_FIELDS)
    )
    return {columns[0]: _Phone(*columns) for columns in locked}


def _columns_of(phone: _Phone) -> _Row:
    return tuple(getattr(phone, name) for name in _PHONE_FIELDS)


def _known_ids(submissions: Sequence[Submission]) -> set[tuple[UUID, UUID]]:
    """Return which of the (phone, client id) pairs are stored already."""
    pairs = [(entry.device_id, fix.client_id) for entry in submissions for fix in entry.fixes]
    return existing_rows(CheckIn, ("device_id", "client_id"), pairs)


def _chain(
    submission: Submission,
    phone: _Phone | None,
    *,
    known: set[tuple[UUID, UUID]],
    rows: list[_Row],
) -> Outcome:
    """Append the new rows of one submission and move its phone's row in memory."""
    if phone is None:
        return Outcome(revoked=True)
    outcome = Outcome()
    for fix in submission.fixes:
        key = (phone.id, fix.client_id)
        is_new = key not in known
        outcome.stored.append(is_new)
        if is_new:
            known.add(key)
            rows.append(_row(fix, phone))
            _move_position(phone, fix)
    if phone.last_seen_at is None or phone.last_seen_at < submission.received_at:
        phone.last_seen_at = submission.received_at
    _remember_offset(phone, submission)
    return outcome


def _row(fix: Fix, phone: _Phone) -> _Row:
    """Make the row that follows the phone's chain head, and move the head."""
    salt, previous_hash = new_salt(), phone.chain_head
    data = tuple(getattr(fix, name) for name in DATA_FIELDS)
    digest = data_digest(salt=salt, data=data_of(dict(zip(DATA_FIELDS, data, strict=True))))
    head = head_of(
        client_id=fix.client_id,
        device_id=phone.id,
        recorded_at=fix.recorded_at,
        received_at=fix.received_at,
        data_digest=digest,
    )
    phone.chain_head = link_hash(previous_hash=previous_hash, head=head)
    return (
        phone.id,
        fix.client_id,
        fix.recorded_at,
        fix.received_at,
        *data,
        salt,
        fix.source_auth,
        fix.time_suspect,
        fix.offset.low_s,
        fix.offset.high_s,
        digest,
        previous_hash,
        phone.chain_head,
    )


def head_of_row(row: CheckIn) -> dict[str, Any]:
    """Return the hashed object of a stored check-in."""
    return head_of(
        client_id=row.client_id,
        device_id=row.device_id,
        recorded_at=row.recorded_at,
        received_at=row.received_at,
        data_digest=row.data_digest,
    )


def _move_position(phone: _Phone, fix: Fix) -> None:
    """Move the phone's last position, only forwards in time and never to a doubtful place."""
    if fix.is_mock or fix.time_suspect:
        return
    if phone.last_recorded_at is not None and fix.placed_at < phone.last_recorded_at:
        return
    phone.last_lat, phone.last_lon = fix.lat, fix.lon
    phone.last_accuracy_m = fix.accuracy_m
    phone.last_recorded_at = fix.placed_at


def _remember_offset(phone: _Phone, submission: Submission) -> None:
    """Keep the newest bounds of the phone's clock: the batch's own, or its tightest fix's."""
    new = submission.offset
    if new == UNKNOWN and submission.fixes:
        new = min(
            (fix.offset for fix in submission.fixes if not fix.time_suspect),
            key=lambda offset: offset.high_s if offset.high_s is not None else float("inf"),
            default=UNKNOWN,
        )
    kept = remember(known=Offset(phone.offset_low_s, phone.offset_high_s), new=new)
    phone.offset_low_s, phone.offset_high_s = kept.low_s, kept.high_s
