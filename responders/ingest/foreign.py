"""Store positions of other apps through the group commit, as the check-ins they are.

Such an app sends no id and no time of sending. The row's id is therefore made from the phone, the
time and the place, so that sending again changes nothing; and where a time cannot be what the app
meant, or is missing, the row is marked and never becomes evidence.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from responders.check_ins import Fix, placed_at
from responders.clock import UNKNOWN, Offset, batch_offset, row_offset
from responders.ingest.commit import Revoked, Submission
from responders.ingest.queue import COMMIT_QUEUE
from responders.ingest.refusals import too_large
from responders.ingest.rules import check_in_policy
from responders.policy import FOREIGN_APPS, CheckInPolicy
from responders.wire.message import Position
from responders.wire_time import to_milliseconds, to_wire


def store_positions(
    *, device_id: UUID, positions: Sequence[Position], received_at: datetime, source_auth: str
) -> list[bool]:
    """Store positions in one commit with whatever else waits; say for each whether it was new.

    Returns once they are durable. None at all is a sign of life of the phone. Raises `Busy` and
    `Revoked`, then nothing was stored; `Refused` (413) for more than any app sends at once.
    """
    if len(positions) > FOREIGN_APPS.positions_max:
        raise too_large()
    fixes = fixes_of(
        positions,
        device_id=device_id,
        received_at=received_at,
        source_auth=source_auth,
        policy=check_in_policy(),
    )
    outcome = COMMIT_QUEUE.submit(Submission(device_id, fixes, received_at)).result()
    if outcome.revoked:
        raise Revoked
    return outcome.stored


def fixes_of(
    positions: Sequence[Position],
    *,
    device_id: UUID,
    received_at: datetime,
    source_auth: str,
    policy: CheckInPolicy,
) -> list[Fix]:
    """Return the check-ins that the positions of one request are."""
    offset = _request_offset(positions, received_at=received_at, policy=policy)
    return [
        _fix_of(
            position,
            device_id=device_id,
            received_at=received_at,
            source_auth=source_auth,
            offset=offset,
            policy=policy,
        )
        for position in positions
    ]


def row_id(*, device_id: UUID, fixed_at: datetime | None, lat: float, lon: float) -> UUID:
    """Return the id of a position: SHA-256 of `phone|time as sent|lat|lon`, as a UUID version 8.

    Its first 128 bits, with version and variant set over them. Two untimed fixes of the same
    place, to the bit, are one. Source: RFC 9562, 5.8.
    """
    time = "" if fixed_at is None else to_wire(fixed_at)
    digest = hashlib.sha256(f"{device_id}|{time}|{lat!r}|{lon!r}".encode()).digest()
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | (0x8 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=number)


def _fix_of(
    position: Position,
    *,
    device_id: UUID,
    received_at: datetime,
    source_auth: str,
    offset: Offset,
    policy: CheckInPolicy,
) -> Fix:
    fixed_at, received_at = position.fixed_at, to_milliseconds(received_at)
    meant = fixed_at is not None and _can_be_meant(fixed_at, received_at, policy)
    recorded_at = to_milliseconds(fixed_at) if fixed_at is not None and meant else received_at
    suspect = not meant or _age_s(recorded_at, received_at) > policy.max_age_s
    if suspect:
        offset = UNKNOWN
    own_id = str(row_id(device_id=device_id, fixed_at=fixed_at, lat=position.lat, lon=position.lon))
    return Fix(
        client_id=own_id,
        sent_id=own_id,
        recorded_at=recorded_at,
        placed_at=placed_at(recorded_at=recorded_at, received_at=received_at, offset=offset),
        offset=row_offset(batch=offset, recorded_at=recorded_at, received_at=received_at),
        lat=position.lat,
        lon=position.lon,
        is_mock=position.is_mock,
        source=position.source,
        source_auth=source_auth,
        time_suspect=suspect,
        **_measured(position, policy=policy),
    )


def _measured(position: Position, *, policy: CheckInPolicy) -> dict[str, Any]:
    """Return what else was measured; what cannot be is unknown, and never costs the position."""
    battery_pct = None if position.battery is None else position.battery * 100
    return {
        "accuracy_m": _within(position.accuracy_m, 0, policy.accuracy_max_m),
        "speed_mps": _within(position.speed_mps, 0, policy.speed_max_mps),
        "heading_deg": position.heading_deg,
        "altitude_m": _within(position.altitude_m, policy.altitude_min_m, policy.altitude_max_m),
        "battery_pct": battery_pct,
    }


def _within(value: float | None, low: float, high: float) -> float | None:
    return value if value is not None and low <= value <= high else None


def _request_offset(
    positions: Sequence[Position], *, received_at: datetime, policy: CheckInPolicy
) -> Offset:
    """Bound the phone's clock by the newest thing that a request says was done before its receipt.

    So the newest fix of a batch dates the oldest, too. But it never dates others back: a track can
    mix the receiver's time and the phone's, and one fix ahead proves nothing about the rest.
    """
    told = [
        time
        for position in positions
        for time in (position.fixed_at, position.made_at)
        if time is not None and _can_be_meant(time, received_at, policy)
    ]
    newest = min(max(told), received_at) if told else None
    return batch_offset(received_at=received_at, sent_at=newest, seen=None)


def _can_be_meant(time: datetime, received_at: datetime, policy: CheckInPolicy) -> bool:
    """Say whether an app can mean a time: not 1970, no lost GPS week count, not the future."""
    if time < FOREIGN_APPS.earliest_meant_at:
        return False
    return -_age_s(time, received_at) <= policy.clock_ahead_s


def _age_s(time: datetime, received_at: datetime) -> float:
    return (received_at - time).total_seconds()
