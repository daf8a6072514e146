"""Numbers, places and flags as apps write them.

Python's own `float` takes `1_0`, other scripts' digits and blanks; here a number is ASCII.
A field that must be there raises; an optional one that is wrong is unknown.
"""

import math
import re
from typing import Any

from responders.wire.message import Impossible, NoPosition, Unreadable

KNOT_MPS = 0.514444  # 1,852 m an hour, as the reference server rounds it
KMH_MPS = 1 / 3.6

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_NO_NUMBER = {"nan", "inf", "infinity"}  # what Java, Swift and Python write for a lack of one


def text_number(text: str | None) -> float | None:
    """Read a number written as text; `None` where there is none. Raises `Unreadable`.

    `NaN` and `Infinity` are read as what they say: an app that writes them has no fix.
    """
    if text is None:
        return None
    trimmed = text.strip()
    if trimmed.lstrip("+-").lower() in _NO_NUMBER:
        return math.nan
    if len(trimmed) > 64 or _NUMBER.fullmatch(trimmed) is None:
        raise Unreadable("not a number")
    return float(trimmed)


def json_number(value: Any) -> float | None:
    """Read a JSON number; `None` where there is none. Raises `Unreadable` for text and booleans."""
    if value is None:
        return None
    if type(value) not in (int, float):
        raise Unreadable("not a number")
    try:
        return float(value)
    except OverflowError:
        return math.inf


def place(lat: float | None, lon: float | None) -> tuple[float, float]:
    """Return a place on Earth.

    Raises `NoPosition` where there is none or the unset 0,0; `Impossible` for half of one, for
    what is no number, and for degrees that do not exist.
    """
    if lat is None and lon is None:
        raise NoPosition("no coordinates")
    if lat is None or lon is None:
        raise Impossible("half a position")
    if not (abs(lat) <= 90 and abs(lon) <= 180):  # NaN is in no range
        raise Impossible("outside the Earth")
    if lat == 0 and lon == 0:
        raise NoPosition("0,0 is not a position")
    return lat + 0.0, lon + 0.0  # + 0.0 turns -0.0 into 0.0


def optional_text(text: str | None) -> float | None:
    """Read an optional number written as text; a wrong or missing one is unknown."""
    try:
        return finite(text_number(text))
    except Unreadable:
        return None


def optional_json(value: Any) -> float | None:
    """Read an optional JSON number; a wrong or missing one is unknown."""
    try:
        return finite(json_number(value))
    except Unreadable:
        return None


def finite(value: float | None) -> float | None:
    """Return a number that is one, without a negative zero."""
    return value + 0.0 if value is not None and math.isfinite(value) else None


def accuracy_m(value: float | None) -> float | None:
    """Return a radius in metres. 0 is unknown: Traccar Client 8 and GPSLogger send it for that."""
    return value if value is not None and value > 0 else None


def speed_mps(value: float | None, *, unit_mps: float = 1.0) -> float | None:
    """Return a speed in m/s; negative is unknown."""
    return value * unit_mps if value is not None and value >= 0 else None


def heading_deg(value: float | None) -> float | None:
    """Return degrees from north; -1 and the like are unknown."""
    return value if value is not None and 0 <= value <= 360 else None


def battery(value: float | None, *, full: float) -> float | None:
    """Return a charge from 0 to 1, given what the app calls full (1 or 100)."""
    return value / full if value is not None and 0 <= value <= full else None


def flag(text: str | None) -> bool | None:
    """Read a flag written as text."""
    return {"true": True, "1": True, "false": False, "0": False}.get((text or "").strip().lower())


def provider(text: object) -> str:
    """Return our word for Android's name of a location provider; the empty text for others."""
    return text if isinstance(text, str) and text in ("gps", "network") else ""


def name_of(value: object) -> str | None:
    """Return how a sender calls itself; empty and odd names are none."""
    return value if isinstance(value, str) and value else None
