"""Which area a point lies in, by outline or nearest centroid, and how outlines come in."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.seed.seed import seed_city
from incidents.areas import Outline, distance_m, suggest
from incidents.models import Area
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


@pytest.mark.django_db
def test_outlines_are_imported_by_code(tmp_path):
    area = make_area()
    file = tmp_path / "areas.geojson"
    feature = {"type": "Feature", "properties": {"code": area.code}, "geometry": SQUARE}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    call_command("import_areas", file)

    area.refresh_from_db()
    assert area.polygon == SQUARE


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
