"""An area's outline as the maps draw it: few points, made once when the area is kept. Pure."""

from typing import Any

from shapely.geometry import mapping, shape

# About 45 m: no eye sees it on a map of a city of 400 pixels. Of what is larger a 75th of its size,
# or the map of a province would be one of some megabytes (measured: docs/performance.md).
TOLERANCE_DEG = 0.0004
OF_SIZE = 75
DECIMALS = 4  # 11 m, under the tolerance

Ring = list[tuple[float, float]]


def rings_of(polygon: dict[str, Any] | None) -> list[Ring] | None:
    """Return the outer rings, (longitude, latitude), of a GeoJSON (multi)polygon; None of none."""
    if not polygon:
        return None
    outline = shape(polygon)
    west, south, east, north = outline.bounds
    tolerance = max(TOLERANCE_DEG, max(east - west, north - south) / OF_SIZE)
    geometry = mapping(outline.simplify(tolerance))
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return [[(round(x, DECIMALS), round(y, DECIMALS)) for x, y, *_ in one[0]] for one in polygons]
