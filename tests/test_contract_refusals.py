"""What strict callers tried, and what they must get: an answer of the contract, never a fault."""

import base64
from uuid import uuid4

import pytest
from django.utils import timezone

from incidents.models import Call, Incident, Milestone
from notifications.models import Notice, Official
from notifications.services.notices import plan_notices
from tests.factories import (
    crew_of,
    make_area,
    make_assignment,
    make_call,
    make_incident,
    make_type,
    make_unit,
    make_user,
)
from tests.incidents.test_telephony import tell

pytestmark = pytest.mark.django_db


def cursor(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.fixture
def official(phone_of):
    person = make_user(role="official")
    Official.objects.create(user=person, area=make_area(), starts_at=timezone.now())
    return phone_of(person)


@pytest.mark.parametrize("position", ["p=garbage", "p=2026-13-01", "o=9999999999999999&p=2026"])
def test_a_cursor_that_was_never_ours_is_refused(desk, phone_of, position):
    crew = phone_of(crew_of(make_unit())[0])

    answers = [
        desk.get("/api/v1/desk/incidents", {"cursor": cursor(position)}),
        crew.get("/api/v1/assignments", {"cursor": cursor(position)}),
    ]

    assert {answer.status_code for answer in answers} <= {200, 400}


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "x", ""]
)
def test_a_notice_cursor_at_the_end_of_time_is_refused(official, moment):
    answer = official.get("/api/v1/notices", {"cursor": cursor(f"{moment} {uuid4()}")})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "bad_cursor")


def test_unknown_fields_and_nulls_do_not_make_another_request(desk):
    make_type()
    body = {"id": str(uuid4()), "type": "kebakaran_bangunan", "summary": "Asap"}
    first = desk.post("/api/v1/desk/incidents", body, format="json")

    again = [
        desk.post("/api/v1/desk/incidents", body | more, format="json")
        for more in ({"foo": 2**70}, {"priority": None}, {"caller": None, "bar": "x"})
    ]

    assert [answer.status_code for answer in again] == [200, 200, 200]
    assert {answer.json()["id"] for answer in again} == {first.json()["id"]}
    assert Incident.objects.count() == 1


def test_a_claim_at_the_end_of_time_is_marked_and_can_be_shown(phone_of):
    sent = make_assignment(unit=make_unit(), now=timezone.now())
    crew = phone_of(crew_of(sent.unit)[0])

    answer = crew.post(
        f"/api/v1/assignments/{sent.pk}/acknowledge", {"at": "9999-12-31T23:59:59Z"}, format="json"
    )

    assert answer.status_code == 200
    milestone = Milestone.objects.get()
    assert milestone.clock_doubtful
    assert timezone.localtime(milestone.claimed_at).year == 9998


def test_the_exchange_cannot_date_a_call_into_the_future():
    before = timezone.now()
    tell("answered", "9999-12-31T23:59:59Z")

    assert before <= Call.objects.get().answered_at <= timezone.now()


def test_an_answer_that_comes_after_abandoned_takes_back_unanswered():
    tell("abandoned", "2026-11-24T03:00:20Z")
    tell("answered", "2026-11-24T03:00:05Z")

    call = Call.objects.get()
    assert (call.state, call.call_class) == ("answered", "")


def test_a_call_id_may_hold_a_slash(desk):
    make_call("a/b@c")

    answer = desk.post("/api/v1/desk/calls/a/b@c/classify", {"class": "prank"}, format="json")

    assert (answer.status_code, answer.json()["class"]) == (200, "prank")


def test_an_incident_on_a_ringing_call_answers_it(desk):
    make_type()
    make_call("pbx-7", state="ringing", answered_at=None)
    body = {"id": str(uuid4()), "type": "kebakaran_bangunan", "summary": "Asap", "call_id": "pbx-7"}

    desk.post("/api/v1/desk/incidents", body, format="json")

    assert Call.objects.get().state == "answered"


@pytest.mark.parametrize(
    ("over", "field", "code"),
    [
        ({"id": "x"}, "id", "bad_id"),
        ({"id": 12345}, "id", "bad_id"),
        ({"id": "c232ab00-9414-11ec-b3c8-9f6bdeced846"}, "id", "bad_id"),
        ({"at": "2026-11-24T10:00:00"}, "at", "bad_time"),
        ({"at": "2026-W48-2"}, "at", "bad_time"),
        ({"text": 5}, "text", "invalid"),
    ],
)
def test_a_notice_answer_keeps_the_conventions(official, over, field, code):
    incident = make_incident_told()
    body = {"id": str(uuid4()), "at": "2026-11-24T10:00:00Z", "condition": "safe"} | over

    answer = official.post(f"/api/v1/notices/{incident}/answer", body, format="json")

    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def make_incident_told():
    incident = make_incident(areas=[make_area()])
    plan_notices(incident.pk, timezone.now())
    return Notice.objects.get(incident=incident).pk
