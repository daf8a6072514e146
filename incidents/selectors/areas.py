"""Which area a point lies in, by the outlines and centroids that are stored."""

import math

from django.db.models import QuerySet

from incidents.area_index import SLACK, cells_at
from incidents.areas import EARTH_RADIUS_M, Outline, suggest
from incidents.models import Area


def area_and_basis(lat: float | None, lon: float | None) -> tuple[Area | None, str]:
    """Return the kelurahan a point lies in, and on what basis; None, "dispatcher": unknown."""
    if lat is None or lon is None:
        return None, "dispatcher"
    villages = {area.code: area for area in villages_around(lat, lon)}
    found = suggest(lat, lon, map(outline_of, villages.values()))
    return (villages[found[0]], found[1]) if found else (None, "dispatcher")


def villages_around(lat: float, lon: float) -> QuerySet[Area]:
    """Return the kelurahan whose box holds a point: a few, however many there are."""
    return Area.objects.filter(
        level=Area.Level.VILLAGE,
        cell__in=cells_at(lat, lon),
        south__lte=lat,
        north__gte=lat,
        west__lte=lon,
        east__gte=lon,
    )


def villages_near(lat: float, lon: float, *, within_m: float) -> QuerySet[Area]:
    """Return the kelurahan whose box is within so many metres of a point; boxes alone are read."""
    up = math.degrees(within_m / EARTH_RADIUS_M) * SLACK
    aside = up / max(0.01, math.cos(math.radians(lat)))
    return Area.objects.filter(
        level=Area.Level.VILLAGE,
        south__lte=lat + up,
        north__gte=lat - up,
        west__lte=lon + aside,
        east__gte=lon - aside,
    )


def outline_of(area: Area) -> Outline:
    """Return an area as the rules need it."""
    return Outline(area.code, area.centroid_lat, area.centroid_lon, area.polygon)


def area_at(lat: float, lon: float) -> Area | None:
    """Return the kelurahan a point lies in; None outside the city."""
    return area_and_basis(lat, lon)[0]
