"""Whether two reports are of one thing: place, time, type, and what speaks for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incidents.duplicates import Happening, likenesses
from incidents.policy import DUPLICATES
from tests.factories import T0

FIRE = Happening(
    "known",
    type="kebakaran_bangunan",
    category="kebakaran",
    lat=-0.79948,
    lon=100.65278,
    areas=frozenset({"13.72.01.1004"}),
    number="+6281234567890",
    last_at=T0 - timedelta(minutes=5),
)
REPORT = replace(FIRE, key="report", number="+6281111111111", last_at=None)


def likest(report, known=FIRE):
    found = likenesses(report, [known], now=T0, policy=DUPLICATES)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("report", "likely", "reasons"),
    [
        (REPORT, True, ("same_place", "same_type", "recent")),
        (replace(REPORT, lat=-0.7965), True, ("near", "same_type", "recent")),
        (replace(REPORT, type="asap", category="kebakaran"), True,
         ("same_place", "same_category", "recent")),
        (replace(REPORT, lat=-0.7965, type="banjir", category="bencana_alam"), False,
         ("near", "recent")),
        (replace(REPORT, lat=None, lon=None), True, ("same_area", "same_type", "recent")),
        (replace(REPORT, lat=None, lon=None, areas=frozenset(), number=FIRE.number), True,
         ("same_number", "same_type", "recent")),
    ],
)  # fmt: skip
def test_what_speaks_for_one_thing_is_added_up_and_named(report, likely, reasons):
    found = likest(report)
    assert (found.is_likely, found.reasons) == (likely, reasons)


@pytest.mark.parametrize(
    "report",
    [
        replace(REPORT, lat=-0.75),
        replace(REPORT, lat=None, lon=None, areas=frozenset({"13.72.02.1001"})),
        replace(REPORT, lat=None, lon=None, areas=frozenset()),
    ],
)
def test_type_and_time_alone_never_make_one_thing_of_two(report):
    assert likest(report) is None


def test_what_is_hours_old_is_another_thing():
    assert likest(REPORT, replace(FIRE, last_at=T0 - timedelta(hours=4))) is None


def test_the_likest_comes_first():
    near = replace(FIRE, key="near", lat=-0.7965)
    found = likenesses(REPORT, [near, FIRE], now=T0, policy=DUPLICATES)
    assert [one.key for one in found] == ["known", "near"]
