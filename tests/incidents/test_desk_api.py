"""One ring is one row, a repeat is the same, and refusals change nothing."""

from uuid import uuid4

import pytest

from incidents.models import Assignment, Call, Incident, IncidentEvent
from tests.factories import (
    T0,
    make_area,
    make_assignment,
    make_call,
    make_device,
    make_incident,
    make_type,
    make_unit,
)

pytestmark = pytest.mark.django_db


def body(**over):
    make_type()
    return {"id": str(uuid4()), "type": "kebakaran_bangunan", "summary": "Rumah terbakar"} | over


def test_an_incident_without_a_call_records_one(desk):
    answer = desk.post("/api/v1/desk/incidents", body(), format="json")

    assert answer.status_code == 201
    call = Call.objects.get()
    assert call.call_class == "emergency"
    assert str(call.incident_id) == answer.json()["id"]
    assert answer.json()["call_id"] == call.call_id
    assert answer.json()["state"] == "new"
    kinds = list(IncidentEvent.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["incident.opened", "call.classified"]


def test_an_incident_with_a_call_links_it(desk):
    call = make_call("pbx-1")

    answer = desk.post("/api/v1/desk/incidents", body(call_id="pbx-1"), format="json")

    assert answer.status_code == 201
    call.refresh_from_db()
    assert (str(call.incident_id), call.call_class) == (answer.json()["id"], "emergency")
    assert Call.objects.count() == 1


def test_a_call_is_linked_once(desk):
    make_call("pbx-1")
    desk.post("/api/v1/desk/incidents", body(call_id="pbx-1"), format="json")

    answer = desk.post("/api/v1/desk/incidents", body(call_id="pbx-1"), format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "call_linked")
    assert Incident.objects.count() == 1


def test_an_unknown_call_is_not_found_and_nothing_is_made(desk):
    answer = desk.post("/api/v1/desk/incidents", body(call_id="nobody"), format="json")

    assert answer.status_code == 404
    assert Incident.objects.count() == 0


def test_the_same_request_again_is_the_same_incident(desk):
    sent = body()
    first = desk.post("/api/v1/desk/incidents", sent, format="json")

    again = desk.post("/api/v1/desk/incidents", sent, format="json")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Incident.objects.count() == 1


def test_the_same_id_with_another_body_is_refused(desk):
    sent = body()
    desk.post("/api/v1/desk/incidents", sent, format="json")

    answer = desk.post("/api/v1/desk/incidents", sent | {"summary": "Lain"}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "id_reused")


@pytest.mark.parametrize(
    ("over", "field", "code"),
    [
        ({"id": "12"}, "id", "bad_id"),
        ({"type": "naga"}, "type", "does_not_exist"),
        ({"summary": 5}, "summary", "invalid"),
        ({"lat": "x", "lon": 1}, "lat", "not_a_number"),
        ({"lat": 1}, "lon", "required"),
        ({"priority": 9}, "priority", "out_of_range"),
        ({"areas": ["99"]}, "areas", "does_not_exist"),
        ({"answered_at": "kemarin"}, "answered_at", "bad_time"),
    ],
)
def test_a_bad_field_is_named(desk, over, field, code):
    answer = desk.post("/api/v1/desk/incidents", body(**over), format="json")

    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
    assert Incident.objects.count() == 0


def test_the_nearest_area_is_suggested_and_the_desk_wins(desk):
    make_area()
    other = make_area("13.72.02.1006", "Laing", centroid_lat=-0.753, centroid_lon=100.668)
    place = {"lat": -0.8, "lon": 100.65}

    suggested = desk.post("/api/v1/desk/incidents", body(**place), format="json").json()
    chosen = desk.post(
        "/api/v1/desk/incidents", body(**place, areas=[other.code]), format="json"
    ).json()

    assert suggested["areas"] == [{"code": "13.72.01.1004", "name": "IX Korong"}]
    assert chosen["areas"] == [{"code": other.code, "name": "Laing"}]
    assert chosen["suggested_area"] == {"code": "13.72.01.1004", "name": "IX Korong"}


def test_a_unit_is_sent_once(desk):
    incident, unit = make_incident(), make_unit()
    path = f"/api/v1/desk/incidents/{incident.pk}/assignments"
    sent = {"id": str(uuid4()), "unit": unit.pk}

    first = desk.post(path, sent, format="json")
    again = desk.post(path, sent, format="json")
    other = desk.post(path, {"id": str(uuid4()), "unit": unit.pk}, format="json")

    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 409]
    assert other.json()["code"] == "unit_busy"
    assert Assignment.objects.count() == 1
    assert first.json()["state"] == "dispatched"
    assert first.json()["incident"]["caller"] is None


