"""Which area a point lies in, by the outlines and centroids that are stored."""

from incidents.areas import Outline, suggest
from incidents.models import Area


def area_and_basis(lat: float | None, lon: float | None) -> tuple[Area | None, str]:
    """Return the kelurahan a point lies in, and on what basis; None, "dispatcher": unknown."""
    if lat is None or lon is None:
        return None, "dispatcher"
    villages = {area.code: area for area in Area.objects.filter(level=Area.Level.VILLAGE)}
    outlines = [
        Outline(area.code, area.centroid_lat, area.centroid_lon, area.polygon)
        for area in villages.values()
    ]
    found = suggest(lat, lon, outlines)
    return (villages[found[0]], found[1]) if found else (None, "dispatcher")


def area_at(lat: float, lon: float) -> Area | None:
    """Return the kelurahan a point lies in; None outside the city."""
    return area_and_basis(lat, lon)[0]
