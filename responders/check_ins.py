"""Read one check-in as a phone sent it: a `Fix`, or a `Rejection` that names each wrong field.

Strict: a number is a JSON number (no text, no true), a time has an offset, an id is a UUID of
version 4 or 7. Optional fields may be absent or null; unknown ones are ignored. Pure: the time of
receipt, the clock's offset and the limits are arguments, and no input makes it raise.
"""

import contextlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from responders.clock import UNKNOWN, Offset, proven_correction_s, row_offset
from responders.policy import CheckInPolicy
from responders.wire_time import from_wire, to_milliseconds

SOURCES = ("gps", "network", "manual")

_CLIENT_ID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[47][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)

FieldError = tuple[str, str]


@dataclass(slots=True)
class Fix:
    """One GPS fix that can be stored. `offset` bounds server time minus phone time for this row;
    `placed_at` is our best reading of when the phone was there, never after its receipt."""

    client_id: str  # a UUID as its text is written: hyphens, lower case
    sent_id: str  # the id as the phone wrote it: some write it in capitals
    recorded_at: datetime
    placed_at: datetime
    offset: Offset
    lat: float
    lon: float
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    altitude_m: float | None = None
    battery_pct: float | None = None
    is_mock: bool | None = None
    source: str = ""
    source_auth: str = "strong"
    time_suspect: bool = False


@dataclass(slots=True)
class Rejection:
    """One item that is not stored: its id where it has a readable one, and (field, code) pairs."""

    sent_id: str | None
    errors: list[FieldError] = field(default_factory=list)


def read_item(
    raw: object,
    *,
    received_at: datetime,
    offset: Offset = UNKNOWN,
    policy: CheckInPolicy,
) -> Fix | Rejection:
    """Read one item of a batch that was received at `received_at`, its clock bounded by `offset`.

    Codes: `required`, `not_a_number`, `out_of_range`, `bad_time`, `bad_id`, `clock_ahead`,
    `too_old`. Source: CONTRACT, Check-ins.
    """
    item: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    errors: list[FieldError] = []
    client_id = _read_id(item.get("id"), errors)
    recorded_at = _read_recorded_at(item.get("recorded_at"), errors, received_at, offset, policy)
    numbers = _read_numbers(item, errors, policy=policy)
    is_mock = _read_choice("is_mock", item.get("is_mock"), (True, False), errors)
    source = _read_choice("source", item.get("source"), SOURCES, errors)
    if errors or client_id is None or recorded_at is None:
        return Rejection(_echo(item.get("id")), errors)
    return Fix(
        client_id=client_id,
        sent_id=item["id"],
        recorded_at=recorded_at,
        placed_at=placed_at(recorded_at=recorded_at, received_at=received_at, offset=offset),
        offset=row_offset(batch=offset, recorded_at=recorded_at, received_at=received_at),
        is_mock=is_mock,
        source=source or "",
        **numbers,
    )


def placed_at(*, recorded_at: datetime, received_at: datetime, offset: Offset) -> datetime:
    """Return the phone's time as far corrected as its bounds prove, never after the receipt."""
    placed_at, correction_s = recorded_at, proven_correction_s(offset)
    if correction_s:
        with contextlib.suppress(OverflowError):
            placed_at = to_milliseconds(recorded_at + timedelta(seconds=correction_s))
    return placed_at if placed_at <= received_at else to_milliseconds(received_at)


def _read_id(value: object, errors: list[FieldError]) -> str | None:
    if value is None:
        errors.append(("id", "required"))
        return None
    if not isinstance(value, str) or _CLIENT_ID.fullmatch(value) is None:
        errors.append(("id", "bad_id"))
        return None
    return value.lower()


def _read_recorded_at(
    value: object,
    errors: list[FieldError],
    received_at: datetime,
    offset: Offset,
    policy: CheckInPolicy,
) -> datetime | None:
    """Read the phone's time; refuse it where, after the proven correction, it cannot be."""
    if value is None:
        errors.append(("recorded_at", "required"))
        return None
    try:
        recorded_at = to_milliseconds(from_wire(value))
    except ValueError:
        errors.append(("recorded_at", "bad_time"))
        return None
    # Seconds, not datetimes: the year 9999 plus a correction is no datetime any more.
    ahead_s = (recorded_at - received_at).total_seconds() + proven_correction_s(offset)
    if ahead_s > policy.clock_ahead_s:
        errors.append(("recorded_at", "clock_ahead"))
        return None
    if -ahead_s > policy.max_age_s:
        errors.append(("recorded_at", "too_old"))
        return None
    return recorded_at


def _read_numbers(
    item: Mapping[str, Any], errors: list[FieldError], *, policy: CheckInPolicy
) -> dict[str, Any]:
    """Read every number; `lat` and `lon` must be there."""
    numbers: dict[str, Any] = {}
    for name, low, high in policy.numbers:
        value = item.get(name)
        if (type(value) is float or type(value) is int) and low <= value <= high:
            numbers[name] = value + 0.0  # which turns -0.0 into 0.0, and 1 into 1.0
        elif value is not None:
            errors.append((name, _fault_of(value)))
        elif name in ("lat", "lon"):
            errors.append((name, "required"))
    return numbers


def _fault_of(value: object) -> str:
    """Say why a value is not read; a text, true, NaN and infinity are no numbers."""
    is_number = type(value) is int or (type(value) is float and math.isfinite(value))
    return "out_of_range" if is_number else "not_a_number"


def _read_choice(
    name: str, value: object, choices: tuple[Any, ...], errors: list[FieldError]
) -> Any | None:
    """Read one of a few values; another type is as wrong as another value."""
    if value is None:
        return None
    for choice in choices:
        if type(value) is type(choice) and value == choice:
            return choice
    errors.append((name, "out_of_range"))
    return None


def _echo(value: object) -> str | None:
    """Return a wrong item's id if it is short text that can be written, so that it can be found."""
    if not isinstance(value, str) or len(value) > 64 or not value.isprintable():
        return None
    return value
