"""Exactly the areas that are touched, with the reason; deputies in time; nobody beside them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.seed.seed import seed_city
from incidents.models import Area, IncidentEvent
from incidents.services.intake import update_incident
from notifications.models import Delivery, Ladder, Notice, Official, OutsideMessage
from notifications.reach import areas_reach, offices_of, unreachable_areas
from notifications.services.answers import answer_notice, read_notice
from notifications.services.delivery import Inline
from notifications.services.ladders import climb_due
from notifications.services.notices import notices_due
from notifications.services.outside import outside_due
from tests.factories import (
    T0,
    make_area,
    make_device,
    make_incident,
    make_type,
    make_user,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db
# Kelurahan of the flood of November 2025. Source: domain study, history.
FLOODED = (
    "13.72.01.1001",
    "13.72.01.1002",
    "13.72.01.1003",
    "13.72.01.1004",
    "13.72.01.1005",
    "13.72.01.1006",
    "13.72.02.1001",
    "13.72.02.1002",
    "13.72.02.1004",
)


def square(west, east):
    ring = [[west, -0.81], [east, -0.81], [east, -0.80], [west, -0.80], [west, -0.81]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def lubuk():
    return make_area("13.72.01", "Lubuk Sikarah", "kecamatan")


@pytest.fixture
def west(lubuk):
    return make_area("13.72.01.1003", "Sinapa", parent=lubuk, polygon=square(100.64, 100.65))


@pytest.fixture
def east(lubuk):
    return make_area("13.72.01.1004", "Korong", parent=lubuk, polygon=square(100.65, 100.66))


@pytest.fixture
def far(lubuk):
    return make_area("13.72.01.1007", "Rumbio", parent=lubuk, polygon=square(100.67, 100.68))


def heads(area, role="head", **over):
    person = make_user(role="official")
    Official.objects.create(user=person, area=area, role=role, starts_at=T0 - seconds(60), **over)
    return person


def at(count):
    return T0 + seconds(count)


def basis_by_office():
    return dict(Notice.objects.order_by("office__code").values_list("office__name", "basis_text"))


def told(person):
    return list(
        Delivery.objects.filter(person=person)
        .order_by("event_id")
        .values_list("event__kind", flat=True)
    )


def test_on_a_border_both_sides_are_told_why_and_no_third(west, east, far):
    outsider = heads(far)
    make_incident(lat=-0.805, lon=100.65012, areas=[])

    notices_due(at(1))

    inside, beside = "titik kejadian di dalam batas Kel. Korong", "titik kejadian 13 m dari batas"
    assert basis_by_office() == {
        "Lubuk Sikarah": f"{inside}; {beside} Kel. Sinapa.",
        "Sinapa": f"{beside} Kel. Sinapa.",
        "Korong": f"{inside}.",
    }
    assert {notice.basis for notice in Notice.objects.all()} == {"polygon"}
    assert told(outsider) == []


def test_away_from_the_border_one_kelurahan_is_told(west, east, far):
    make_incident(lat=-0.805, lon=100.655, areas=[])

    notices_due(at(1))

    assert list(basis_by_office()) == ["Lubuk Sikarah", "Korong"]


def test_an_outline_elsewhere_is_not_read_for_it(west, east, far):
    Area.objects.filter(pk=far.pk).update(polygon={"type": "no such thing"})
    make_incident(lat=-0.805, lon=100.65012, areas=[])

    notices_due(at(1))

    assert list(basis_by_office()) == ["Lubuk Sikarah", "Sinapa", "Korong"]


def test_what_the_dispatcher_chose_is_exactly_what_is_told(west, east, far):
    make_incident(lat=-0.805, lon=100.65012, areas=[east])

    notices_due(at(1))

    assert basis_by_office() == dict.fromkeys(
        ["Lubuk Sikarah", "Korong"], "dipilih dispatcher: Kel. Korong."
    )


def test_an_official_of_another_area_sees_nothing(west, east, far, phone_of):
    lurah, outsider = heads(east), heads(far)
    make_incident(lat=-0.805, lon=100.655, areas=[])
    notices_due(at(1))
    notice = Notice.objects.get(office=east)

    listed = [phone_of(person).get("/api/v1/notices").json() for person in (lurah, outsider)]
    opened = phone_of(outsider).get(f"/api/v1/notices/{notice.pk}")
    stream = phone_of(outsider).get("/api/v1/events").json()["events"]

    assert [len(body["results"]) for body in listed] == [1, 0]
    assert (opened.status_code, stream) == (404, [])


def flood(codes):
    seed_city(T0)
    banjir = make_type("banjir")
    return make_incident(type=banjir, areas=list(Area.objects.filter(code__in=codes)))


def test_the_flood_of_2025_tells_nine_lurah_and_two_camat_and_no_other():
    flood(FLOODED)

    changed = notices_due(at(1))

    people = Delivery.objects.filter(lane=2).values_list("person__username", flat=True)
    assert changed == 11
    assert sorted(people) == sorted(
        [f"lurah-{code}" for code in FLOODED] + ["camat-13.72.01", "camat-13.72.02"]
    )


def test_thirteen_kelurahan_cost_as_many_queries_as_one():
    counts = []
    everywhere = [*FLOODED, "13.72.01.1007", "13.72.02.1003", "13.72.02.1005", "13.72.02.1006"]
    for codes in (FLOODED[:1], FLOODED[:1], everywhere):
        flood(codes)
        with CaptureQueriesContext(connection) as queries:
            notices_due(at(1))
        counts.append(len(queries))

    _cold, *counts = counts
    assert counts[0] == counts[1]


def test_where_the_head_does_not_read_in_ten_minutes_the_deputy_is_told(east):
    head, deputy = heads(east), heads(east, role="deputy")
    make_incident(areas=[east])
    notices_due(T0)

    climb_due(at(599))
    before = told(deputy)
    climb_due(at(600))

    assert before == []
    assert told(head) == ["notice.issued"]
    assert told(deputy) == ["notice.forwarded"]
    event = IncidentEvent.objects.get(kind="notice.forwarded")
    assert event.data["people"] == [deputy.pk]


def test_a_head_who_read_it_keeps_the_deputy_asleep(east):
    head, deputy = heads(east), heads(east, role="deputy")
    make_incident(areas=[east])
    notices_due(T0)
    notice = Notice.objects.get(office=east)
    read_notice(notice=notice, person=head, device=make_device(head), at=at(60), now=at(60))

    climb_due(at(700))

    assert told(deputy) == []
    assert Ladder.objects.get(notice=notice).ending == "reached"


def test_without_a_head_the_acting_one_is_told_at_once(east):
    acting, deputy = heads(east, role="acting"), heads(east, role="deputy")
    make_incident(areas=[east])

    notices_due(T0)

    assert (told(acting), told(deputy)) == (["notice.issued"], [])


def test_who_was_told_late_hears_the_updates(east, far):
    heads(east)
    deputy = heads(east, role="deputy")
    incident = make_incident(areas=[east])
    notices_due(T0)
    climb_due(at(600))

    update_incident(
        incident=incident,
        changes={"type": make_type("banjir", label="Banjir")},
        areas=None,
        actor=None,
        now=at(650),
    )
    notices_due(at(651))

    assert told(deputy) == ["notice.forwarded", "notice.updated"]


def test_after_a_quarter_of_an_hour_the_desk_is_asked_to_call(east):
    heads(east, phone="0812-1111")
    make_incident(areas=[east])
    notices_due(T0)

    for moment in (600, 900):
        climb_due(at(moment))
        outside_due(at(moment), pool=Inline())

    spoken = OutsideMessage.objects.get(ladder__notice__office=east, channel="spoken")
    assert spoken.to_address == "0812-1111"
    assert spoken.text.startswith("Kebakaran bangunan di Kel. Korong (SLK-")


def pushed_at(person):
    return list(
        Delivery.objects.filter(person=person)
        .order_by("event_id")
        .values_list("next_attempt_at", flat=True)
    )


def test_at_night_what_is_not_urgent_waits_for_the_morning(east):
    lurah = heads(east)
    night, morning = T0 + minutes(13 * 60), T0 + minutes(19 * 60)
    make_incident(now=night, priority=3, areas=[east])
    notices_due(night)
    make_incident(now=night, priority=1, areas=[make_area("13.72.01.1003", "Sinapa")])
    urgent = heads(Area.objects.get(name="Sinapa"))
    notices_due(night)

    assert pushed_at(lurah) == [morning]
    assert pushed_at(urgent) == [night]
    assert Ladder.objects.get(notice__office=east).next_step_at == morning + minutes(10)


def test_without_quiet_hours_the_night_is_as_the_day(east, settings):
    settings.GERAK_QUIET_HOURS = ""
    lurah = heads(east)
    night = T0 + minutes(13 * 60)
    make_incident(now=night, priority=3, areas=[east])

    notices_due(night)

    assert pushed_at(lurah) == [night]


def test_what_waits_for_the_morning_silences_nothing_that_may_wake_now(east):
    lurah = heads(east)
    make_device(lurah, online_until=T0 + minutes(13 * 60 + 5))
    night, morning = T0 + minutes(13 * 60), T0 + minutes(19 * 60)
    for moment, priority in ((night, 3), (night + seconds(1), 1), (night + seconds(2), 4)):
        make_incident(now=moment, priority=priority, areas=[east])
        notices_due(moment)

    assert pushed_at(lurah) == [None, night + seconds(11), morning]


def test_one_push_an_office_every_half_minute_and_the_newest_speaks(east):
    lurah = heads(east)
    for moment in (0, 4, 9):
        make_incident(areas=[east], now=at(moment))
        notices_due(at(moment))
        Delivery.objects.filter(person=lurah, next_attempt_at=at(0)).update(
            next_attempt_at=None, attempts_made=1
        )

    assert pushed_at(lurah) == [None, None, at(30)]


def test_the_answer_with_damage_and_needs_stands_on_the_incident(east):
    lurah = heads(east)
    incident = make_incident(areas=[east])
    notices_due(T0)
    notice, phone = Notice.objects.get(office=east), make_device(lurah)
    read_notice(notice=notice, person=lurah, device=phone, at=at(5), now=at(5))
    answer_notice(
        notice=notice,
        person=lurah,
        device=phone,
        answer_id=notice.pk,
        condition="heavy_damage",
        text="12 rumah rusak",
        needs="2 perahu karet",
        at=at(9),
        now=at(9),
    )

    (word,) = [one for one in offices_of(incident) if one.office == "Korong"]

    assert (word.reached_at, word.reached_on) == (at(5), "Redmi")
    assert word.read_by == [(str(lurah), at(5))]
    (answer,) = word.answers
    assert (answer.condition_words, answer.text, answer.needs, answer.at) == (
        "rusak berat",
        "12 rumah rusak",
        "2 perahu karet",
        at(9),
    )


@pytest.mark.parametrize(
    ("phone", "reachable"),
    [
        ({"online_until": T0 + seconds(30)}, True),
        ({"push_token": "a", "last_seen_at": T0 - minutes(5)}, True),
        ({"push_token": "a", "last_seen_at": T0 - minutes(61 * 24 * 60)}, False),
        ({"push_token": "a", "last_seen_at": T0, "push_dead_at": T0}, False),
        ({"online_until": T0 + seconds(30), "revoked_at": T0}, False),
        ({"online_until": T0 + seconds(30), "signed_out_at": T0}, False),
        ({}, False),
    ],
)
def test_an_area_where_nobody_can_be_reached_is_known_beforehand(west, east, phone, reachable):
    make_device(heads(east), **phone)
    make_device(heads(west), online_until=T0 + seconds(30))

    unreachable = unreachable_areas(T0)

    assert ("Korong" not in unreachable) == reachable
    assert "Sinapa" not in unreachable
    assert [area.name for area in areas_reach(T0)] == ["Lubuk Sikarah", "Sinapa", "Korong"]
