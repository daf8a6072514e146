"""A crew calls for help: once, never refused, red until the desk answers."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from incidents.errors import StaleState
from incidents.models import CrewAlert, IncidentEvent
from incidents.services.alerts import alerts_due, answer_alert, withdraw_alert
from responders.wire_time import to_wire
from tests.factories import T0, crew_of, make_assignment, make_staff, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    return make_assignment(now=timezone.now() - timedelta(minutes=2))


@pytest.fixture
def crew(sent, phone_of):
    return phone_of(crew_of(sent.unit)[0])


def alert(**over):
    return {"id": str(uuid4()), "kind": "emergency", "at": to_wire(timezone.now())} | over


def raised(client, **over):
    answer = client.post("/api/v1/alerts", alert(**over), format="json")
    assert answer.status_code == 201, answer.json()
    return CrewAlert.objects.get(pk=answer.json()["id"])


def kinds():
    rows = IncidentEvent.objects.filter(kind__startswith="alert.").order_by("seq")
    return list(rows.values_list("kind", flat=True))


def test_a_call_for_help_is_kept_once_with_the_assignment_of_the_unit(sent, crew):
    body = alert(text="Terkepung api", lat=-0.8, lon=100.65, accuracy_m=6)

    first, again = (crew.post("/api/v1/alerts", body, format="json") for _ in range(2))

    stored = CrewAlert.objects.get()
    assert (first.status_code, again.status_code) == (201, 200)
    assert (
        again.json()
        == first.json()
        == {
            "id": body["id"],
            "kind": "emergency",
            "at": body["at"],
            "received_at": to_wire(stored.received_at),
            "state": "raised",
            "answered_at": None,
            "assignment": str(sent.pk),
        }
    )
    event = IncidentEvent.objects.get(kind="alert.raised")
    assert (event.incident_id, event.assignment_id) == (sent.incident_id, sent.pk)
    assert event.data == {
        "alert": body["id"],
        "alert_kind": "emergency",
        "people": [person.pk for person in crew_of(sent.unit)],
    }


def test_the_same_id_with_another_kind_is_refused(crew):
    body = alert()
    crew.post("/api/v1/alerts", body, format="json")

    answer = crew.post("/api/v1/alerts", body | {"kind": "backup"}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "id_reused")


def test_nobody_in_danger_is_refused(phone_of):
    stranded = phone_of(make_user())

    stored = raised(stranded, assignment=str(uuid4()), at="1999-12-31T23:59:59Z")

    assert (stored.unit, stored.assignment, stored.state) == (None, None, "raised")


@pytest.mark.parametrize(
    ("over", "field", "code"),
    [
        ({"kind": "pizza"}, "kind", "invalid_choice"),
        ({"id": "x"}, "id", "bad_id"),
        ({"lat": -0.8}, "lon", "required"),
        ({"lat": 91, "lon": 100}, "lat", "out_of_range"),
        ({"accuracy_m": True}, "accuracy_m", "not_a_number"),
        ({"accuracy_m": -1}, "accuracy_m", "out_of_range"),
        ({"text": "x" * 501}, "text", "max_length"),
    ],
)
def test_a_bad_body_names_its_field(crew, over, field, code):
    answer = crew.post("/api/v1/alerts", alert(**over), format="json")

    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
    assert not CrewAlert.objects.exists()


def test_numbers_beyond_every_measure_break_nothing(crew):
    kept = crew.post("/api/v1/alerts", alert(assignment=10**30), format="json")
    endless = json.dumps(alert()).replace("}", ', "accuracy_m": 1e999}')
    refused = crew.post("/api/v1/alerts", endless, content_type="application/json")

    assert (kept.status_code, refused.status_code) == (201, 400)
    assert refused.json()["code"] == "bad_json"
    assert CrewAlert.objects.count() == 1


def test_officials_and_other_crews_stay_outside(crew, phone_of):
    mine = raised(crew)
    outsider = phone_of(crew_of(make_unit())[0])
    official = phone_of(make_user(role="official"))
    path = f"/api/v1/alerts/{mine.pk}"

    refused = [
        official.post("/api/v1/alerts", alert(), format="json").status_code,
        outsider.get(path).status_code,
        outsider.post(f"{path}/withdraw", {"at": to_wire(T0)}, format="json").status_code,
    ]

    assert refused == [403, 404, 404]
    assert crew.get(path).json()["state"] == "raised"


def test_the_desk_answers_once_and_the_crew_can_see_it(crew):
    mine, staff, now = raised(crew), make_staff(), timezone.now()

    answer_alert(alert=mine, actor=staff, now=now)
    answer_alert(alert=mine, actor=make_staff(), now=now + timedelta(seconds=9))

    mine.refresh_from_db()
    assert (mine.state, mine.answered_by, mine.answered_at) == ("answered", staff, now)
    assert crew.get(f"/api/v1/alerts/{mine.pk}").json()["answered_at"] == to_wire(now)
    assert kinds() == ["alert.raised", "alert.answered"]


def test_a_crew_takes_it_back_and_then_nobody_answers(crew):
    mine = raised(crew)
    path = f"/api/v1/alerts/{mine.pk}/withdraw"

    answers = [crew.post(path, {"at": to_wire(timezone.now())}, format="json") for _ in range(2)]

    assert [(a.status_code, a.json()["state"]) for a in answers] == [(200, "withdrawn")] * 2
    with pytest.raises(StaleState):
        answer_alert(alert=mine, actor=make_staff(), now=timezone.now())
    assert kinds() == ["alert.raised", "alert.withdrawn"]


def test_the_whole_unit_hears_of_it_and_that_it_was_answered(phone_of):
    unit = make_unit(crew=2)
    one, mate = (phone_of(person) for person in crew_of(unit))
    mine = raised(one)
    answer_alert(alert=mine, actor=make_staff(), now=timezone.now())

    heard = [
        [(e["kind"], e["data"]["id"], e["data"]["state"]) for e in events_of(client)]
        for client in (one, mate)
    ]

    # The data is as it stands when it is sent.
    assert heard == [[("alert.updated", str(mine.pk), "answered")] * 2] * 2


def events_of(client):
    return client.get("/api/v1/events").json()["events"]


def test_unanswered_it_rings_again_once_and_stays_open(crew):
    mine = raised(crew)

    rang = [alerts_due(mine.received_at + timedelta(seconds=s)) for s in (29, 30, 31, 3600)]

    mine.refresh_from_db()
    assert (rang, mine.state) == ([0, 1, 0, 0], "raised")
    assert kinds() == ["alert.raised", "alert.unanswered"]


def test_what_was_answered_or_withdrawn_does_not_ring(crew):
    answered, withdrawn = raised(crew), raised(crew)
    answer_alert(alert=answered, actor=make_staff(), now=timezone.now())
    withdraw_alert(alert=withdrawn, at=timezone.now(), actor=None, now=timezone.now())

    assert alerts_due(timezone.now() + timedelta(hours=1)) == 0
