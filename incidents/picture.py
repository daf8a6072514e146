"""Where everything stood, as plain rows: the same rows from a story and from what is stored. Pure.

Held against each other they show whether the journal alone tells the whole; shown one after the
other they are the replay.
"""

from typing import Any

from incidents.lifecycle import call_state_for
from incidents.story import AssignmentStory, CallStory, IncidentStory, Story
from responders.wire_time import to_wire, to_wire_or_none

Row = dict[str, Any]
Picture = dict[str, dict[str, Row]]
STEPS = (
    "delivered",
    "acknowledged",
    "en_route",
    "on_scene",
    "completed",
    "declined",
    "cancelled",
)


def picture_of(story: Story) -> Picture:
    """Return what a story says of every incident, assignment and call, by id."""
    return {
        "incidents": {str(one.key): incident_row(one) for one in story.incidents.values()},
        "assignments": {str(one.key): assignment_row(one) for one in story.assignments.values()},
        "calls": {str(one.key): call_row(one) for one in story.calls.values()},
    }


def incident_row(incident: IncidentStory) -> Row:
    return {
        "number": incident.number,
        "type": incident.type,
        "priority": incident.priority,
        "areas": sorted(incident.areas),
        "lat": incident.lat,
        "lon": incident.lon,
        "state": str(incident.state),
        "disposition": str(incident.disposition),
        "merged_into": str(incident.merged_into) if incident.merged_into else None,
        "opened_at": to_wire(incident.opened_at),
        "closed_at": to_wire_or_none(incident.closed_at),
    }


def assignment_row(assignment: AssignmentStory) -> Row:
    times = {f"{name}_at": _at(assignment, name) for name in STEPS}
    moved_at = assignment.moved_at
    return {
        "incident": str(assignment.incident),
        "unit": assignment.unit,
        "agency": assignment.agency,
        "state": str(assignment.state),
        "dispatched_at": to_wire(assignment.dispatched_at),
        "move_by": to_wire_or_none(assignment.move_by),
        "verdict": assignment.verdict,
        "moved_at": to_wire_or_none(moved_at.at if moved_at else None),
    } | times


def call_row(call: CallStory) -> Row:
    return {
        "state": call_state_for(call.times),
        "class": call.call_class,
        "incident": str(call.incident) if call.incident else None,
    }


def differences(told: Picture, stored: Picture) -> list[str]:
    """Return a line for each row that is not the same in both, at most a hundred."""
    found = []
    for section, rows in stored.items():
        for key in sorted(rows.keys() | told[section].keys()):
            ours, theirs = told[section].get(key), rows.get(key)
            if ours != theirs:
                found.append(f"{section} {key}: {_unlike(ours, theirs)}")
    return found[:100]


def _unlike(told: Row | None, stored: Row | None) -> str:
    if told is None or stored is None:
        return "only stored" if told is None else "only told"
    names = [name for name in stored if told.get(name) != stored[name]]
    return ", ".join(f"{name} told {told.get(name)!r}, stored {stored[name]!r}" for name in names)


def _at(assignment: AssignmentStory, name: str) -> str | None:
    step = assignment.steps.get(name)
    return to_wire_or_none(step.at if step else None)
