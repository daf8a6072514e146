"""What `gerak/map.js` needs to draw the city: outlines, the tile server, words."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from incidents.selectors.board import board_outlines

CENTRE = (-0.79, 100.655)  # Kota Solok, where no area is known yet


def map_setup() -> dict[str, Any]:
    """Return the map's own part of a page, for `json_script`. Costs one query."""
    return {
        "areas": board_outlines(),
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
