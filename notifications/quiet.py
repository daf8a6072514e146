"""The hours in which what is not urgent waits. Pure."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.policy import QuietHours

WIB = ZoneInfo("Asia/Jakarta")
SHAPE = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3])[:.]([0-5]\d)")


class BadQuietHours(ValueError):
    """The setting names no hours; it looks like 22:00-05:00."""


def read_quiet_hours(text: str) -> QuietHours | None:
    """Return the hours that a setting names, as "22:00-05:00"; None for an empty one.

    Raises BadQuietHours.
    """
    if not text.strip():
        return None
    found = SHAPE.fullmatch(text.strip())
    if found is None:
        raise BadQuietHours(text)
    start_h, start_min, end_h, end_min = map(int, found.groups())
    return QuietHours(time(start_h, start_min), time(end_h, end_min))


def quiet_until(now: datetime, hours: QuietHours | None) -> datetime | None:
    """Return when the quiet that holds at a moment ends; None where none holds."""
    if hours is None or hours.starts == hours.ends:
        return None
    local = now.astimezone(WIB)
    clock = local.time()
    over_midnight = hours.starts > hours.ends
    quiet = (
        clock >= hours.starts or clock < hours.ends
        if over_midnight
        else hours.starts <= clock < hours.ends
    )
    if not quiet:
        return None
    day = local.date() + timedelta(days=over_midnight and clock >= hours.starts)
    return datetime.combine(day, hours.ends, tzinfo=WIB).astimezone(UTC)
