"""Keep an area where a lookup by point finds it, and as maps draw it."""

from dataclasses import asdict

from incidents.area_index import box_of, cell_of
from incidents.drawn import rings_of
from incidents.models import Area
from incidents.selectors.areas import outline_of


def place_area(*, area: Area) -> None:
    """Write the cell and the box of an area, by its outline or its centroid, and its rings.

    Of a whole city none are drawn: its parts are.
    """
    box = box_of(outline_of(area))
    rings = None if area.level == Area.Level.CITY else rings_of(area.polygon)
    Area.objects.filter(pk=area.pk).update(cell=cell_of(box), rings=rings, **asdict(box))
