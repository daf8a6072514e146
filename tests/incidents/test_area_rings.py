"""What the maps draw of an area: made once, when it is kept."""

import math

import pytest

from incidents.admin.maps import map_setup
from incidents.drawn import rings_of
from tests.factories import make_area


def ring(lon, lat, *, size_deg, points=600, wobble=0.001):
    turns = [2 * math.pi * n / points for n in range(points)]
    radii = [size_deg / 2 * (1 + wobble * math.sin(97 * turn)) for turn in turns]
    corners = [
        [lon + r * math.cos(t), lat + r * math.sin(t)] for r, t in zip(radii, turns, strict=True)
    ]
    return [*corners, corners[0]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize("size_deg", [0.01, 0.06, 0.5])
def test_few_points_are_drawn_whatever_the_size(size_deg):
    (drawn,) = rings_of(polygon(ring(100.6, -0.8, size_deg=size_deg)))

    furthest = max(abs(math.dist(point, (100.6, -0.8)) - size_deg / 2) for point in drawn)
    assert 6 <= len(drawn) < 60
    assert drawn[0] == drawn[-1]
    assert furthest <= max(0.0004, size_deg / 75) + 0.0001


def test_islands_are_drawn_each_and_holes_are_not():
    one, hole = ring(100.6, -0.8, size_deg=0.02), ring(100.6, -0.8, size_deg=0.004)
    other = ring(100.7, -0.8, size_deg=0.02)
    both = {"type": "MultiPolygon", "coordinates": [[one, hole], [other]]}

    assert [round(drawn[0][0], 2) for drawn in rings_of(both)] == [100.61, 100.71]
    assert rings_of(None) is None


@pytest.mark.django_db
def test_a_page_takes_what_was_made_when_the_area_was_kept(django_assert_num_queries):
    area = make_area(polygon=polygon(ring(100.6, -0.8, size_deg=0.02)))
    make_area(code="13.72", name="Kota", level="kota", polygon=area.polygon)
    make_area(code="13.72.01.1005", name="Laing")
    with django_assert_num_queries(1):
        areas = map_setup()["areas"]

    drawn = [[list(point) for point in one] for one in rings_of(area.polygon)]
    assert {one["name"]: one["rings"] for one in areas} == {
        area.name: drawn,
        "Kota": None,  # its parts are
        "Laing": None,
    }
