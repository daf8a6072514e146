"""Times as apps write them, in UTC. A time without a zone is UTC.

Numbers below 2^31 are seconds since 1970, larger ones milliseconds. A number that no calendar
holds becomes the calendar's nearest end: whether an app can mean a time is not decided here.
"""

import math
import re
from datetime import UTC, datetime, timedelta

from responders.wire.message import Unreadable
from responders.wire.values import text_number
from responders.wire_time import from_wire

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_SECONDS_BELOW = 2**31

_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,30})?)"
    r"(?:([Zz])|([+ -])([0-9]{2}):?([0-9]{2})?)?"
)


def from_seconds(value: float) -> datetime:
    """Return the time of a count of seconds since 1970, to the millisecond."""
    if math.isnan(value):
        raise Unreadable("not a time")
    if abs(value) > 1e12:
        return _LAST if value > 0 else _FIRST
    try:
        return EPOCH + timedelta(milliseconds=round(value * 1000))
    except OverflowError:
        return _LAST if value > 0 else _FIRST


def from_number(value: float) -> datetime:
    """Return the time of a count of seconds or, from 2^31 on, of milliseconds."""
    return from_seconds(value if value < _SECONDS_BELOW else value / 1000)


def from_iso(text: str) -> datetime:
    """Return the time of an ISO text: offset with or without a colon, or none (UTC).

    A blank before the offset is a plus sign that a form has eaten. Raises `Unreadable`.
    """
    match = _ISO.fullmatch(text.strip())
    if match is None:
        raise Unreadable("not a time")
    date, clock, _zulu, sign, hours, minutes = match.groups()
    zone = "Z"
    if sign is not None:
        zone = f"{'-' if sign == '-' else '+'}{hours}:{minutes or '00'}"
    try:
        return from_wire(f"{date}T{clock}{zone}")
    except ValueError as error:
        raise Unreadable("not a time") from error


def from_text(text: str | None) -> datetime | None:
    """Return the time of a text, whichever way it is written; `None` where there is none."""
    if text is None or not text.strip():
        return None
    try:
        number = text_number(text)
    except Unreadable:
        return from_iso(text)
    return None if number is None else from_number(number)


def from_json(value: object) -> datetime | None:
    """Return the time of a JSON number or text; `None` where there is none."""
    if value is None or isinstance(value, str):
        return from_text(value)
    if type(value) not in (int, float):
        raise Unreadable("not a time")
    try:
        return from_number(float(value))  # type: ignore[arg-type]
    except OverflowError:
        return _LAST if value > 0 else _FIRST  # type: ignore[operator]
