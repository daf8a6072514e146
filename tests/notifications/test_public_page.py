"""The public page: late, coarse, without anybody's data, cheap for a crowd."""

import pytest
from django.test import Client
from django.utils import timezone

from incidents.services.closure import close_incident
from notifications.policy import PUBLIC
from notifications.public_words import AlertWords
from notifications.selectors import Happening, happenings
from notifications.services.public_alerts import issue_public_alert
from tests.factories import (
    T0,
    make_area,
    make_assignment,
    make_incident,
    make_staff,
    make_type,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db
DELAY = seconds(PUBLIC.page_delay_s)


def _told(now):
    return [(row.label, row.state) for row in happenings(now)]


def test_an_incident_appears_after_the_delay_with_a_coarse_time_and_its_kelurahan():
    at = T0 + minutes(7)
    make_incident(now=at, areas=[make_area()], address="Jalan Rahasia 7")

    assert happenings(at + DELAY - seconds(1)) == []
    assert happenings(at + DELAY) == [
        Happening("Kebakaran bangunan", "Building fire", ("IX Korong",), T0, "reported")
    ]


def test_its_state_is_late_too():
    incident = make_incident(areas=[make_area()])
    make_assignment(incident=incident, now=T0 + minutes(5))
    assert _told(T0 + minutes(19)) == [("Kebakaran bangunan", "reported")]
    assert _told(T0 + minutes(20)) == [("Kebakaran bangunan", "under_way")]


def test_what_has_ended_is_over_after_the_delay_and_gone_after_a_day():
    incident = make_incident(areas=[make_area()])
    _close(incident, "handled")

    assert _told(T0 + minutes(44)) == [("Kebakaran bangunan", "reported")]
    assert _told(T0 + minutes(45)) == [("Kebakaran bangunan", "over")]
    assert _told(T0 + minutes(25 * 60)) == []


def _close(incident, disposition):
    now = T0 + minutes(30)
    close_incident(incident=incident, disposition=disposition, actor=make_staff(), now=now, note="")


def test_sensitive_untold_and_false_ones_never_appear():
    make_incident(type=make_type("darurat_medis", notice="none", sensitive=True))
    make_incident(type=make_type("hewan", notice="none"))
    _close(make_incident(), "false_alarm")
    cancelled = make_incident()
    type(cancelled).objects.filter(pk=cancelled.pk).update(state="cancelled")

    assert _told(T0 + minutes(60)) == []


def test_the_page_holds_nobodys_data_and_speaks_both_languages():
    then = timezone.now() - minutes(40)
    make_incident(
        now=then, areas=[make_area()], address="Jalan Rahasia 7", summary="Ibu Ani terjebak"
    )

    indonesian = Client().get("/publik/")
    english = Client().get("/publik/?bahasa=en")

    assert "Kebakaran bangunan" in indonesian.content.decode()
    assert "Building fire" in english.content.decode()
    assert 'lang="en"' in english.content.decode()
    for page in (indonesian, english):
        text = page.content.decode()
        assert "IX Korong" in text
        assert not any(word in text for word in ("Rahasia", "Ani", "0812", "SLK-"))
        assert page["Cache-Control"] == "public, max-age=30"
        assert not page.cookies


def test_a_cache_in_between_is_told_everything_that_changes_the_language():
    by_cookie = Client()
    by_cookie.cookies["django_language"] = "en"

    page = by_cookie.get("/publik/")
    same = by_cookie.get("/publik/", headers={"if-none-match": page["ETag"]})
    other = Client().get("/publik/", headers={"accept-language": "en"})

    assert same.status_code == 304
    for answer in (page, same, other):
        assert {"Accept-Language", "Cookie"} <= {*answer["Vary"].split(", ")}
    for answer in (page, other):
        assert 'lang="en"' in answer.content.decode()


def test_a_warning_in_force_stands_on_top():
    area = make_area()
    words = AlertWords(
        headline="Banjir: jauhi Batang Lembang",
        description="Air naik.",
        instruction="Naik ke tempat tinggi.",
        urgency="Immediate",
        severity="Severe",
        certainty="Observed",
        valid_s=3_600,
        headline_en="Flood: keep away from Batang Lembang",
    )
    now = timezone.now()
    issue_public_alert(
        incident=make_incident(now=now, areas=[area]),
        words=words,
        areas=[area],
        actor=make_staff(),
        now=now,
    )

    indonesian = Client().get("/publik/").content.decode()
    english = Client().get("/publik/?bahasa=en").content.decode()
    parts = ("UJI COBA: Banjir: jauhi Batang", "Air naik.", "Naik ke tempat tinggi.", area.name)
    for part in parts:
        assert part in indonesian
    assert "Flood: keep away" in english
    assert "Keep away from the area, follow the officials there" in english


def test_a_crowd_is_answered_without_a_query(django_assert_num_queries):
    Client().get("/publik/")

    with django_assert_num_queries(0):
        first = Client().get("/publik/")
        again = Client().get("/publik/", headers={"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_who_asks_too_often_is_told_to_wait():
    asked = [Client().get("/publik/").status_code for _ in range(PUBLIC.page_requests_max + 5)]
    refused = Client().get("/publik/")

    # A minute may turn over in between; then the count begins anew.
    assert asked[: PUBLIC.page_requests_max] == [200] * PUBLIC.page_requests_max
    assert {*asked} <= {200, 429}
    assert refused.status_code == 200 or refused["Retry-After"] == "60"
    assert Client(REMOTE_ADDR="9.9.9.9").get("/publik/").status_code == 200


def test_no_header_of_a_callers_own_makes_somebody_else_of_them():
    spoken = [f"10.0.{n // 200}.{n % 200}" for n in range(2 * PUBLIC.page_requests_max + 2)]
    asked = [Client().get("/publik/", headers={"x-forwarded-for": name}) for name in spoken]

    # Twice the limit and more: however the minute turns over, one window overflows.
    assert 429 in {answer.status_code for answer in asked}


def test_it_takes_as_many_queries_for_thirty_incidents_as_for_one(django_assert_num_queries):
    area = make_area()
    for _ in range(30):
        make_incident(areas=[area])

    with django_assert_num_queries(2):
        assert len(happenings(T0 + minutes(60))) == 30


def test_posting_is_refused():
    assert Client().post("/publik/").status_code == 405
