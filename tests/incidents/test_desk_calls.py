"""Another system at the desk: takes calls, joins them, merges incidents, as the buttons do."""

import pytest

from incidents.lifecycle import CallState
from incidents.models import Call, Incident, IncidentEvent
from incidents.services.call_attention import calls_due
from incidents.services.call_desk import claim_call, release_call
from incidents.services.calls import Ring, note_ring
from incidents.services.dispatch import dispatch_unit
from tests.factories import (
    T0,
    make_call,
    make_incident,
    make_staff,
    make_unit,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db


def ring(call_id="1", event="ringing", at=T0):
    return note_ring(ring=Ring(call_id, event, at, "081234567890", "112", ""), now=at)


def attention():
    return tuple(Call.objects.values_list("attention", "attention_at").get())


def cries():
    events = IncidentEvent.objects.filter(kind="call.unclaimed").order_by("seq")
    return [event.data["to"] for event in events]


def test_a_call_is_claimed_once_and_the_second_system_learns_by_whom(desk):
    call = ring()
    other = make_staff("budi", name="Budi Santoso")

    first = desk.post("/api/v1/desk/calls/1/claim")
    assert (first.status_code, first.json()["call_id"]) == (200, "1")
    Call.objects.filter(pk=call.pk).update(claimed_by=other, answered_at=T0, state="answered")

    second = desk.post("/api/v1/desk/calls/1/claim")
    assert (second.status_code, second.json()["code"]) == (409, "call_claimed")
    assert "Budi Santoso" in second.json()["detail"]

    taken = desk.post("/api/v1/desk/calls/1/claim", {"take_over": True}, format="json")
    assert (taken.status_code, taken.json()["claimed_by"]) == (200, first.json()["claimed_by"])
    released = desk.post("/api/v1/desk/calls/1/release")
    assert (released.json()["claimed_by"], released.json()["claimed_at"]) == (None, None)


def test_a_call_joins_an_incident_and_leaves_it(desk):
    incident, call = make_incident(), make_call("pbx 7/é")
    url = "/api/v1/desk/calls/pbx 7/é"
    joined = desk.post(f"{url}/join", {"incident": str(incident.pk)}, format="json")
    assert (joined.json()["incident"], joined.json()["class"]) == (str(incident.pk), "emergency")
    left = desk.post(f"{url}/leave")
    assert (left.json()["incident"], left.json()["class"]) == (None, None)
    call.refresh_from_db()
    assert call.incident is None


def test_incidents_are_merged_and_parted(desk):
    first, second = make_incident(), make_incident()
    url = f"/api/v1/desk/incidents/{second.pk}"
    assert desk.post(f"{url}/merge", {"into": str(first.pk)}, format="json").json()["state"] == (
        "merged"
    )
    assert desk.post(f"{url}/unmerge").json()["state"] == "new"
    again = desk.post(f"{url}/unmerge")
    assert (again.status_code, again.json()["code"]) == (409, "not_merged")


@pytest.mark.parametrize("into", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nothing_is_merged_into_nothing(desk, into):
    incident = make_incident()
    answer = desk.post(f"/api/v1/desk/incidents/{incident.pk}/merge", {"into": into}, format="json")
    assert answer.status_code in (400, 404)
    assert Incident.objects.get().state == "new"


def test_an_incident_with_a_unit_on_its_way_is_not_merged(desk):
    first, second = make_incident(), make_incident()
    dispatch_unit(incident=second, unit=make_unit(), actor=None, now=T0)
    answer = desk.post(
        f"/api/v1/desk/incidents/{second.pk}/merge", {"into": str(first.pk)}, format="json"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "open_assignment")


def test_a_call_that_nobody_takes_is_cried_out_to_the_desk_then_to_the_supervisor():
    ring()
    assert (calls_due(T0 + seconds(9)), attention()) == (0, ("", T0 + seconds(10)))
    assert (calls_due(T0 + seconds(10)), attention()) == (1, ("desk", T0 + seconds(20)))
    assert (calls_due(T0 + seconds(10)), calls_due(T0 + seconds(20))) == (0, 1)
    assert attention() == ("supervisor", None)
    assert calls_due(T0 + minutes(5)) == 0
    assert cries() == ["desk", "supervisor"]


def test_a_sweeper_that_slept_cries_out_both_steps_in_order():
    ring()
    assert (calls_due(T0 + minutes(1)), calls_due(T0 + minutes(1))) == (1, 1)
    assert cries() == ["desk", "supervisor"]


@pytest.mark.parametrize("event", ["answered", "abandoned", "ended"])
def test_a_call_that_rings_no_more_is_not_cried_out(event):
    ring()
    ring(event=event, at=T0 + seconds(3))
    assert (attention(), calls_due(T0 + minutes(1))) == (("", None), 0)


def test_a_claimed_call_is_quiet_and_one_given_back_is_waited_for_anew():
    call, ayu = ring(), make_staff("ayu")
    calls_due(T0 + seconds(10))
    claim_call(call=call, actor=ayu, now=T0 + seconds(12))
    assert attention() == ("", None)
    release_call(call=call, actor=ayu, now=T0 + seconds(15))
    assert attention() == ("", T0 + seconds(25))
    assert Call.objects.get().state == CallState.RINGING
