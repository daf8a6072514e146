"""Calls: what the exchange says, and the one final class the desk gives."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import phonenumbers
from django.db import transaction

from incidents.errors import CallLinked, CallNeedsIncident
from incidents.journal import record
from incidents.lifecycle import CallClass, CallState, call_state_for
from incidents.models import Call, Incident
from incidents.policy import CALLS, TELEPHONY
from responders.models import User
from responders.wire_time import to_wire_or_none

REGION = "ID"
SKEW = timedelta(seconds=TELEPHONY.signature_age_s)
TIME_OF = {
    "ringing": "ringing_at",
    "answered": "answered_at",
    "ended": "ended_at",
    "abandoned": "abandoned_at",
}


@dataclass(frozen=True)
class Ring:
    """One message of the exchange about one call."""

    call_id: str
    event: str
    at: datetime
    caller: str | None
    line: str
    agent: str


def e164(text: str) -> str:
    """Return a number as +62…, or "" for what is no ordinary number (withheld, 112, a trunk)."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@transaction.atomic
def note_ring(*, ring: Ring, now: datetime) -> Call:
    """Record what the exchange says of a call, in whatever order and however often it comes.

    The earliest time told for an event stays; the state follows from which times are known.
    """
    call, created = Call.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        call_id=ring.call_id, defaults={"state": CallState.RINGING, "received_at": now}
    )
    known = getattr(call, TIME_OF[ring.event])
    if not created and known is not None and known <= ring.at:
        return call
    # An exchange whose clock runs far ahead cannot date a call into the future.
    at = ring.at if ring.at <= now + SKEW else now
    setattr(call, TIME_OF[ring.event], at)
    call.state = state_of(call)
    call.line = call.line or ring.line
    if ring.caller and not call.caller_raw:
        call.caller_raw, call.caller_number = ring.caller[:64], e164(ring.caller)
    if ring.agent and call.answered_by is None:
        call.answered_by = User.objects.filter(username=ring.agent, role=User.Role.STAFF).first()
    if call.state == CallState.ABANDONED and not call.call_class:
        call.call_class, call.classified_at = CallClass.UNANSWERED, now
    elif call.answered_at is not None and call.call_class == CallClass.UNANSWERED:
        call.call_class, call.classified_at = "", None
    watch_ringing(call, now=now)
    call.save()
    record(
        f"call.{ring.event}",
        now=now,
        incident=call.incident,
        happened_at=at,
        data={"call": call.pk, "state": call.state, "agent": call.answered_by_id},
    )
    return call


@transaction.atomic
def classify_call(
    *,
    call: Call,
    call_class: str,
    actor: User | None,
    now: datetime,
    note: str = "",
    incident: Incident | None = None,
) -> Call:
    """Give a call its final class, or revise it: a new fact, the old one stays in the journal.

    Raises CallNeedsIncident for an emergency without an incident, CallLinked when a call that
    belongs to an incident would be called noise (it is unlinked first, by merging or by hand).
    """
    call = Call.objects.select_for_update(of=("self",), no_key=True).get(pk=call.pk)
    target = incident or call.incident
    if call_class == CallClass.EMERGENCY and target is None:
        raise CallNeedsIncident
    if call_class != CallClass.EMERGENCY and call.incident_id is not None:
        raise CallLinked
    if call.call_class == call_class and call.incident_id == getattr(target, "pk", None):
        return call
    before = call.call_class
    call.call_class, call.classified_at = call_class, now
    call.incident = target if call_class == CallClass.EMERGENCY else None
    call.note = note or call.note
    watch_ringing(call, now=now)
    call.save()
    record(
        "call.classified",
        now=now,
        incident=call.incident,
        actor=actor,
        data={
            "call": call.pk,
            "class": call_class,
            "before": before,
            "answered_at": to_wire_or_none(call.answered_at),
        },
    )
    return call


def watch_ringing(call: Call, *, now: datetime) -> None:
    """Write when a call that rings unclaimed is cried out; nothing any more for all others.

    Counts from when we heard it ring, or from when it was given back. The caller saves.
    """
    if call.state != CallState.RINGING or call.claimed_by_id is not None or call.call_class:
        call.attention, call.attention_at = "", None
    elif not call.attention and call.attention_at is None:
        call.attention_at = now + timedelta(seconds=CALLS.unclaimed_desk_s)


def state_of(call: Call) -> str:
    """Return where a call stands by the times that are known of it."""
    return call_state_for({name for name, field in TIME_OF.items() if getattr(call, field)})
