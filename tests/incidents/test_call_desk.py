"""Calls between desks: who has one, and which incident it belongs to."""

import pytest

from incidents.errors import CallClaimed, CallLinked, CallNotLinked, CallOver, LastCall
from incidents.lifecycle import CallState
from incidents.models import Call, IncidentEvent
from incidents.services.call_desk import claim_call, join_call, leave_incident, release_call
from incidents.services.calls import classify_call
from tests.factories import T0, make_call, make_incident, make_staff, minutes, seconds

pytestmark = pytest.mark.django_db


def kinds():
    return list(IncidentEvent.objects.order_by("seq").values_list("kind", flat=True))


def ringing(**over):
    return make_call(**{"state": CallState.RINGING, "answered_at": None, "ringing_at": T0} | over)


def test_the_first_to_claim_a_call_has_it_and_the_second_learns_who():
    call, ayu, budi = ringing(), make_staff("ayu"), make_staff("budi")
    claim_call(call=call, actor=ayu, now=T0 + seconds(2))

    with pytest.raises(CallClaimed, match="Ayu"):
        claim_call(call=call, actor=budi, now=T0 + seconds(3))

    call.refresh_from_db()
    assert (call.claimed_by, call.claimed_at) == (ayu, T0 + seconds(2))
    assert kinds() == ["call.claimed"]


def test_claiming_twice_changes_nothing():
    call, ayu = ringing(), make_staff("ayu")
    claim_call(call=call, actor=ayu, now=T0)
    claim_call(call=call, actor=ayu, now=T0 + seconds(9))
    call.refresh_from_db()
    assert (call.claimed_at, kinds()) == (T0, ["call.claimed"])


def test_a_claim_whose_call_rings_on_for_a_minute_may_be_taken_over():
    call, ayu, budi = ringing(), make_staff("ayu"), make_staff("budi")
    claim_call(call=call, actor=ayu, now=T0)

    claim_call(call=call, actor=budi, now=T0 + seconds(61))

    call.refresh_from_db()
    assert call.claimed_by == budi
    assert IncidentEvent.objects.last().data == {"call": call.pk, "before": ayu.pk}


def test_an_answered_call_stays_with_whoever_answered_it_unless_taken_on_purpose():
    call, ayu, budi = ringing(answered_at=T0 + seconds(5)), make_staff("ayu"), make_staff("budi")
    claim_call(call=call, actor=ayu, now=T0)
    with pytest.raises(CallClaimed):
        claim_call(call=call, actor=budi, now=T0 + minutes(9))
    claim_call(call=call, actor=budi, now=T0 + minutes(9), take_over=True)
    call.refresh_from_db()
    assert call.claimed_by == budi


def test_a_call_given_back_rings_for_everybody_again():
    call, ayu = ringing(), make_staff("ayu")
    claim_call(call=call, actor=ayu, now=T0)
    release_call(call=call, actor=make_staff("budi"), now=T0)
    release_call(call=call, actor=ayu, now=T0 + seconds(1))
    call.refresh_from_db()
    assert (call.claimed_by, call.claimed_at, kinds()) == (
        None,
        None,
        ["call.claimed", "call.released"],
    )


def test_a_call_that_is_over_and_classified_cannot_be_claimed():
    call = make_call(state=CallState.ENDED, ended_at=T0, call_class="prank")
    with pytest.raises(CallOver):
        claim_call(call=call, actor=make_staff(), now=T0)


def test_a_second_call_joins_the_incident_and_leaves_it_without_a_trace_on_the_first():
    incident = make_incident(now=T0)
    second = make_call(answered_at=T0 + minutes(1))
    joined = join_call(call=second, incident=incident, actor=None, now=T0 + minutes(2))
    assert (joined.incident, joined.call_class) == (incident, "emergency")

    left = leave_incident(call=second, actor=None, now=T0 + minutes(3))

    assert (left.incident, left.call_class) == (None, "")
    assert incident.calls.count() == 1
    assert kinds()[-3:] == ["call.classified", "call.left", "call.classified"]


def test_a_call_belongs_to_one_incident_at_a_time():
    first, second = make_incident(), make_incident()
    call = first.calls.get()
    join_call(call=call, incident=first, actor=None, now=T0)
    with pytest.raises(CallLinked):
        join_call(call=call, incident=second, actor=None, now=T0)


def test_an_incident_keeps_its_last_call():
    call = make_incident().calls.get()
    with pytest.raises(LastCall):
        leave_incident(call=call, actor=None, now=T0)
    assert Call.objects.get(pk=call.pk).incident is not None


def test_a_call_without_an_incident_cannot_leave_one():
    with pytest.raises(CallNotLinked):
        leave_incident(call=make_call(), actor=None, now=T0)


def test_a_call_once_left_can_be_called_a_prank():
    incident = make_incident()
    second = make_call()
    join_call(call=second, incident=incident, actor=None, now=T0)
    leave_incident(call=second, actor=None, now=T0)
    second.refresh_from_db()
    assert classify_call(call=second, call_class="prank", actor=None, now=T0).call_class == "prank"
