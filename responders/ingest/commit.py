"""Store check-ins: one transaction for all submissions that waited. The only writer of the table.

Order inside the transaction: lock the phones in the order of their ids (two commits that share
phones cannot wait for each other in a ring), read again whether they may speak, leave out known
ids, chain in the order of receipt, insert, move the phones' rows, tell the receivers that write
rows. Source: DESIGN, Hot paths.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, compress
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction

from responders.chain import DATA_FIELDS, data_digest, head_of, new_salts, row_hash, told_of
from responders.check_ins import Fix
from responders.clock import UNKNOWN, Offset
from responders.ingest.phones import Phone, lock_phones, save_phones
from responders.ingest.rows import existing_rows, insert_rows
from responders.models import CheckIn
from responders.signals import check_ins_committed, check_ins_recorded
from responders.wire_time import to_wire


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

    revoked: bool = False
    stored: list[bool] = field(default_factory=list)


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
_data = attrgetter(*DATA_FIELDS)


def record_check_ins(
    submissions: Sequence[Submission], *, now: datetime
) -> tuple[list[Outcome], list[UUID]]:
    """Store what is new, in one transaction; return an outcome each, and the phones with new rows.

    A submission of a revoked phone is left out and says so; the others are stored. Raises what the
    database raises, and then nothing is stored. Sends `check_ins_recorded` inside the transaction;
    telling `announce` afterwards is the caller's, once the answers are out.
    """
    with transaction.atomic():
        phones = lock_phones({submission.device_id for submission in submissions})
        known = _known_ids(submissions)
        salts = new_salts(sum(len(submission.fixes) for submission in submissions))
        told = [(upload, Outcome(upload.device_id not in phones)) for upload in submissions]
        insert_rows(CheckIn, _ROW_FIELDS, _chained(told, phones, known, salts))
        save_phones(phones.values())
        fresh = sorted({upload.device_id for upload, outcome in told if any(outcome.stored)})
        if fresh:
            new = chain(*(compress(upload.fixes, outcome.stored) for upload, outcome in told))
            check_ins_recorded.send(
                sender=CheckIn, device_ids=fresh, now=now, since=min(map(_earliest, new))
            )
    return [outcome for _upload, outcome in told], fresh


def _earliest(fix: Fix) -> datetime:
    """Return the earliest that a fix may be of; of a clock known to be ahead, put right."""
    return min(fix.recorded_at, fix.placed_at)


def announce(device_ids: Sequence[UUID]) -> None:
    """Tell whoever waits for check-ins that some are committed. May get lost; raises nothing."""
    if device_ids:
        check_ins_committed.send_robust(sender=CheckIn, device_ids=list(device_ids))


def _known_ids(submissions: Sequence[Submission]) -> dict[UUID, set[str]]:
    """Return the client ids of these that are stored already, by phone."""
    pairs = [(entry.device_id, fix.client_id) for entry in submissions for fix in entry.fixes]
    known: dict[UUID, set[str]] = defaultdict(set)
    for device_id, client_id in existing_rows(CheckIn, ("device_id", "client_id"), pairs):
        known[device_id].add(str(client_id))
    return known


def _chained(
    told: Sequence[tuple[Submission, Outcome]],
    phones: dict[UUID, Phone],
    known: dict[UUID, set[str]],
    salts: Iterator[str],
) -> Iterator[_Row]:
    """Yield the new rows, fill in the outcomes and move the phones' rows in memory."""
    for submission, outcome in told:
        if outcome.revoked:
            continue
        phone, seen = phones[submission.device_id], known[submission.device_id]
        device_id, received_at = str(phone.id), to_wire(submission.received_at)
        for fix in submission.fixes:
            is_new = fix.client_id not in seen
            outcome.stored.append(is_new)
            if is_new:
                seen.add(fix.client_id)
                yield _row(fix, phone, device_id, received_at, next(salts))
                phone.move_to(fix)
        phone.was_heard(at=submission.received_at)
        phone.remember_offset(submission.offset, submission.fixes)


def _row(fix: Fix, phone: Phone, device_id: str, received_at: str, salt: str) -> _Row:
    """Make the row that follows the phone's chain head, and move the head.

    Its ids and times are the texts that were hashed, so that none is written twice.
    """
    previous_hash, recorded_at, data = phone.chain_head, to_wire(fix.recorded_at), _data(fix)
    digest = data_digest(salt=salt, data=told_of(data))
    phone.chain_head = row_hash(
        client_id=fix.client_id,
        device_id=device_id,
        recorded_at=recorded_at,
        received_at=received_at,
        data_digest=digest,
        previous_hash=previous_hash,
    )
    return (
        device_id,
        fix.client_id,
        recorded_at,
        received_at,
        *data,
        salt,
        fix.source_auth,
        fix.time_suspect,
        *fix.offset,
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
