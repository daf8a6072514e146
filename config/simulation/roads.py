"""Plausible ways through Kota Solok: crossings, and routes between two points over them.

The crossings are placed by hand, rounded to some hundred metres: they look like a town on the map
and are no survey of it. Plain Python and no clock.
"""

import heapq
import math
import random

Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""

METRES_PER_DEGREE = 111_195.0

CROSSINGS: dict[str, Point] = {
    "balai kota": (-0.7985, 100.6535),
    "pasar raya": (-0.7925, 100.6548),
    "simpang lembang": (-0.7965, 100.6600),
    "simpang rumbio": (-0.8010, 100.6690),
    "korong": (-0.7950, 100.6645),
    "pandan": (-0.7892, 100.6615),
    "tanjung paku": (-0.7785, 100.6645),
    "nan balimo": (-0.7710, 100.6555),
    "kampung jawa": (-0.7670, 100.6430),
    "laing": (-0.7605, 100.6640),
    "tabu karambia": (-0.8042, 100.6570),
    "tanah garam": (-0.7940, 100.6430),
    "payo": (-0.7900, 100.6330),
    "enam suku": (-0.7905, 100.6500),
}
STREETS: tuple[tuple[str, str], ...] = (
    ("balai kota", "pasar raya"),
    ("balai kota", "simpang lembang"),
    ("balai kota", "tabu karambia"),
    ("balai kota", "tanah garam"),
    ("tanah garam", "payo"),
    ("tabu karambia", "simpang lembang"),
    ("simpang lembang", "korong"),
    ("simpang lembang", "pasar raya"),
    ("korong", "simpang rumbio"),
    ("korong", "pandan"),
    ("pasar raya", "pandan"),
    ("pasar raya", "enam suku"),
    ("enam suku", "tanah garam"),
    ("pandan", "tanjung paku"),
    ("tanjung paku", "nan balimo"),
    ("nan balimo", "kampung jawa"),
    ("tanjung paku", "laing"),
    ("nan balimo", "laing"),
    ("enam suku", "kampung jawa"),
)


def distance_m(start: Point, end: Point) -> float:
    """Give the distance in metres, flat-earth: good to a few decimetres inside one city."""
    return math.hypot(*offset_m(start, end))


def offset_m(start: Point, end: Point) -> tuple[float, float]:
    """Give how far `end` lies (east, north) of `start`, in metres."""
    east = (end[1] - start[1]) * METRES_PER_DEGREE * math.cos(math.radians(start[0]))
    return east, (end[0] - start[0]) * METRES_PER_DEGREE


def shifted(start: Point, east_m: float, north_m: float) -> Point:
    """Give the point that lies so many metres east and north of `start`."""
    lon = start[1] + east_m / (METRES_PER_DEGREE * math.cos(math.radians(start[0])))
    return start[0] + north_m / METRES_PER_DEGREE, lon


def route(start: Point, end: Point, rng: random.Random) -> list[Point]:
    """Give a polyline from `start` to `end` over the nearest crossings, its streets a bit bent."""
    first, last = _nearest(start), _nearest(end)
    corners = [start, *(CROSSINGS[name] for name in _shortest(first, last)), end]
    line = [start]
    for corner in corners[1:]:
        if distance_m(line[-1], corner) < 1.0:
            continue
        line += [*_bends(line[-1], corner, rng), corner]
    return line


def _nearest(point: Point) -> str:
    return min(CROSSINGS, key=lambda name: distance_m(point, CROSSINGS[name]))


def _shortest(first: str, last: str) -> list[str]:
    """Find the shortest way over the streets (Dijkstra); all crossings hang together."""
    neighbours: dict[str, list[str]] = {name: [] for name in CROSSINGS}
    for one, other in STREETS:
        neighbours[one].append(other)
        neighbours[other].append(one)
    queue: list[tuple[float, str, list[str]]] = [(0.0, first, [first])]
    done: set[str] = set()
    while queue:
        gone_m, name, way = heapq.heappop(queue)
        if name == last:
            return way
        if name in done:
            continue
        done.add(name)
        for other in neighbours[name]:
            leg_m = distance_m(CROSSINGS[name], CROSSINGS[other])
            heapq.heappush(queue, (gone_m + leg_m, other, [*way, other]))
    raise ValueError(f"no street leads from {first} to {last}")


def _bends(start: Point, end: Point, rng: random.Random) -> list[Point]:
    """Bend a straight leg as streets bend: a point each 150 to 300 m, up to 8 % beside the line."""
    east_m, north_m = offset_m(start, end)
    length_m = math.hypot(east_m, north_m)
    count = int(length_m // rng.uniform(150.0, 300.0))
    points = []
    for number in range(1, count + 1):
        along = number / (count + 1)
        aside = rng.uniform(-0.08, 0.08) * length_m / (count + 1)
        points.append(
            shifted(
                start,
                along * east_m - aside * north_m / length_m,
                along * north_m + aside * east_m / length_m,
            )
        )
    return points
