"""Calls at the desk: the page a call taker works on, its keys, and the day's totals."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import Call, Incident
from incidents.selectors.board_calls import call_rows
from incidents.selectors.day_totals import day_totals
from incidents.services.calls import Ring, classify_call, note_ring
from tests.factories import (
    T0,
    make_agency,
    make_area,
    make_call,
    make_incident,
    make_staff,
    make_type,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db
NUMBER = "+6281234567890"


@pytest.fixture
def desk_client(client):
    client.force_login(make_staff("ayu"))
    return client


def ring(call_id="1", *, at=T0, event="ringing", caller="081234567890"):
    return note_ring(ring=Ring(call_id, event, at, caller, "112", ""), now=at)


def page_of(client, call):
    return client.get(f"/admin/incidents/call/{call.pk}/change/").content.decode()


def press(client, call, name, **data):
    return client.post(f"/admin/incidents/call/{call.pk}/do/{name}/", data, follow=True)


def test_a_ringing_call_stands_on_every_board_with_its_number_covered():
    ring("old", at=T0 - minutes(60))
    classify_call(call=Call.objects.get(), call_class="prank", actor=None, now=T0)
    call = ring()

    (row,) = call_rows(None, T0 + seconds(1))

    assert row["number"] == "+62 812-****-7890"
    assert (row["state"], row["repeats"], row["pranks"], row["claimed_by"]) == (
        "ringing", 1, 1, None,
    )  # fmt: skip
    assert row["claim_url"] == f"/admin/incidents/call/{call.pk}/do/claim/"
    assert call_rows(make_agency().pk, T0) == []


def test_reading_the_calls_of_the_board_takes_two_queries(django_assert_num_queries):
    for n in range(3):
        ring(str(n), caller=f"08123456789{n}")
    with django_assert_num_queries(2):
        assert len(call_rows(None, T0)) == 3


def test_the_page_shows_who_rang_before_and_covers_the_number(desk_client):
    ring("old", at=T0 - minutes(60))
    classify_call(call=Call.objects.get(), call_class="prank", actor=None, now=T0)
    page = page_of(desk_client, ring())
    assert "1 panggilan iseng dari nomor ini" in page
    assert "081234567890" not in page
    assert NUMBER not in page


def test_one_key_closes_a_call_that_is_no_emergency(desk_client):
    call = ring()
    assert 'value="ghost" data-key="Alt+2"' in page_of(desk_client, call)
    press(desk_client, call, "classify", call_class="ghost")
    call.refresh_from_db()
    assert call.call_class == "ghost"


def test_a_call_claimed_elsewhere_says_by_whom(desk_client):
    call = ring()
    other = make_staff("budi", name="Budi Santoso")
    Call.objects.update(claimed_by=other, claimed_at=T0, answered_at=T0)
    answer = press(desk_client, call, "claim")
    assert "sedang ditangani Budi Santoso" in answer.content.decode()


def test_a_likely_duplicate_is_offered_first_and_joined_by_one_press(desk_client):
    known = make_incident(now=timezone.now())
    call = make_call(caller_number=NUMBER)
    page = page_of(desk_client, call)
    assert known.number in page
    assert "nomor sama" in page

    press(desk_client, call, "join", incident=str(known.pk))
    press(desk_client, call, "leave")

    call.refresh_from_db()
    assert (call.incident, call.call_class) == (None, "")


def test_typing_shows_the_place_its_kelurahan_and_what_is_known_there(desk_client):
    make_area()
    known = make_incident(now=timezone.now())
    answer = desk_client.get(
        "/admin/incidents/call/suggest/",
        {"place": "https://www.google.com/maps?q=-0.7995,100.6528", "type": make_type().pk},
    )
    found = json.loads(answer.content)
    assert (found["point"], found["area"]["name"]) == ([-0.7995, 100.6528], "IX Korong")
    (likely,) = found["likely"]
    assert (likely["number"], likely["is_likely"]) == (known.number, True)
    assert likely["reasons"][:2] == ["tempat sama", "jenis sama"]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"place": "https://maps.app.goo.gl/x"}, "Tautan pendek"),
        ({"place": "antah berantah"}, "Tidak terbaca"),
        ({"lat": "nan", "lon": "1e999"}, ""),
        ({"areas": "x", "type": "y", "call": "9" * 30}, ""),
    ],
)
def test_what_cannot_be_read_is_no_error(desk_client, query, problem):
    answer = desk_client.get("/admin/incidents/call/suggest/", query)
    assert answer.status_code == 200
    assert problem in json.loads(answer.content)["problem"]


def test_an_incident_is_opened_from_the_call_by_a_pasted_link(desk_client):
    make_area()
    call = ring(event="answered")
    answer = desk_client.post(
        "/admin/incidents/incident/add/",
        {"call": call.pk, "type": make_type().pk, "place": "-0,79948; 100,65278", "summary": "api"},
    )
    incident = Incident.objects.get()
    assert answer.status_code == 302
    assert (incident.lat, incident.lon, incident.calls.get()) == (-0.79948, 100.65278, call)


def test_the_days_totals_agree_and_say_so(desk_client):
    ring("1")
    ring("2", event="abandoned")
    totals = day_totals(T0.date())
    assert (totals.rings, totals.by_class["unanswered"], totals.by_class[""]) == (2, 1, 1)
    assert totals.reconciles


def test_a_call_that_the_journal_does_not_know_is_cried_out():
    ring("1")
    make_call("slipped in by hand")
    totals = day_totals(T0.date())
    assert (totals.rings, totals.missing, totals.reconciles) == (2, 1, False)


def test_a_call_that_is_gone_is_cried_out():
    ring("1")
    Call.objects.all().delete()
    assert not day_totals(T0.date()).reconciles


def test_an_operator_has_no_totals_and_no_suggestions(client):
    operator = make_staff(is_superuser=False, agency=make_agency())
    client.force_login(operator)
    assert client.get("/admin/incidents/call/suggest/").status_code == 403


def test_a_call_that_ended_without_a_class_is_shown_as_work(desk_client):
    ring("1", event="answered")
    ring("1", event="ended", at=T0 + seconds(40))
    page = desk_client.get("/admin/incidents/call/").content.decode()
    assert "1 panggilan selesai menunggu kelas." in page
    listed = desk_client.get("/admin/incidents/call/?call_class__exact=&state__exact=ended")
    assert listed.context["cl"].result_count == 1

    press(desk_client, Call.objects.get(), "classify", call_class="prank")

    assert "menunggu kelas" not in desk_client.get("/admin/incidents/call/").content.decode()


def test_an_incident_is_merged_by_its_last_digits_and_parted_again(desk_client):
    first, second = make_incident(), make_incident()
    url = f"/admin/incidents/incident/{second.pk}"
    page = desk_client.post(f"{url}/do/merge/", {"into": first.number[-4:]}, follow=True)
    assert "Digabung ke" in page.content.decode()
    survivor = desk_client.get(f"/admin/incidents/incident/{first.pk}/change/")
    assert second.number in survivor.content.decode()
    assert len(survivor.context["g_calls"]) == 2

    desk_client.post(f"{url}/do/unmerge/")

    second.refresh_from_db()
    assert (second.state, second.merged_into) == ("new", None)


@pytest.mark.parametrize("typed", ["", "%", "9" * 41, "tidak ada", "SLK"])
def test_a_number_that_names_no_one_open_incident_merges_nothing(desk_client, typed):
    make_incident()
    second = make_incident()
    desk_client.post(f"/admin/incidents/incident/{second.pk}/do/merge/", {"into": typed})
    second.refresh_from_db()
    assert second.state == "new"


def test_a_claim_that_was_let_ring_on_is_offered_to_everybody(client):
    call = ring()
    Call.objects.update(claimed_by=make_staff("budi"), claimed_at=T0)
    client.force_login(make_staff("ayu"))
    assert f'/admin/incidents/call/{call.pk}/do/claim/"' in page_of(client, call)


def test_the_page_of_a_call_asks_as_much_for_one_incident_as_for_many(desk_client):
    call = ring(at=timezone.now())
    counts = []
    for _ in range(3):
        known = make_incident(now=timezone.now())
        known.areas.add(make_area())
        earlier = ring(f"earlier-{len(counts)}", at=timezone.now(), event="answered")
        classify_call(call=earlier, call_class="prank", actor=None, now=timezone.now())
        page_of(desk_client, call)  # what a process reads once is read
        with CaptureQueriesContext(connection) as asked:
            page_of(desk_client, call)
        counts.append(len(asked))
    assert counts == [counts[0]] * 3
