"""Turn degrees into metres around one point, and back.

Good to a few kilometres from it, which is all the rule asks.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

METRES_PER_DEGREE = 111_319.490793  # 2 pi 6,378,137 / 360: WGS 84's equatorial radius


class Point(NamedTuple):
    """A place on earth, WGS 84 degrees: latitude first."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Plane:
    """A flat map around `origin`: x to the east, y to the north, metres."""

    origin: Point

    def to_metres(self, lat: float, lon: float) -> tuple[float, float]:
        """Return (x, y) of a place; the shorter way round the date line."""
        east = (lon - self.origin.lon + 180.0) % 360.0 - 180.0
        return east * self._metres_per_lon(), (lat - self.origin.lat) * METRES_PER_DEGREE

    def to_degrees(self, x: float, y: float) -> Point:
        """Return the place at (x, y): the inverse of `to_metres`."""
        lon = (self.origin.lon + x / self._metres_per_lon() + 180.0) % 360.0 - 180.0
        return Point(lat=self.origin.lat + y / METRES_PER_DEGREE, lon=lon)

    def _metres_per_lon(self) -> float:
        return METRES_PER_DEGREE * max(math.cos(math.radians(self.origin.lat)), 1e-6)
