"""Where an incident stands, computed from its assignments."""

from incidents.lifecycle import IncidentState, incident_state_for
from incidents.models import Assignment, Incident

COMPUTED = (
    IncidentState.NEW,
    IncidentState.PENDING,
    IncidentState.DISPATCHED,
    IncidentState.RESPONDING,
    IncidentState.ON_SCENE,
    IncidentState.CLEARED,
)


def refresh_incident(incident: Incident) -> str:
    """Write the computed state of an incident unless a dispatcher's own act holds it.

    Counts the assignments of the present episode only: a reopened incident starts afresh.
    """
    if incident.state not in COMPUTED:
        return incident.state
    states = list(
        Assignment.objects.filter(
            incident=incident, dispatched_at__gte=episode_start(incident)
        ).values_list("state", flat=True)
    )
    state = incident_state_for(states, ever_dispatched=bool(states) or incident.episode > 1)
    if state != incident.state:
        Incident.objects.filter(pk=incident.pk, state=incident.state).update(state=state)
        incident.state = state
    return incident.state


def episode_start(incident: Incident):  # noqa: ANN201 - a datetime
    """Return when the present episode began: the opening, or the last reopening."""
    reopened = (
        incident.events.filter(kind="incident.reopened")
        .order_by("-seq")
        .values_list("recorded_at", flat=True)
        .first()
    )
    return reopened or incident.opened_at
