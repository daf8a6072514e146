"""What is open at the desk and must not be forgotten when the shift changes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, OPEN_INCIDENT_STATES
from incidents.models import AgencyRequest, Assignment, Call, HandoverEntry, Incident

Kind = HandoverEntry.Kind


@dataclass(frozen=True)
class Matter:
    """One open matter: no caller, no number, no free text; what it is and how it stands."""

    kind: str
    subject: str
    state: str
    since: datetime
    incident_id: UUID | None = None
    call_id: int | None = None


def open_matters() -> list[Matter]:
    """Return open incidents with their units and requests, then calls without a class.

    The most urgent incident first; four queries, however many there are.
    """
    incidents = list(
        Incident.objects.filter(state__in=OPEN_INCIDENT_STATES)
        .select_related("type")
        .order_by("priority", "opened_at")
    )
    ids = [incident.pk for incident in incidents]
    units = Assignment.objects.filter(incident__in=ids, state__in=OPEN_ASSIGNMENT_STATES)
    asked = AgencyRequest.objects.filter(incident__in=ids, state__in=["asked", "accepted"])
    below: dict[UUID, list[Matter]] = {pk: [] for pk in ids}
    for unit in units.select_related("unit").order_by("dispatched_at"):
        below[unit.incident_id].append(
            Matter(
                Kind.ASSIGNMENT, str(unit.unit), unit.state, unit.dispatched_at, unit.incident_id
            )
        )
    for request in asked.select_related("agency").order_by("asked_at"):
        below[request.incident_id].append(
            Matter(
                Kind.REQUEST,
                str(request.agency),
                request.state,
                request.asked_at,
                request.incident_id,
            )
        )
    matters = []
    for incident in incidents:
        subject = f"{incident.number} · P{incident.priority} {incident.type}"
        matters.append(
            Matter(Kind.INCIDENT, subject, incident.state, incident.opened_at, incident.pk)
        )
        matters += below[incident.pk]
    return matters + _calls()


def _calls() -> list[Matter]:
    rows = Call.objects.filter(call_class="").order_by("received_at")
    return [
        Matter(Kind.CALL, call.line or "112", call.state, call.received_at, call_id=call.pk)
        for call in rows[:200]
    ]
