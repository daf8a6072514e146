"""The dispatcher's own acts on an incident: close, cancel, hold, resume, reopen, merge."""

from datetime import datetime

from django.db import transaction

from incidents.errors import IllegalStep, OpenAssignment, StaleState
from incidents.journal import record
from incidents.lifecycle import (
    DISPATCHER_MOVES,
    OPEN_ASSIGNMENT_STATES,
    Disposition,
    IncidentState,
)
from incidents.models import Incident
from incidents.services.progress import refresh_incident
from responders.models import User


@transaction.atomic
def close_incident(
    *, incident: Incident, disposition: str, actor: User | None, now: datetime, note: str = ""
) -> Incident:
    """Close an incident with its disposition. Raises OpenAssignment, IllegalStep.

    Closing twice with the same disposition changes nothing.
    """
    current = Incident.objects.get(pk=incident.pk)
    if current.state == IncidentState.CLOSED and current.disposition == disposition:
        return current
    incident = _move(incident, IncidentState.CLOSED, needs_no_assignment=True)
    Incident.objects.filter(pk=incident.pk).update(
        state=IncidentState.CLOSED, disposition=disposition, closed_at=now, closing_note=note
    )
    incident.refresh_from_db()
    data = {"disposition": disposition, "episode": incident.episode}
    record(
        "incident.closed",
        now=now,
        incident=incident,
        actor=actor,
        data=data,
        texts={"note": note},
    )
    return incident


@transaction.atomic
def cancel_incident(
    *, incident: Incident, reason: str, actor: User | None, now: datetime
) -> Incident:
    """Cancel an incident that never needed anybody. Raises OpenAssignment, IllegalStep."""
    incident = _move(incident, IncidentState.CANCELLED, needs_no_assignment=True)
    Incident.objects.filter(pk=incident.pk).update(
        state=IncidentState.CANCELLED,
        disposition=Disposition.CANCELLED,
        closed_at=now,
        closing_note=reason,
    )
    incident.refresh_from_db()
    texts = {"reason": reason}
    record("incident.cancelled", now=now, incident=incident, actor=actor, texts=texts)
    return incident


@transaction.atomic
def hold_incident(
    *, incident: Incident, reason: str, actor: User | None, now: datetime
) -> Incident:
    """Put an incident aside; nobody is sent until it is resumed."""
    incident = _move(incident, IncidentState.ON_HOLD, needs_no_assignment=True)
    Incident.objects.filter(pk=incident.pk).update(state=IncidentState.ON_HOLD)
    incident.refresh_from_db()
    texts = {"reason": reason}
    record("incident.held", now=now, incident=incident, actor=actor, texts=texts)
    return incident


@transaction.atomic
def resume_incident(*, incident: Incident, actor: User | None, now: datetime) -> Incident:
    """Take an incident up again after a hold."""
    if Incident.objects.get(pk=incident.pk).state != IncidentState.ON_HOLD:
        raise IllegalStep
    incident = _move(incident, IncidentState.PENDING, needs_no_assignment=False)
    Incident.objects.filter(pk=incident.pk).update(state=IncidentState.PENDING)
    incident.refresh_from_db()
    refresh_incident(incident)
    record("incident.resumed", now=now, incident=incident, actor=actor)
    return incident


@transaction.atomic
def reopen_incident(
    *, incident: Incident, reason: str, actor: User | None, now: datetime
) -> Incident:
    """Open a closed or cancelled incident again: a new episode; the journal keeps the closure."""
    current = Incident.objects.get(pk=incident.pk)
    if current.state not in (IncidentState.CLOSED, IncidentState.CANCELLED):
        raise IllegalStep
    incident = _move(incident, IncidentState.PENDING, needs_no_assignment=False)
    closed = {"closed_at": str(incident.closed_at), "disposition": incident.disposition}
    Incident.objects.filter(pk=incident.pk).update(
        state=IncidentState.PENDING,
        episode=incident.episode + 1,
        closed_at=None,
        disposition="",
        closing_note="",
    )
    incident.refresh_from_db()
    record(
        "incident.reopened",
        now=now,
        incident=incident,
        actor=actor,
        data=closed | {"episode": incident.episode},
        texts={"reason": reason},
    )
    return incident


def _move(incident: Incident, target: str, *, needs_no_assignment: bool) -> Incident:
    """Lock the incident and check that a dispatcher may move it there."""
    known = incident.state
    incident = Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    if target not in DISPATCHER_MOVES.get(incident.state, frozenset()):
        raise IllegalStep if known == incident.state else StaleState
    if needs_no_assignment and _has_open_assignment(incident):
        raise OpenAssignment
    return incident


def _has_open_assignment(incident: Incident) -> bool:
    return incident.assignments.filter(state__in=OPEN_ASSIGNMENT_STATES).exists()
