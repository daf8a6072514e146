"""Ask an outside agency for help, and record what it answered."""

from datetime import datetime

from django.db import IntegrityError, transaction

from incidents.errors import AlreadyAsked, IllegalStep, IncidentNotOpen, NotOutside, StaleState
from incidents.journal import record
from incidents.lifecycle import OPEN_INCIDENT_STATES
from incidents.models import AgencyRequest, Incident
from responders.models import Agency, User

State = AgencyRequest.State
FOLLOWS: dict[str, tuple[str, ...]] = {
    State.ASKED: (State.ACCEPTED, State.REFUSED, State.WITHDRAWN),
    State.ACCEPTED: (State.REFUSED, State.WITHDRAWN),
}


@transaction.atomic
def ask_agency(
    *, incident: Incident, agency: Agency, how: str, note: str, actor: User | None, now: datetime
) -> AgencyRequest:
    """Record that an outside agency was asked. Its clock runs until it answers.

    Raises IncidentNotOpen, NotOutside (an agency of the city is ordered, not asked), AlreadyAsked
    while an earlier request runs. Records request.asked.
    """
    incident = Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    if incident.state not in OPEN_INCIDENT_STATES:
        raise IncidentNotOpen
    if agency.takes_orders:
        raise NotOutside
    try:
        with transaction.atomic():
            request = AgencyRequest.objects.create(
                incident=incident,
                agency=agency,
                how=how,
                note=note[:300],
                asked_at=now,
                asked_by=actor,
            )
    except IntegrityError as error:
        raise AlreadyAsked from error
    _record("asked", request, actor=actor, now=now)
    return request


@transaction.atomic
def answer_request(
    *, request: AgencyRequest, state: str, answer: str, actor: User | None, now: datetime
) -> AgencyRequest:
    """Record what an agency said, or that the desk asks no longer. The same again changes nothing.

    state: accepted, refused or withdrawn; one that accepted may still say no. Raises IllegalStep,
    StaleState. Records request.accepted, request.refused or request.withdrawn.
    """
    request = AgencyRequest.objects.select_related("agency", "incident").get(pk=request.pk)
    if request.state == state:
        return request
    if state not in FOLLOWS.get(request.state, ()):
        raise IllegalStep
    changed = AgencyRequest.objects.filter(pk=request.pk, state=request.state).update(
        state=state, answered_at=now, recorded_by=actor, answer=answer[:300]
    )
    if changed != 1:
        raise StaleState
    request.refresh_from_db()
    _record(state, request, actor=actor, now=now)
    return request


def _record(what: str, request: AgencyRequest, *, actor: User | None, now: datetime) -> None:
    """Put it into the journal: the agency and the way, never the words."""
    data = {"request": str(request.pk), "agency": request.agency.key, "how": request.how}
    record(f"request.{what}", now=now, incident=request.incident, actor=actor, data=data)
