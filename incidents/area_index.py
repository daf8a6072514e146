"""Where to look for the area of a point without looking at every area. Pure.

An area has a box around each point that it may be the answer for, and stands in one cell of a grid:
of the grid with the smallest cells that are no smaller than its box, in the cell that holds the
middle of it. So a box around a point has its middle at most half a cell away, in one of four cells
of its grid; with a dozen grids a lookup asks for fifty cells, however many areas there are.
"""

import math
from dataclasses import dataclass

from shapely.geometry import shape

from incidents.areas import EARTH_RADIUS_M, FAR_AWAY_M, Outline

CELLS_DEG = tuple(2.0**power for power in range(-9, 2))  # about 200 m to 200 km
EVERYWHERE = 0  # the cell of what is larger, and of what nobody has placed yet
SLACK = 1.01  # a box is made that much larger, so that rounding leaves nothing out


@dataclass(frozen=True)
class Box:
    """Degrees of WGS 84. As it stands: the whole earth."""

    south: float = -90.0
    west: float = -180.0
    north: float = 90.0
    east: float = 180.0


def box_of(area: Outline) -> Box:
    """Return the box of an outline; without one, of all that the centroid may be the nearest of."""
    if area.polygon:
        west, south, east, north = shape(area.polygon).bounds
        return Box(south, west, north, east)
    up = math.degrees(FAR_AWAY_M / EARTH_RADIUS_M) * SLACK
    aside = up / max(0.01, math.cos(math.radians(abs(area.lat) + up)))
    return Box(area.lat - up, area.lon - aside, area.lat + up, area.lon + aside)


def cell_of(box: Box) -> int:
    """Return the cell in which an area with this box is kept."""
    size = max(box.north - box.south, box.east - box.west) * SLACK
    grid = next((number for number, cell in enumerate(CELLS_DEG) if cell >= size), None)
    if grid is None:
        return EVERYWHERE
    return _cell(grid, (box.south + box.north) / 2, (box.west + box.east) / 2)


def cells_at(lat: float, lon: float) -> list[int]:
    """Return the cells of every area whose box holds a point."""
    found = [EVERYWHERE]
    for grid, cell in enumerate(CELLS_DEG):
        for lat_middle in (lat - cell / 2, lat + cell / 2):
            found += [_cell(grid, lat_middle, lon + aside) for aside in (-cell / 2, cell / 2)]
    return found


def _cell(grid: int, lat: float, lon: float) -> int:
    cell = CELLS_DEG[grid]
    row, column = math.floor((lat + 91) / cell), math.floor((lon + 181) / cell)
    return (grid + 1) * 10**12 + row * 10**6 + column
