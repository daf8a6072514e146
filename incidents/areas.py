"""Which area a point lies in: by outline where there is one, else the nearest centroid.

Pure: works on plain outlines. In the market quarter 20 m change the kelurahan, so the answer is a
suggestion and the dispatcher's choice wins.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shapely import transform
from shapely.geometry import Point, shape

EARTH_RADIUS_M = 6_371_008.8
FAR_AWAY_M = 25_000.0  # a point farther than this from every centroid is not in the city


@dataclass(frozen=True)
class Outline:
    """An area as this module needs it. polygon: GeoJSON geometry (lon, lat) or None."""

    code: str
    lat: float
    lon: float
    polygon: dict[str, Any] | None


def distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the great-circle distance in metres (within 0.6 % of the ellipsoid)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half = (
        math.sin((phi_b - phi_a) / 2) ** 2
        + math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def suggest(lat: float, lon: float, outlines: Iterable[Outline]) -> tuple[str, str] | None:
    """Return (code, basis) of the area a point lies in, basis being polygon or centroid.

    None where no area is near. With outlines known, a point outside all of them has no area.
    """
    candidates = list(outlines)
    point = Point(lon, lat)
    drawn = [area for area in candidates if area.polygon]
    for area in drawn:
        if shape(area.polygon).covers(point):
            return area.code, "polygon"
    rest = [area for area in candidates if not area.polygon]
    if not rest:
        return None
    nearest = min(rest, key=lambda area: distance_m(lat, lon, area.lat, area.lon))
    if distance_m(lat, lon, nearest.lat, nearest.lon) > FAR_AWAY_M:
        return None
    return nearest.code, "centroid"


def touched(
    lat: float, lon: float, outlines: Iterable[Outline], *, within_m: float
) -> dict[str, float]:
    """Return code → distance in metres of every outlined area that a point lies in or next to.

    Inside: 0. An area without an outline is left out. The plane is local: good to 1 % over a city.
    """
    metres_per_degree = math.radians(1) * EARTH_RADIUS_M
    shrink = math.cos(math.radians(lat))
    here = Point(lon * shrink, lat)
    found = {}
    for area in outlines:
        if not area.polygon:
            continue
        outline = transform(shape(area.polygon), lambda xy: xy * [shrink, 1.0])
        distance = here.distance(outline) * metres_per_degree
        if distance <= within_m:
            found[area.code] = distance
    return found