def test_a_unit_off_duty_is_not_sent(desk):
    incident, unit = make_incident(), make_unit(duty_status="off_duty")

    answer = desk.post(
        f"/api/v1/desk/incidents/{incident.pk}/assignments",
        {"id": str(uuid4()), "unit": unit.pk},
        format="json",
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "unit_off_duty")
    assert Assignment.objects.count() == 0


def test_an_incident_with_an_open_assignment_is_not_closed(desk):
    assignment = make_assignment()
    path = f"/api/v1/desk/incidents/{assignment.incident_id}/close"

    refused = desk.post(path, {"disposition": "handled"}, format="json")
    desk.post(
        f"/api/v1/desk/assignments/{assignment.pk}/cancel", {"reason": "salah"}, format="json"
    )
    closed = desk.post(path, {"disposition": "handled"}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (409, "open_assignment")
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")


def test_the_timeline_is_the_journal_in_order(desk):
    assignment = make_assignment()

    answer = desk.get(f"/api/v1/desk/incidents/{assignment.incident_id}/timeline")

    events = answer.json()["results"]
    assert [event["kind"] for event in events] == [
        "incident.opened",
        "call.classified",
        "assignment.dispatched",
    ]
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)


def test_the_recommendation_says_why(desk):
    unit = make_unit()
    incident = make_incident()

    answer = desk.get(f"/api/v1/desk/incidents/{incident.pk}/recommendation").json()

    (candidate,) = answer["units"]
    assert candidate["unit"]["id"] == unit.pk
    assert candidate["chosen"] is False
    codes = [reason["code"] for reason in candidate["reasons"]]
    assert codes == ["no_position", "not_routed", "unreachable"]


def test_a_phone_is_the_wrong_caller_here(desk, phone_of):
    unit = make_unit()
    client = phone_of(unit.shifts.get().user)

    answer = client.get("/api/v1/desk/units")

    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_role")


def test_without_a_token_nothing_is_told(client):
    answer = client.get("/api/v1/desk/incidents")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_lists_cost_the_same_at_one_and_three_rows(desk, django_assert_num_queries):
    make_assignment()
    with django_assert_num_queries(5):
        desk.get("/api/v1/desk/incidents?state=open")
    make_assignment()
    make_assignment()
    with django_assert_num_queries(5):
        answer = desk.get("/api/v1/desk/incidents?state=open")
    assert len(answer.json()["results"]) == 3


def test_units_show_crew_and_position(desk):
    unit = make_unit("Damkar 1")
    crew = unit.shifts.get().user
    make_device(crew, last_lat=-0.8, last_lon=100.65, last_recorded_at=T0)

    (row,) = desk.get("/api/v1/desk/units").json()["results"]

    assert row == {
        "id": unit.pk,
        "call_sign": "Damkar 1",
        "agency": "damkar",
        "kind": "fire_engine",
        "status": "available",
        "crew": [{"username": crew.username, "name": crew.name}],
        "position": {"lat": -0.8, "lon": 100.65, "recorded_at": "2026-11-24T03:00:00.000Z"},
        "reachable": False,
        "readiness": {
            "state": "unreachable",
            "reasons": [{"code": "unreachable", "message": "ponsel tidak terjangkau"}],
        },
        "unsent": None,
        "battery_pct": None,
    }


def test_a_call_is_classified_and_revised(desk):
    call = make_call("pbx-9")

    desk.post("/api/v1/desk/calls/pbx-9/classify", {"class": "prank"}, format="json")
    desk.post("/api/v1/desk/calls/pbx-9/classify", {"class": "ghost"}, format="json")
    refused = desk.post("/api/v1/desk/calls/pbx-9/classify", {"class": "emergency"}, format="json")

    call.refresh_from_db()
    assert call.call_class == "ghost"
    assert (refused.status_code, refused.json()["code"]) == (409, "call_needs_incident")
    facts = [e.data for e in IncidentEvent.objects.filter(kind="call.classified").order_by("seq")]
    assert [(fact["before"], fact["class"]) for fact in facts] == [
        ("", "prank"),
        ("prank", "ghost"),
    ]
