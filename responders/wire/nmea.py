"""The GPRMC sentence of NMEA 0183, which GPSLogger's OpenGTS mode sends. Speed is in knots.

Its checksum is not tested: the sentence was made by the app, not carried over a serial line, and
GPSLogger's own test expects one that does not fit.
"""

import re
from datetime import UTC, datetime

from responders.wire.message import Impossible, NoPosition, Position, Unreadable
from responders.wire.values import KNOT_MPS, heading_deg, optional_text, place, speed_mps

_DEGREES = re.compile(r"([0-9]{0,3}?)([0-9]{1,2}\.[0-9]{1,12})")
_FIELDS = 10


def read_rmc(sentence: str, *, device: str | None) -> Position:
    """Read `$GPRMC,hhmmss,A,lat,N,lon,E,knots,course,ddmmyy,…`; raise what is `Unusable`."""
    parts = sentence.split(",")
    if len(parts) < _FIELDS or parts[0].lstrip("$") not in ("GPRMC", "GNRMC"):
        raise Unreadable("not a GPRMC sentence")
    if parts[2] != "A":
        raise NoPosition("the receiver has no fix")
    lat, lon = place(_degrees(parts[3], parts[4], "NS"), _degrees(parts[5], parts[6], "EW"))
    return Position(
        lat=lat,
        lon=lon,
        fixed_at=_fixed_at(parts[9], parts[1]),
        speed_mps=speed_mps(optional_text(parts[7]), unit_mps=KNOT_MPS),
        heading_deg=heading_deg(optional_text(parts[8])),
        device=device,
    )


def _degrees(text: str, side: str, sides: str) -> float:
    """Read degrees and minutes (`5121.47965` is 51° 21.47965'), with their hemisphere."""
    match = _DEGREES.fullmatch(text)
    if match is None or side not in tuple(sides):
        raise Unreadable("not degrees and minutes")
    minutes = float(match[2])
    if minutes >= 60:
        raise Impossible("more than 59 minutes")
    degrees = int(match[1] or "0") + minutes / 60
    return degrees if side == sides[0] else -degrees


def _fixed_at(date: str, clock: str) -> datetime:
    try:
        return datetime.strptime(date + clock[:6], "%d%m%y%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise Unreadable("not a time") from error
