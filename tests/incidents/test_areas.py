"""Which area a point lies in, by outline or nearest centroid, and how outlines come in."""

import json
import random
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from config.seed.seed import seed_city
from incidents.area_index import EVERYWHERE, box_of, cell_of, cells_at
from incidents.areas import Outline, distance_m, suggest
from incidents.models import Area
from incidents.selectors.areas import area_and_basis, outline_of, villages_around
from tests.factories import T0, make_area

SQUARE = {"type": "Polygon", "coordinates": [[[100, -1], [101, -1], [101, 0], [100, 0], [100, -1]]]}
OUTLINES = Path(__file__).resolve().parents[3] / "shared" / "data" / "solok-areas.geojson"


def test_the_outline_decides_where_there_is_one():
    areas = [Outline("far", -0.9, 100.9, None), Outline("square", 0.0, 0.0, SQUARE)]

    assert suggest(-0.5, 100.5, areas) == ("square", "polygon")


def test_the_nearest_centroid_is_suggested_without_outlines():
    areas = [Outline("a", -0.80, 100.65, None), Outline("b", -0.75, 100.67, None)]

    assert suggest(-0.79, 100.65, areas) == ("a", "centroid")


def test_a_place_far_from_the_city_has_no_area():
    assert suggest(-6.2, 106.8, [Outline("a", -0.80, 100.65, None)]) is None


def test_outside_every_outline_is_outside():
    assert suggest(5.0, 100.5, [Outline("square", 0.0, 0.0, SQUARE)]) is None


def test_distance_is_near_the_ellipsoid():
    assert distance_m(0, 100, 0, 101) == pytest.approx(111_195, abs=5)


PLACE = st.tuples(st.floats(-11, 6), st.floats(95, 141))


def rectangle(south, west, north, east):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@given(PLACE, st.floats(0.0001, 3), st.floats(0.0001, 3), st.floats(0, 1), st.floats(0, 1))
def test_every_point_of_an_outline_is_in_a_cell_that_is_looked_at(place, high, wide, up, aside):
    south, west = place
    box = box_of(Outline("a", 0, 0, rectangle(south, west, south + high, west + wide)))

    assert cell_of(box) in cells_at(
        min(south + high * up, box.north), min(west + wide * aside, box.east)
    )


@given(PLACE, PLACE)
def test_a_centroid_that_is_near_enough_is_looked_at(centroid, point):
    area = Outline("a", *centroid, None)
    near = suggest(*point, [area]) is not None

    assert not near or cell_of(box_of(area)) in cells_at(*point)


@pytest.mark.django_db
def test_a_lookup_reads_a_few_areas_and_answers_as_a_look_at_all_does(django_assert_num_queries):
    draw = random.Random(7)
    for number in range(120):
        south, west = -1 + number // 12 * 0.1, 100 + number % 12 * 0.1
        outline = rectangle(south, west, south + draw.uniform(0.05, 0.2), west + 0.1)
        make_area(
            f"13.99.{number}", centroid_lat=south, centroid_lon=west,
            polygon=outline if number % 5 else None,
        )  # fmt: skip
    everything = [outline_of(area) for area in Area.objects.order_by("code")]

    for _ in range(60):
        lat, lon = draw.uniform(-1.6, 0.6), draw.uniform(99.4, 101.8)
        with django_assert_num_queries(1):
            area, basis = area_and_basis(lat, lon)
        among_all = suggest(lat, lon, everything)
        assert basis == (among_all[1] if among_all else "dispatcher")
        inside = [one.code for one in everything if one.polygon and suggest(lat, lon, [one])]
        assert (area and area.code) in (inside or [among_all and among_all[0]])
        assert len(villages_around(lat, lon)) < 40


@pytest.mark.django_db
def test_an_area_that_nobody_has_placed_is_found_all_the_same():
    area = make_area(polygon=SQUARE)
    placed = Area.objects.get().cell
    Area.objects.update(cell=EVERYWHERE, south=-90, west=-180, north=90, east=180)

    assert area_and_basis(-0.5, 100.5) == (area, "polygon")
    area.save()
    assert Area.objects.get().cell == placed != EVERYWHERE


@pytest.mark.django_db
def test_outlines_are_imported_by_code(tmp_path):
    area = make_area()
    file = tmp_path / "areas.geojson"
    feature = {"type": "Feature", "properties": {"code": area.code}, "geometry": SQUARE}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    call_command("import_areas", file)

    area.refresh_from_db()
    assert area.polygon == SQUARE
    assert area_and_basis(-0.01, 100.01) == (area, "polygon")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "feature",
    [
        {"properties": {"code": "99"}, "geometry": SQUARE},
        {"properties": {"code": "13.72.01.1004"}, "geometry": None},
        {
            "properties": {"code": "13.72.01.1004"},
            "geometry": {"type": "Point", "coordinates": [1, 2]},
        },
        {"properties": None},
        "x",
    ],
)
def test_a_bad_feature_changes_nothing(tmp_path, feature):
    make_area()
    file = tmp_path / "areas.geojson"
    good = {"properties": {"code": "13.72.01.1004"}, "geometry": SQUARE}
    file.write_text(json.dumps({"features": [good, feature]}))

    with pytest.raises(CommandError):
        call_command("import_areas", file)

    assert Area.objects.filter(polygon__isnull=False).count() == 0


@pytest.mark.django_db
@pytest.mark.skipif(not OUTLINES.exists(), reason="the outlines of Kota Solok are not here")
def test_the_city_hall_lies_in_ix_korong():
    seed_city(T0)
    call_command("import_areas", OUTLINES)
    villages = Area.objects.filter(level="kelurahan")

    found = suggest(
        -0.79948,
        100.65278,
        [Outline(a.code, a.centroid_lat, a.centroid_lon, a.polygon) for a in villages],
    )

    assert found == ("13.72.01.1004", "polygon")
