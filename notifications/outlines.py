"""Outlines as they leave: simplified rings of (lat, lon). Pure."""

from typing import Any

from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

TOLERANCE_DEG = 0.0002  # about 22 m, under what a phone's position is worth
DECIMALS = 5


def rings_of(polygon: dict[str, Any] | None) -> list[list[tuple[float, float]]]:
    """Return the outer rings of a GeoJSON (multi)polygon, closed; none where there is none.

    Holes are left out: a warning that reaches one hamlet too many is the better fault.
    """
    if not polygon:
        return []
    simple: BaseGeometry = shape(polygon).simplify(TOLERANCE_DEG)
    geometry = mapping(simple)
    parts = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        parts = [parts]
    rings = [[(round(y, DECIMALS), round(x, DECIMALS)) for x, y, *_ in part[0]] for part in parts]
    return [ring for ring in rings if len(set(ring)) >= 3]
