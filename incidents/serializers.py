"""What goes out: an assignment, an incident, an event, as the contract has them.

Out only, as plain functions, shared by HTTP and the socket, so that a fact looks the same
everywhere. What comes in is read in serializers_in.py.
"""

from typing import Any

from incidents.lifecycle import Verdict
from incidents.models import AgencyRequest, Area, Assignment, Call, Incident, IncidentEvent
from incidents.selectors.clock import reported_at
from incidents.selectors.journal_texts import words_of
from incidents.selectors.recommendation import Outside, Recommendation
from incidents.suitability import Reason
from responders.models import Unit
from responders.wire_time import to_wire, to_wire_or_none

# Why a verdict is what it is where the rule adds no reason of its own.
PLAIN_REASONS: dict[str, str] = {
    Verdict.STATIONARY: "no_movement",
    Verdict.MOVED_LATE: "after_deadline",
}


def area_out(area: Area) -> dict[str, str]:
    """Return {"code", "name"}."""
    return {"code": area.code, "name": area.name}


def unit_out(unit: Unit) -> dict[str, Any]:
    """Return {"id", "call_sign", "agency"}."""
    return {"id": unit.pk, "call_sign": unit.call_sign, "agency": unit.agency.key}


def incident_out(incident: Incident, *, caller: dict[str, str] | None) -> dict[str, Any]:
    """Return the incident as an assignment carries it. caller: for the crew of an open one."""
    return {
        "id": str(incident.pk),
        "number": incident.number,
        "type": incident.type.key,
        "priority": incident.priority,
        "summary": incident.summary,
        "address": incident.address,
        "landmark": incident.landmark,
        "lat": incident.lat,
        "lon": incident.lon,
        "areas": [area_out(area) for area in _areas(incident)],
        "caller": caller,
    }


def assignment_out(assignment: Assignment, *, for_crew: bool) -> dict[str, Any]:
    """Return the assignment of the contract.

    for_crew: the caller stands in it while the assignment is open; never for anybody else.
    """
    calls = list(assignment.incident.calls.all())
    caller = _caller(calls) if for_crew and assignment.is_open else None
    return {
        "id": str(assignment.pk),
        "state": assignment.state,
        "unit": unit_out(assignment.unit),
        "incident": incident_out(assignment.incident, caller=caller),
        "reported_at": to_wire_or_none(reported_at(assignment.incident)),
        "dispatched_at": to_wire(assignment.dispatched_at),
        "delivered_at": to_wire_or_none(assignment.delivered_at),
        "acknowledged_at": to_wire_or_none(assignment.acknowledged_at),
        "en_route_at": to_wire_or_none(assignment.en_route_at),
        "on_scene_at": to_wire_or_none(assignment.on_scene_at),
        "completed_at": to_wire_or_none(assignment.completed_at),
        "move_by": to_wire(assignment.move_by),
        "movement": movement_out(assignment),
    }


def movement_out(assignment: Assignment) -> dict[str, Any]:
    """Return the verdict in force, with the ids under which the phones sent the evidence."""
    reason = assignment.verdict_reason or PLAIN_REASONS.get(assignment.verdict)
    return {
        "verdict": assignment.verdict,
        "reason": reason,
        "moved_at": to_wire_or_none(assignment.moved_at),
        "known_at": to_wire_or_none(assignment.movement_known_at),
        "displacement_m": assignment.displacement_m,
        "evidence": evidence_ids(assignment),
    }


def evidence_ids(assignment: Assignment) -> list[str]:
    """Return the check-in ids of the newest verdict, oldest first."""
    verdicts = list(assignment.verdicts.all())
    newest = max(verdicts, key=lambda verdict: verdict.number, default=None)
    return list(newest.evidence_ids) if newest else []


def desk_incident_out(incident: Incident, *, call_id: str | None) -> dict[str, Any]:
    """Return the incident as other systems at the desk see it; the caller is not in it."""
    body = incident_out(incident, caller=None)
    del body["caller"]
    suggested = incident.suggested_area
    return body | {
        "call_id": call_id,
        "state": incident.state,
        "disposition": incident.disposition or None,
        "suggested_area": area_out(suggested) if suggested else None,
        "opened_at": to_wire(incident.opened_at),
        "closed_at": to_wire_or_none(incident.closed_at),
        "assignments": [
            str(assignment.pk)
            for assignment in sorted(incident.assignments.all(), key=lambda a: a.dispatched_at)
        ],
    }


def event_out(event: IncidentEvent) -> dict[str, Any]:
    """Return a journal row for the timeline, with the words beside it that are still kept."""
    return {
        "seq": event.seq,
        "kind": event.kind,
        "at": to_wire(event.happened_at),
        "recorded_at": to_wire(event.recorded_at),
        "assignment": str(event.assignment_id) if event.assignment_id else None,
        "actor": event.actor.username if event.actor else None,
        "data": words_of(event) | event.data,
    }


def recommendation_out(recommendation: Recommendation) -> dict[str, Any]:
    """Return the proposed units with their reasons, whom to ask outside, and what is short."""
    return {
        "units": [
            {
                "unit": unit_out(candidate.unit),
                "chosen": candidate.chosen,
                "reasons": [reason_out(reason) for reason in candidate.reasons],
                "distance_m": candidate.distance_m,
                "road_s": candidate.facts.road_s,
                "position_age_s": candidate.facts.position_age_s,
            }
            for candidate in recommendation.candidates
        ],
        "unlisted": recommendation.unlisted,
        "requests": [outside_out(one) for one in recommendation.outside],
        "shortfalls": [reason_out(reason) for reason in recommendation.shortfalls],
    }


def outside_out(one: Outside) -> dict[str, Any]:
    """Return an outside agency to be asked, with how its latest request stands."""
    request = one.request
    return {
        "agency": one.agency.key,
        "name": one.agency.name,
        "role": one.role or None,
        "request": None if request is None else agency_request_out(request),
    }


def agency_request_out(request: AgencyRequest) -> dict[str, Any]:
    """Return a request to an outside agency."""
    return {
        "id": str(request.pk),
        "agency": request.agency.key,
        "state": request.state,
        "how": request.how,
        "asked_at": to_wire(request.asked_at),
        "answered_at": to_wire_or_none(request.answered_at),
    }


def reason_out(reason: Reason) -> dict[str, str]:
    """Return a code with its sentence in the language in force."""
    return {"code": reason.code, "message": reason.text}


def _areas(incident: Incident) -> list[Area]:
    return sorted(incident.areas.all(), key=lambda area: area.code)


def _caller(calls: list[Call]) -> dict[str, str] | None:
    """Return the earliest caller who left a name or a number."""
    known = [call for call in calls if call.caller_name or call.caller_number or call.caller_raw]
    if not known:
        return None
    call = min(known, key=lambda call: (call.answered_at or call.received_at, call.pk))
    return {"name": call.caller_name, "phone": call.caller_number or call.caller_raw}
