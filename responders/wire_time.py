"""Read and write times as the wire has them: RFC 3339, in UTC with milliseconds when we write.

Only the text form lives here. Which times are plausible is decided where they are used.
"""

import re
from datetime import UTC, datetime, timedelta

import msgspec

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]"
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|(60))(?:\.[0-9]{1,30})?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_SECONDS = slice(17, 19)
_TO_SECONDS = slice(1, 20)  # of a time as JSON, behind the quotation mark


def to_wire(moment: datetime) -> str:
    """Write an aware time in UTC with milliseconds and `Z`, the rest cut off.

    Raises `ValueError` for a time without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone has no place on the wire")
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    # msgspec's own text, ten times faster than isoformat, has microseconds or no fraction at all.
    seconds = msgspec.json.encode(utc)[_TO_SECONDS].decode()
    return f"{seconds}.{utc.microsecond // 1000:03}Z"


def to_wire_or_none(moment: datetime | None) -> str | None:
    """Write a time that may be absent."""
    return None if moment is None else to_wire(moment)


def from_wire(text: object) -> datetime:
    """Read an RFC 3339 time with an offset; return it in UTC, cut to microseconds.

    Raises `ValueError` for anything else: another type, no offset, a date that does not exist, a
    time that leaves the years 1 to 9999. A leap second is read as the second after it.
    Source: RFC 3339, 5.6 (lower case letters and a blank for the `T` are allowed there).
    """
    match = _RFC_3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("not an RFC 3339 time with an offset")
    try:
        if match[1] is None:
            moment = datetime.fromisoformat(match[0].upper())
            return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
        return _second_after(match[0].upper())
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def _second_after(leap: str) -> datetime:
    """Return the second after a leap second, which no `datetime` can hold."""
    before = f"{leap[: _SECONDS.start]}59{leap[_SECONDS.stop :]}"
    utc = datetime.fromisoformat(before).astimezone(UTC)
    if utc.timetuple()[3:6] != (23, 59, 59):
        raise ValueError("a leap second anywhere but at the end of a UTC day")
    return utc + timedelta(seconds=1)


def to_milliseconds(moment: datetime) -> datetime:
    """Cut a time to the milliseconds that the wire shows, so that what is stored equals it."""
    finer = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - finer) if finer else moment
