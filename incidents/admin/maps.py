"""What `gerak/map.js` needs to draw the city: outlines, the tile server, words."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape

from incidents.selectors.board import board_outlines

OUTLINE_TOLERANCE_DEG = 0.0004  # about 45 m: no eye sees it on a map of 400 pixels
CENTRE = (-0.79, 100.655)  # Kota Solok, where no area is known yet


def map_setup() -> dict[str, Any]:
    """Return the map's own part of a page, for `json_script`. Costs one query."""
    return {
        "areas": [_outline(area) for area in board_outlines()],
        "centre": CENTRE,
        "tiles": tile_source(),
        "words": {
            "zoom_in": _("Perbesar"),
            "zoom_out": _("Perkecil"),
            "incidents": _("kejadian"),
            "available": _("siaga"),
            "assigned": _("bertugas"),
            "out_of_service": _("tidak siap operasi"),
        },
    }


def tile_source() -> dict[str, str] | None:
    """Return the city's tile server with its credit; None where it has set none."""
    if not settings.GERAK_TILE_URL:
        return None
    return {"url": settings.GERAK_TILE_URL, "attribution": settings.GERAK_TILE_ATTRIBUTION}


def _outline(area: dict[str, Any]) -> dict[str, Any]:
    polygon = area.pop("polygon")
    if polygon and area["level"] != "kota":
        simple = shape(polygon).simplify(OUTLINE_TOLERANCE_DEG)
        area["rings"] = _rings(mapping(simple))
    return area


def _rings(geometry: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Return the outer rings of a polygon or multipolygon, rounded to a metre."""
    polygons = [geometry["coordinates"]]
    if geometry["type"] == "MultiPolygon":
        polygons = geometry["coordinates"]
    return [[(round(x, 5), round(y, 5)) for x, y in polygon[0]] for polygon in polygons]
