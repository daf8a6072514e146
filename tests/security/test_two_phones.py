"""Check-ins of one token that two phones send by turns, and what only looks like it."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest

from responders.models import CheckIn, SecurityFinding
from responders.services.copied_phones import note_copied_phones
from responders.services.findings import settle_finding
from responders.two_phones import Sighting, sent_by_two
from tests.factories import T0, crew_of, make_device, make_staff, make_unit
from tests.gps_noise import HARSH, KINDS, SKIES, driven, parked

STATION, ELSEWHERE = (-0.789, 100.654), (-0.789, 100.673)  # 2 km apart
DEGREE_M = 111_195.0


def sent(place, *, start=0, every=20, fixes=14, battery=None, received=0, drift=0.0):
    """What a phone sends from a place: one fix each `every` s; received that many s later."""
    return [
        Sighting(
            T0 + timedelta(seconds=at),
            T0 + timedelta(seconds=at + received),
            place[0] + drift * number,
            place[1],
            15.0,
            battery,
        )
        for number, at in enumerate(range(start, start + every * fixes, every))
    ]


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (sent(STATION, battery=80), sent(ELSEWHERE, start=9, battery=43), True),
        (sent(STATION, battery=80), sent(ELSEWHERE, start=9), True),  # another program
        (sent(STATION), sent(ELSEWHERE, start=9), True),
        (sent(STATION, battery=80), sent(STATION, start=9, battery=43), True),  # side by side
        (sent(STATION, battery=80), sent(ELSEWHERE, start=9, every=60, fixes=5, battery=43), True),
        # one phone whose fixes flip to a wrong network place: it has one battery
        (sent(STATION, battery=80), sent(ELSEWHERE, start=9, battery=80), False),
        (sent(STATION), sent(ELSEWHERE, start=9, every=60, fixes=5), False),  # a few flips
        (sent(STATION), sent(STATION, start=9), False),  # two programs on one phone
        # a clock that was set back: the second half came after the first
        (sent(STATION), sent(ELSEWHERE, start=9, received=280), False),
        # one charged in between
        (sent(STATION, battery=20), sent(STATION, start=280, battery=60), False),
    ],
)
def test_two_senders_by_turns_are_two_phones(one, other, told):
    assert sent_by_two([*one, *other]) is told


def at(rows, *, battery=None):
    """Five minutes of the invented phones' rows (seconds, metres east and north), received
    at once."""
    start_s = rows[len(rows) // 2][0]
    return [
        Sighting(
            when := T0 + timedelta(seconds=t - start_s),
            when,
            STATION[0] + y / DEGREE_M,
            STATION[1] + x / DEGREE_M,
            min(accuracy, 100.0),
            battery,
        )
        for t, x, y, accuracy, _speed in rows
        if start_s <= t < start_s + 300
    ]


@pytest.mark.parametrize("sky", SKIES, ids=lambda sky: sky.name)
def test_no_single_phone_is_taken_for_two(sky):
    tracks = [at(parked(sky, seed)) for seed in range(40)]
    tracks += [at(driven(sky, kind, seed)[0]) for kind in KINDS for seed in range(20)]

    assert [track for track in tracks if sent_by_two(track)] == []


def test_two_that_drive_about_are_found_in_the_worst_sky():
    found = [
        sent_by_two(at(driven(HARSH, "car", seed)[0], battery=80) + sent(ELSEWHERE, battery=43))
        for seed in range(20)
    ]

    assert found == [True] * 20


@pytest.fixture
def device():
    return make_device(crew_of(make_unit())[0])


def stored(device, sightings, **over):
    numbers = count()
    CheckIn.objects.bulk_create(
        CheckIn(
            device=device,
            client_id=uuid4(),
            recorded_at=fix.recorded_at,
            received_at=fix.received_at,
            lat=fix.lat,
            lon=fix.lon,
            accuracy_m=fix.accuracy_m,
            battery_pct=fix.battery_pct,
            salt="x",
            data_digest="x",
            previous_hash=f"{uuid4()}{next(numbers)}",
            hash="x",
            **over,
        )
        for fix in sightings
    )


def found():
    return list(SecurityFinding.objects.values_list("kind", "device", "settled_at"))


NOW = T0 + timedelta(seconds=290)


@pytest.mark.django_db
def test_what_came_is_looked_through_and_one_that_was_settled_is_not_opened_by_it(device):
    stored(device, sent(STATION, battery=80) + sent(ELSEWHERE, start=9, battery=43))
    stored(make_device(crew_of(make_unit())[0]), sent(STATION, drift=0.001))
    note_copied_phones(NOW)
    first = found()
    settle_finding(finding=SecurityFinding.objects.get(), actor=make_staff(), now=NOW)
    again = note_copied_phones(NOW + timedelta(seconds=1))

    assert first == [("copied_token", device.pk, None)]
    assert (again, SecurityFinding.objects.filter(settled_at=None).count()) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("over", [{"source": "network"}, {"time_suspect": True}], ids=str)
def test_a_fix_that_is_no_evidence_accuses_nobody(device, over):
    stored(device, sent(STATION))
    stored(device, sent(ELSEWHERE, start=9), **over)
    note_copied_phones(NOW)

    assert found() == []


@pytest.mark.django_db
def test_a_vehicles_tracker_beside_the_crews_phone_is_no_copy(device):
    stored(device, sent(STATION, battery=80))
    stored(device, sent(ELSEWHERE, start=9, battery=43), source_auth="weak")
    note_copied_phones(NOW)

    assert found() == []


@pytest.mark.django_db
def test_a_city_that_stands_costs_one_look(device, django_assert_num_queries):
    stored(device, sent(STATION, battery=80))
    with django_assert_num_queries(1):
        note_copied_phones(NOW)
