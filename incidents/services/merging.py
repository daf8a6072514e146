"""Two incidents that are one: merged, and parted again, without moving a row.

A merged incident keeps its calls, its facts and its own times; it only names the one it is now told
with. So parting them is the identity. The clock of the surviving one starts at the earliest
answered call of all that were merged into it (selectors/clock.py).
"""

from datetime import datetime

from django.db import transaction

from incidents.errors import CannotMerge, IllegalStep, NotMerged, OpenAssignment, StaleState
from incidents.journal import record
from incidents.lifecycle import (
    DISPATCHER_MOVES,
    OPEN_ASSIGNMENT_STATES,
    OPEN_INCIDENT_STATES,
    IncidentState,
)
from incidents.models import Incident
from incidents.services.progress import refresh_incident
from responders.models import User

STEPS_MAX = 50  # own choice: a chain of merges longer than this is a fault


@transaction.atomic
def merge_incident(
    *, incident: Incident, into: Incident, actor: User | None, now: datetime
) -> Incident:
    """Merge an incident into another open one. Doing it twice changes nothing.

    A unit on its way keeps the incident it was sent to: one with open assignments is not merged,
    the other way round may be. The survivor is locked too: two merges at once that meet in it would
    close a ring. Raises OpenAssignment, CannotMerge, IllegalStep, StaleState.
    """
    keys = [incident.pk, into.pk, survivor_of(_read(into)).pk]
    locked = Incident.objects.select_for_update(of=("self",), no_key=True)
    rows = {row.pk: row for row in locked.filter(pk__in=keys).order_by("pk")}
    incident, into = rows[incident.pk], rows[into.pk]
    if incident.merged_into_id == into.pk and incident.state == IncidentState.MERGED:
        return incident
    target = survivor_of(into)
    if target.pk not in rows:
        raise StaleState
    if target.pk == incident.pk or incident.pk == into.pk:
        raise CannotMerge
    if target.state not in OPEN_INCIDENT_STATES:
        raise IllegalStep
    if IncidentState.MERGED not in DISPATCHER_MOVES.get(incident.state, frozenset()):
        raise IllegalStep
    if incident.assignments.filter(state__in=OPEN_ASSIGNMENT_STATES).exists():
        raise OpenAssignment
    before = incident.state
    Incident.objects.filter(pk=incident.pk).update(state=IncidentState.MERGED, merged_into=into)
    incident.refresh_from_db()
    data = {"into": str(into.pk), "into_number": into.number, "before": before}
    record("incident.merged", now=now, incident=incident, actor=actor, data=data)
    return incident


@transaction.atomic
def unmerge_incident(*, incident: Incident, actor: User | None, now: datetime) -> Incident:
    """Part a merged incident: it stands again where it stood. Raises NotMerged."""
    locked = Incident.objects.select_for_update(of=("self",), no_key=True)
    incident = locked.get(pk=incident.pk)
    if incident.state != IncidentState.MERGED:
        raise NotMerged
    merged = incident.events.filter(kind="incident.merged").order_by("-seq").first()
    before = merged.data["before"] if merged else IncidentState.PENDING
    data = {"into": str(incident.merged_into_id), "before": before}
    Incident.objects.filter(pk=incident.pk).update(state=before, merged_into=None)
    incident.refresh_from_db()
    refresh_incident(incident)
    record("incident.unmerged", now=now, incident=incident, actor=actor, data=data)
    return incident


def _read(incident: Incident) -> Incident:
    return Incident.objects.get(pk=incident.pk)


def survivor_of(incident: Incident) -> Incident:
    """Return the incident that one is told with now: itself where it is not merged."""
    for _step in range(STEPS_MAX):
        if incident.state != IncidentState.MERGED or incident.merged_into is None:
            return incident
        incident = incident.merged_into
    raise CannotMerge
