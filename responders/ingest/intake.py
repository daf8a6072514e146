"""Take one upload from reading to its answer: what every door of the check-ins calls.

`submit_check_ins` is for the event loop and goes through the group commit; `record_upload` is the
plain way, a transaction of its own, and defines what is right.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from responders.check_in_batches import Batch, read_batch
from responders.check_ins import Fix, Rejection
from responders.ingest.commit import (
    Outcome,
    Revoked,
    Submission,
    announce,
    record_check_ins,
)
from responders.ingest.queue import COMMIT_QUEUE
from responders.ingest.refusals import errors_out
from responders.ingest.rules import check_in_policy
from responders.wire_time import to_wire


async def submit_check_ins(
    *, device_id: UUID, envelope: object, received_at: datetime
) -> dict[str, Any]:
    """Store an upload through the group commit; return the contract's answer once it is durable.

    Messages come in the language in force. Raises `ShapeError` (nothing was read), `Busy` (nothing
    was stored; come again), `Revoked` (nothing was stored; the phone may not speak any more).
    """
    batch = read_batch(envelope, received_at=received_at, policy=check_in_policy())
    future = COMMIT_QUEUE.submit(_submission(device_id, batch))
    outcome = await asyncio.wrap_future(future)
    return answer_of(batch, outcome, now=datetime.now(UTC))


def record_upload(*, device_id: UUID, envelope: object, received_at: datetime) -> dict[str, Any]:
    """Store an upload in a transaction of its own; return the contract's answer.

    Raises `ShapeError` and `Revoked` like `submit_check_ins`, and what the database raises.
    """
    batch = read_batch(envelope, received_at=received_at, policy=check_in_policy())
    outcomes, fresh = record_check_ins([_submission(device_id, batch)], now=received_at)
    announce(fresh)
    return answer_of(batch, outcomes[0], now=datetime.now(UTC))


async def submit_fixes(
    *, device_id: UUID, fixes: Sequence[Fix], received_at: datetime
) -> list[bool]:
    """Store fixes that another wire format was read into; say for each whether it was new.

    Raises `Busy` and `Revoked` like `submit_check_ins`.
    """
    future = COMMIT_QUEUE.submit(Submission(device_id, fixes, received_at))
    outcome = await asyncio.wrap_future(future)
    if outcome.revoked:
        raise Revoked
    return outcome.stored


def record_fixes(*, device_id: UUID, fixes: Sequence[Fix], received_at: datetime) -> list[bool]:
    """Store such fixes in a transaction of their own. Raises `Revoked`."""
    outcomes, fresh = record_check_ins([Submission(device_id, fixes, received_at)], now=received_at)
    announce(fresh)
    if outcomes[0].revoked:
        raise Revoked
    return outcomes[0].stored


def answer_of(batch: Batch, outcome: Outcome, *, now: datetime) -> dict[str, Any]:
    """Return the contract's answer: a verdict for each item, in the order sent."""
    if outcome.revoked:
        raise Revoked
    stored = iter(outcome.stored)
    results: list[dict[str, Any]] = []
    for item in batch.items:
        if isinstance(item, Rejection):
            results.append(_rejected(item))
        else:
            status = "stored" if next(stored) else "duplicate"
            results.append({"id": item.sent_id, "status": status})
    return {"results": results, "server_time": to_wire(now)}


def _submission(device_id: UUID, batch: Batch) -> Submission:
    fixes = [item for item in batch.items if isinstance(item, Fix)]
    return Submission(device_id, fixes, batch.received_at, batch.offset)


def _rejected(item: Rejection) -> dict[str, Any]:
    return {"id": item.sent_id, "status": "rejected", "errors": errors_out(item.errors)}
