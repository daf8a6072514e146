"""Whom the desk proposes: ready, able, near; with every reason said, and what is short."""

import httpx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from incidents import road_times
from incidents.models import Routing
from incidents.selectors.recommendation import recommend_units
from incidents.services.dispatch import dispatch_unit
from incidents.services.response import take_step
from incidents.suitability import age_text
from responders.models import CrewShift, Device, Unit, User
from tests.factories import (
    T0,
    crew_of,
    make_agency,
    make_device,
    make_incident,
    make_type,
    make_unit,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db
NEAR, FAR = (-0.7990, 100.6530), (-0.8300, 100.6900)


def routed(key="damkar", role="lead", needs=(), **over):
    agency = make_agency(key, **over)
    Routing.objects.get_or_create(
        type=make_type(), agency=agency, defaults={"role": role, "needs": list(needs)}
    )
    return agency


def ready_unit(call_sign, agency, place=NEAR, **over):
    unit = make_unit(call_sign, agency=agency, home_lat=place[0], home_lon=place[1], **over)
    make_device(crew_of(unit)[0], online_until=T0 + minutes(60))
    return unit


def told(recommendation):
    """Return call sign → (chosen, reason codes)."""
    return {
        candidate.unit.call_sign: (candidate.chosen, candidate.codes)
        for candidate in recommendation.candidates
    }


def test_the_nearest_able_unit_is_chosen_and_each_other_says_why_not():
    agency = routed(needs=["api"])
    ready_unit("Damkar jauh", agency, FAR, capabilities=["api"])
    ready_unit("Damkar dekat", agency, NEAR, capabilities=["api"])
    ready_unit("Patroli", agency, NEAR, kind="patrol")
    ready_unit("Damkar libur", agency, NEAR, capabilities=["api"], duty_status="off_duty")
    make_unit("Damkar bisu", agency=agency, capabilities=["api"])
    ready_unit("Lain", make_agency("lain"), NEAR)

    proposal = recommend_units(make_incident(), T0)

    assert told(proposal) == {
        "Damkar dekat": (True, ["lead_agency", "capable", "no_position", "nearest"]),
        "Damkar jauh": (False, ["lead_agency", "capable", "no_position", "farther"]),
        "Patroli": (False, ["lead_agency", "no_position", "not_capable"]),
        "Damkar libur": (False, ["lead_agency", "capable", "no_position", "off_duty"]),
        "Damkar bisu": (False, ["lead_agency", "capable", "no_position", "unreachable"]),
        "Lain": (False, ["no_position", "not_routed"]),
    }
    reasons = {c.unit.call_sign: [r.text for r in c.reasons] for c in proposal.candidates}
    assert reasons["Damkar jauh"][-1] == "lebih jauh daripada Damkar dekat"
    assert reasons["Patroli"][-1] == "tidak berkemampuan api"
    assert proposal.shortfalls == []


def test_the_leading_agency_stands_first_and_the_unnamed_last():
    lead, support, unnamed = routed(), routed("psc", role="support"), make_agency("lain")
    for agency in (lead, support, unnamed):
        place = FAR if agency == lead else NEAR
        ready_unit(f"{agency.key} siap", agency, place)
        ready_unit(f"{agency.key} kedua", agency, place)
        ready_unit(f"{agency.key} libur", agency, place, duty_status="off_duty")

    proposal = recommend_units(make_incident(), T0)

    assert list(told(proposal)) == [
        *("damkar siap", "psc siap", "damkar kedua", "psc kedua", "damkar libur", "psc libur"),
        *("lain siap", "lain kedua", "lain libur"),
    ]


def test_of_agencies_that_the_matrix_does_not_name_the_nearest_few_are_listed():
    for number in range(20):
        place = (NEAR[0] - number / 1000, NEAR[1])
        make_unit(f"Lain {number}", agency=make_agency(f"lain-{number}"), crew=0,
                  home_lat=place[0], home_lon=place[1])  # fmt: skip

    proposal = recommend_units(make_incident(lat=NEAR[0], lon=NEAR[1]), T0)

    assert list(told(proposal)) == [f"Lain {number}" for number in range(8)]
    assert proposal.unlisted == 12


def test_a_position_is_told_with_its_age():
    unit = ready_unit("Damkar 1", routed(), FAR)
    Device.objects.update(last_lat=NEAR[0], last_lon=NEAR[1], last_recorded_at=T0 - minutes(6))

    fresh = recommend_units(make_incident(), T0).candidates[0]
    stale = recommend_units(make_incident(), T0 + minutes(30)).candidates[0]

    assert fresh.unit == unit
    assert fresh.reasons[1].text == "posisi 6 menit lalu"
    assert fresh.distance_m < 100
    assert stale.reasons[1].text == "posisi usang (36 menit lalu); dihitung dari pangkalan"
    assert stale.distance_m > 4000


def test_an_agency_that_is_on_its_way_gets_no_second_unit():
    agency = routed()
    first = ready_unit("Damkar 1", agency, NEAR)
    ready_unit("Damkar 2", agency, FAR)
    incident = make_incident()
    dispatch_unit(incident=incident, unit=first, actor=None, now=T0)

    proposal = recommend_units(incident, T0 + seconds(5))

    assert told(proposal)["Damkar 2"] == (False, ["lead_agency", "no_position", "agency_sent"])
    assert proposal.candidates[0].reasons[-1].text == "instansinya sudah dikirim: Damkar 1"
    assert proposal.shortfalls == []


@pytest.mark.parametrize("declines", [True, False])
def test_after_a_refusal_or_silence_the_next_is_chosen(declines):
    agency = routed()
    first = ready_unit("Damkar 1", agency, NEAR)
    ready_unit("Damkar 2", agency, FAR)
    assignment = dispatch_unit(incident=make_incident(), unit=first, actor=None, now=T0)
    if declines:
        take_step(assignment=assignment, step="declined", at=None, actor=None, now=T0, reason="ban")

    proposal = recommend_units(assignment.incident, T0 + seconds(61))

    last = "declined" if declines else "busy"
    assert told(proposal) == {
        "Damkar 2": (True, ["lead_agency", "no_position", "nearest"]),
        "Damkar 1": (False, ["lead_agency", "no_position", last]),
    }


def test_whoever_went_off_shift_or_left_is_no_crew():
    agency = routed()
    ended, left, lost = (ready_unit(name, agency) for name in ("Usai", "Pergi", "Hilang"))
    ended.shifts.update(ends_at=T0)
    User.objects.filter(shifts__unit=left).update(is_active=False)
    Device.objects.filter(user__shifts__unit=lost).update(revoked_at=T0)

    assert told(recommend_units(make_incident(), T0)) == {
        "Usai": (False, ["lead_agency", "no_position", "no_crew", "unreachable"]),
        "Pergi": (False, ["lead_agency", "no_position", "no_crew", "unreachable"]),
        "Hilang": (False, ["lead_agency", "no_position", "unreachable"]),
    }


def test_eight_that_are_busy_do_not_hide_who_is_free():
    agency = routed()
    for number in range(8):
        dispatch_unit(
            incident=make_incident(), unit=ready_unit(f"Sibuk {number}", agency), actor=None, now=T0
        )
    for number in range(8):
        ready_unit(f"Bisu {number}", agency)
    Device.objects.filter(user__shifts__unit__call_sign__startswith="Bisu").delete()
    ready_unit("Bebas", agency, FAR)

    proposal = recommend_units(make_incident(), T0)

    assert [c.unit.call_sign for c in proposal.candidates if c.chosen] == ["Bebas"]
    assert (len(proposal.candidates), proposal.unlisted) == (9, 8)


def test_an_age_is_said_in_the_language_in_force():
    ages = (5, 300, 7_200, 200_000)

    def said(language):
        with override(language):
            return [age_text(seconds) for seconds in ages]

    assert said("id") == ["5 detik lalu", "5 menit lalu", "2 jam lalu", "2 hari lalu"]
    assert said("en") != said("id")
    assert said("id") == ["5 detik lalu", "5 menit lalu", "2 jam lalu", "2 hari lalu"]


def test_what_is_short_is_said_with_the_agency():
    routed("damkar")
    routed("medis", role="support", short_name="PSC 119")
    routed("polres", role="support", kind="external", short_name="Polres")

    proposal = recommend_units(make_incident(), T0)

    assert [reason.text for reason in proposal.shortfalls] == [
        "tidak ada regu yang siap dari instansi yang memimpin (Damkar)",
        "tidak ada regu yang siap dari PSC 119",
    ]
    assert [(one.agency.key, one.role, one.request) for one in proposal.outside] == [
        ("polres", "support", None)
    ]


def test_by_road_another_unit_may_be_quicker(settings, monkeypatch):
    settings.GERAK_ROUTING_URL = "http://osrm.test"
    agency = routed()
    ready_unit("Damkar dekat", agency, NEAR)
    ready_unit("Damkar jauh", agency, FAR)
    asked = []

    def answer(url, params, timeout):
        asked.append((url, params))
        return httpx.Response(
            200, json={"durations": [[600.0], [200.0]]}, request=httpx.Request("GET", url)
        )

    monkeypatch.setattr(road_times.httpx, "get", answer)

    proposal = recommend_units(make_incident(), T0)

    best = proposal.candidates[0]
    assert (best.unit.call_sign, best.reasons[-1].text) == (
        "Damkar jauh",
        "tercepat sampai, 3 mnt lewat jalan",
    )
    assert asked == [
        (
            "http://osrm.test/table/v1/driving/"
            "100.65300,-0.79900;100.69000,-0.83000;100.65278,-0.79948",
            {"sources": "0;1", "destinations": "2", "annotations": "duration"},
        )
    ]


@pytest.mark.parametrize(
    "body", [{}, {"durations": None}, {"durations": [[1.0]]}, {"durations": [["x"], [2]]}, [], 7]
)
def test_a_routing_server_that_talks_nonsense_is_passed_over(settings, monkeypatch, body):
    settings.GERAK_ROUTING_URL = "http://osrm.test"
    agency = routed()
    ready_unit("Damkar dekat", agency, NEAR)
    ready_unit("Damkar jauh", agency, FAR)
    asked = []

    def answer(url, params, timeout):
        asked.append(url)
        return httpx.Response(200, json=body, request=httpx.Request("GET", url))

    monkeypatch.setattr(road_times.httpx, "get", answer)

    first, second = (recommend_units(make_incident(), T0) for _ in range(2))

    for proposal in (first, second):
        assert proposal.candidates[0].unit.call_sign == "Damkar dekat"
        assert [reason.code for reason in proposal.shortfalls] == ["no_road_times"]
    assert len(asked) == 1


def many_units(agency, count):
    """Make units in a line away from the scene, each with one person and a live phone."""
    units = Unit.objects.bulk_create(
        Unit(
            call_sign=f"Banyak {n}",
            agency=agency,
            kind="rescue",
            home_lat=-0.80 - n / 1000,
            home_lon=100.65,
        )
        for n in range(count)
    )
    people = User.objects.bulk_create(
        User(username=f"orang-{n}", name=f"Orang {n}", role="crew") for n in range(count)
    )
    CrewShift.objects.bulk_create(
        CrewShift(user=user, unit=unit, starts_at=T0 - minutes(60))
        for user, unit in zip(people, units, strict=True)
    )
    Device.objects.bulk_create(
        Device(
            user=user,
            name="Redmi",
            platform="android",
            enrolled_at=T0,
            token_digest=f"{user.username}",
            online_until=T0 + minutes(60),
            last_lat=-0.80 - n / 1000,
            last_lon=100.65,
            last_recorded_at=T0 - seconds(30),
        )
        for n, user in enumerate(people)
    )
    return units


def test_a_thousand_units_cost_what_one_does():
    agency = routed()
    many_units(agency, 1)
    incident = make_incident()
    with CaptureQueriesContext(
        connection,
    ) as at_one:
        recommend_units(incident, T0)
    User.objects.update(username="dulu")
    Unit.objects.update(call_sign="Dulu", home_lat=-50)
    Device.objects.update(last_lat=-50, token_digest="dulu")
    units = many_units(agency, 1000)

    with CaptureQueriesContext(connection) as at_many:
        proposal = recommend_units(incident, T0)

    assert len(at_many) == len(at_one) + 1  # in a box first
    assert len(proposal.candidates) == 8
    assert proposal.unlisted == 993
    assert [c.unit for c in proposal.candidates if c.chosen] == [units[0]]


def test_an_operator_weighs_the_own_agency_alone():
    mine, other = routed("mine"), routed("other", role="support")
    ready_unit("Milik", mine)
    ready_unit("Asing", other)

    proposal = recommend_units(make_incident(), T0, agency_id=mine.pk)

    assert list(told(proposal)) == ["Milik"]
    assert (proposal.shortfalls, proposal.outside, proposal.unlisted) == ([], [], 0)
