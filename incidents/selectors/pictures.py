"""Where everything stands as stored, in the rows of picture.py."""

from incidents.models import Assignment, Call, Incident
from incidents.picture import STEPS, Picture, Row, picture_of
from incidents.selectors.report_facts import facts_between, last_seq
from incidents.story import tell
from responders.wire_time import to_wire, to_wire_or_none


def told_picture(up_to_seq: int | None = None) -> Picture:
    """Return what the journal tells, read from its first event up to one (its last by default)."""
    return picture_of(tell(facts_between(1, last_seq() if up_to_seq is None else up_to_seq)))


def stored_picture() -> Picture:
    """Return what the tables hold now."""
    incidents = Incident.objects.select_related("type").prefetch_related("areas")
    assignments = Assignment.objects.select_related("unit__agency")
    return {
        "incidents": {str(row.pk): _incident(row) for row in incidents},
        "assignments": {str(row.pk): _assignment(row) for row in assignments},
        "calls": {str(row.pk): _call(row) for row in Call.objects.all()},
    }


def _incident(incident: Incident) -> Row:
    return {
        "number": incident.number,
        "type": incident.type.key,
        "priority": incident.priority,
        "areas": sorted(area.code for area in incident.areas.all()),
        "lat": incident.lat,
        "lon": incident.lon,
        "state": incident.state,
        "disposition": incident.disposition,
        "merged_into": str(incident.merged_into_id) if incident.merged_into_id else None,
        "opened_at": to_wire(incident.opened_at),
        "closed_at": to_wire_or_none(incident.closed_at),
    }


def _assignment(assignment: Assignment) -> Row:
    times = {f"{name}_at": to_wire_or_none(getattr(assignment, f"{name}_at")) for name in STEPS}
    return {
        "incident": str(assignment.incident_id),
        "unit": assignment.unit.call_sign,
        "agency": assignment.unit.agency.key,
        "state": assignment.state,
        "dispatched_at": to_wire(assignment.dispatched_at),
        "move_by": to_wire(assignment.move_by),
        "verdict": assignment.verdict,
        "moved_at": to_wire_or_none(assignment.moved_at),
    } | times


def _call(call: Call) -> Row:
    return {
        "state": call.state,
        "class": call.call_class,
        "incident": str(call.incident_id) if call.incident_id else None,
    }
