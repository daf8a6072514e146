"""Read and write times as the wire has them: RFC 3339, in UTC with milliseconds when we write.

Only the text form lives here. Which times are plausible is decided where they are used.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

_RFC_3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]"
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,30}))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)


def to_wire(moment: datetime) -> str:
    """Write an aware time in UTC with milliseconds and `Z`, the rest cut off.

    Raises `ValueError` for a time without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone has no place on the wire")
    utc = moment.astimezone(UTC)
    # isoformat pads the year to four digits, which strftime does not everywhere.
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


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
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    microsecond = int((match[7] or "0")[:6].ljust(6, "0"))
    leap = 1 if second == 60 else 0
    local = datetime(
        year, month, day, hour, minute, second - leap, microsecond, tzinfo=_zone(match)
    )
    try:
        utc = local.astimezone(UTC) + timedelta(seconds=leap)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None
    if leap and (utc - timedelta(seconds=1)).timetuple()[3:6] != (23, 59, 59):
        raise ValueError("a leap second anywhere but at the end of a UTC day")
    return utc


def to_milliseconds(moment: datetime) -> datetime:
    """Cut a time to the milliseconds that the wire shows, so that what is stored equals it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _zone(match: re.Match[str]) -> timezone:
    """Return the offset that the text states."""
    if match[8] is None:
        return UTC
    hours, minutes = int(match[9]), int(match[10])
    if hours > 23 or minutes > 59:
        raise ValueError("an offset that does not exist")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if match[8] == "-" else offset)
