"""Looking in a box first finds the very units that a ranking of all of them finds."""

import math
import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import Assignment, Routing
from incidents.policy import RECOMMENDATION
from incidents.selectors import surroundings, unit_search
from incidents.selectors.recommendation import is_reachable
from incidents.selectors.surroundings import agencies_around
from incidents.selectors.unit_search import UnitSearch
from responders.models import CrewShift, Device, Unit
from tests.factories import (
    T0,
    make_agency,
    make_device,
    make_incident,
    make_type,
    make_unit,
    make_user,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db
POLICY = replace(RECOMMENDATION, looked_at_each=2, boxed_of_each=4)
FRESH = timedelta(seconds=POLICY.position_fresh_s)
SCENES = [(0.0, 100.0), (-6.2, 106.8), (-0.79948, 100.65278)]


@pytest.fixture(autouse=True)
def small_numbers(monkeypatch):
    monkeypatch.setattr(unit_search, "RECOMMENDATION", POLICY)
    monkeypatch.setattr(surroundings, "RECOMMENDATION", POLICY)


def routing_of(draw, agencies):
    """Most agencies are to be sent, some for whoever has a capability or is of a kind."""
    rows = {}
    for agency in agencies[:-1]:
        role = draw.choice(["lead", "support", "support", "inform"])
        needs = draw.choice([[], [], ["api"], ["API%", "rescue"], ["a_i"]])
        rows[agency.pk] = Routing(agency=agency, type=make_type(), role=role, needs=needs)
    return rows


def place(draw, scene, reach):
    """A point of a coarse grid, so that many are equally far; now and then none, or far away."""
    if draw.random() < 0.1:
        return None, None
    reach = draw.choice([reach, reach, 4.0])
    return tuple(mid + draw.randint(-4, 4) * reach / 4 for mid in scene)


def make_city(draw, scene, *, units, all_ready):
    agencies = [make_agency(f"a{number}") for number in range(4)]
    for number in range(units):
        lat, lon = place(draw, scene, 0.25)
        unit = make_unit(
            f"R{number}",
            agency=draw.choice(agencies),
            crew=0,
            home_lat=lat,
            home_lon=lon,
            kind=draw.choice(["rescue", "patrol"]),
            capabilities=draw.choice([[], ["api"], ["x", "api"], ["tapi"]]),
            duty_status="available" if all_ready else draw.choice(["available"] * 3 + ["off_duty"]),
            active=draw.random() < 0.95,
        )
        if not all_ready and draw.random() < 0.2:
            Assignment.objects.create(
                incident=make_incident(),
                unit=unit,
                state=draw.choice(["dispatched", "declined", "completed"]),
                dispatched_at=T0,
                move_by=T0 + minutes(10),
            )
        for _ in range(draw.choice([1, 1, 2]) if all_ready else draw.choice([0, 1, 1, 2])):
            make_member(draw, scene, unit, all_ready=all_ready)
    return agencies


def make_member(draw, scene, unit, *, all_ready):
    user = make_user(is_active=draw.random() < 0.9)
    ended = None if all_ready else draw.choice([None, None, None, T0])
    CrewShift.objects.create(user=user, unit=unit, starts_at=T0 - minutes(60), ends_at=ended)
    for _ in range(draw.choice([1, 2]) if all_ready else draw.choice([0, 1, 1, 2])):
        lat, lon = place(draw, scene, 0.25)
        make_device(
            user,
            online_until=T0 + seconds(1) if all_ready else draw.choice([None, T0, T0 + minutes(1)]),
            push_token=draw.choice(["", "t"]),
            push_token_at=draw.choice([None, T0, T0 - timedelta(days=61)]),
            push_dead_at=draw.choice([None, None, T0]),
            revoked_at=None if all_ready else draw.choice([None, None, None, T0]),
            signed_out_at=None if all_ready else draw.choice([None, None, None, T0]),
            last_lat=lat,
            last_lon=lon,
            last_recorded_at=draw.choice([None, T0, T0 - FRESH, T0 - FRESH - seconds(1)]),
        )


def ranked_in_full(scene, routing, agency_id):
    """Rank every unit by base, and by each fresh phone, apart for each agency and readiness.

    All agencies that are not to be sent are one, and theirs by base alone.
    """
    busy = set(
        Assignment.objects.filter(state__in=OPEN_ASSIGNMENT_STATES).values_list(
            "unit_id", flat=True
        )
    )
    groups = defaultdict(list)
    for unit in Unit.objects.filter(active=True):
        if agency_id not in (None, unit.agency_id):
            continue
        row = routing.get(unit.agency_id)
        phones = [
            phone
            for shift in CrewShift.objects.filter(unit=unit, starts_at__lte=T0)
            if shift.ends_at is None or shift.ends_at > T0
            for phone in Device.objects.filter(user=shift.user, revoked_at=None, signed_out_at=None)
        ]
        ready = (
            unit.duty_status == "available"
            and unit.pk not in busy
            and any(is_reachable(phone, T0) for phone in phones)
            and is_able(unit, row)
        )
        base = away(scene, unit.home_lat, unit.home_lon)
        is_sent = row is not None and row.role in ("lead", "support")
        groups["base", unit.agency_id if is_sent else 0, ready].append((base, unit.pk))
        for phone in phones:
            at = phone.last_recorded_at
            if (
                scene
                and is_sent
                and at is not None
                and at >= T0 - FRESH
                and phone.last_lat is not None
            ):
                far = away(scene, phone.last_lat, phone.last_lon)
                groups["phone", unit.agency_id, ready].append((far, unit.pk))
    return {pk for rows in groups.values() for _, pk in sorted(rows)[: POLICY.looked_at_each]}


def is_able(unit, row):
    if row is None or row.role not in ("lead", "support"):
        return False
    return not row.needs or unit.kind in row.needs or bool({*row.needs} & {*unit.capabilities})


def away(scene, lat, lon):
    if scene is None or lat is None:
        return math.inf
    shrink = math.cos(math.radians(scene[0]))
    north, east = lat - scene[0], lon - scene[1]
    return north * north + east * shrink * east * shrink


@pytest.mark.parametrize("seed", range(50))
def test_a_random_city_is_searched_as_if_every_unit_were_ranked(seed):
    draw = random.Random(seed)
    scene = draw.choice([*SCENES, *SCENES, None])
    agencies = make_city(
        draw, scene or SCENES[0], units=draw.choice([3, 12, 30, 60]), all_ready=seed % 4 == 0
    )
    routing = routing_of(draw, agencies)
    agency_id = draw.choice([None, None, agencies[0].pk])

    search = UnitSearch(scene, routing, agencies_around(scene, routing), agency_id, T0)

    assert {unit.pk for unit in search.units()} == ranked_in_full(scene, routing, agency_id)


def test_who_stands_in_the_corner_of_a_box_does_not_hide_who_is_beside_it():
    """The box of those who are not sent is half as large: 0.2 degrees to each side."""
    sent, other = make_agency("sent"), make_agency("other")
    for north in (0.1, 0.2, 0.3, 0.4):
        make_unit(agency=sent, crew=0, home_lat=north, home_lon=100.0)
    near, _corner, beside = (
        make_unit(agency=other, crew=0, home_lat=lat, home_lon=100.0 + east)
        for lat, east in ((0.01, 0.0), (0.19, 0.19), (0.21, 0.0))
    )
    scene, routing = (0.0, 100.0), {sent.pk: Routing(agency=sent, role="lead", needs=[])}

    search = UnitSearch(scene, routing, agencies_around(scene, routing), None, T0)

    listed = {unit.pk for unit in search.units() if unit.agency_id == other.pk}
    assert listed == {near.pk, beside.pk}
