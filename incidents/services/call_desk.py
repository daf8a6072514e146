"""Who has a call, and which incident it belongs to."""

from datetime import datetime, timedelta

from django.db import transaction

from incidents.errors import CallClaimed, CallLinked, CallNotLinked, CallOver, LastCall
from incidents.journal import Draft, record, record_all
from incidents.lifecycle import OPEN_INCIDENT_STATES, CallClass, CallState
from incidents.models import Call, Incident
from incidents.policy import CALLS
from incidents.services.calls import classify_call, watch_ringing
from incidents.services.merging import survivor_of
from responders.models import User
from responders.wire_time import to_wire_or_none

CLAIM_FIELDS = ("claimed_by", "claimed_at", "attention", "attention_at")


def is_stale(call: Call, now: datetime) -> bool:
    """Say whether whoever claimed a call let it ring on: anybody may take it over."""
    if call.claimed_at is None or call.answered_at is not None:
        return False
    return now - call.claimed_at > timedelta(seconds=CALLS.claim_stale_s)


@transaction.atomic
def claim_call(*, call: Call, actor: User, now: datetime, take_over: bool = False) -> Call:
    """Take a call. The first wins; the others learn who has it.

    Doing it twice changes nothing. A stale claim falls to whoever asks; `take_over` (a supervisor's
    right, or an agreement across the room) takes a live one. Raises CallClaimed, CallOver.
    """
    call = _locked(call)
    if call.call_class and call.state in (CallState.ENDED, CallState.ABANDONED):
        raise CallOver
    if call.claimed_by_id == actor.pk:
        return call
    if call.claimed_by is not None and not (take_over or is_stale(call, now)):
        raise CallClaimed(call.claimed_by.get_full_name() or call.claimed_by.username)
    before = call.claimed_by_id
    call.claimed_by, call.claimed_at = actor, now
    watch_ringing(call, now=now)
    call.save(update_fields=CLAIM_FIELDS)
    data = {"call": call.pk, "before": before}
    record("call.claimed", now=now, incident=call.incident, actor=actor, data=data)
    return call


@transaction.atomic
def release_call(*, call: Call, actor: User, now: datetime) -> Call:
    """Give a call back to the room. Nothing changes where the actor does not have it."""
    call = _locked(call)
    if call.claimed_by_id != actor.pk:
        return call
    call.claimed_by, call.claimed_at = None, None
    watch_ringing(call, now=now)
    call.save(update_fields=CLAIM_FIELDS)
    data = {"call": call.pk}
    record("call.released", now=now, incident=call.incident, actor=actor, data=data)
    return call


@transaction.atomic
def join_call(*, call: Call, incident: Incident, actor: User | None, now: datetime) -> Call:
    """Say that a call reports an incident already known; what is known of it stays.

    A merged incident's survivor is joined. The incident's clock starts at the earliest answered of
    its calls. Raises CallLinked where the call belongs to another.
    """
    target = survivor_of(incident)
    call = _locked(call)
    if call.incident_id == target.pk:
        return call
    if call.incident_id is not None:
        raise CallLinked
    if target.state not in OPEN_INCIDENT_STATES:
        target = incident
    return classify_call(
        call=call, call_class=CallClass.EMERGENCY, actor=actor, now=now, incident=target
    )


@transaction.atomic
def leave_incident(*, call: Call, actor: User | None, now: datetime) -> Call:
    """Take a call out of an incident: it waits for a class again, and nothing is lost.

    The incident's last call stays (an incident without a report has no clock). Raises
    CallNotLinked, LastCall.
    """
    call = _locked(call)
    incident = call.incident
    if incident is None:
        raise CallNotLinked
    Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    if not incident.calls.exclude(pk=call.pk).exists():
        raise LastCall
    call.incident, call.call_class, call.classified_at = None, "", None
    call.save(update_fields=["incident", "call_class", "classified_at"])
    left = {"call": call.pk}
    classified = {
        "call": call.pk,
        "class": "",
        "before": CallClass.EMERGENCY,
        "answered_at": to_wire_or_none(call.answered_at),
    }
    record_all(
        [
            Draft("call.left", now, incident=incident, actor=actor, data=left),
            Draft("call.classified", now, actor=actor, data=classified),
        ]
    )
    return call


def _locked(call: Call) -> Call:
    rows = Call.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("claimed_by", "incident").get(pk=call.pk)
