"""Send a unit to an incident, or call it back."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from incidents.errors import (
    IllegalStep,
    IncidentNotOpen,
    StaleState,
    UnitBusy,
    UnitOffDuty,
    UnitOutside,
)
from incidents.journal import record
from incidents.lifecycle import (
    OPEN_ASSIGNMENT_STATES,
    OPEN_INCIDENT_STATES,
    AssignmentState,
    IncidentState,
    MilestoneSource,
)
from incidents.models import Assignment, AssignmentCrew, Incident, Milestone
from incidents.services.progress import refresh_incident
from incidents.services.timers import plan_deadlines, settle
from responders.models import DutyStatus, Unit, User
from responders.selectors import crew_of
from responders.wire_time import to_milliseconds, to_wire


@transaction.atomic
def dispatch_unit(
    *,
    incident: Incident,
    unit: Unit,
    actor: User | None,
    now: datetime,
    assignment_id: uuid.UUID | None = None,
) -> Assignment:
    """Send a unit: one open assignment with its clocks running from now.

    Raises IncidentNotOpen, UnitOutside (asked, not ordered), UnitOffDuty, UnitBusy (also to the
    loser of a race). Records assignment.dispatched, which is what the crew's phones hear.
    """
    incident = Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    units = Unit.objects.select_related("agency").select_for_update(of=("self",), no_key=True)
    unit = units.get(pk=unit.pk)
    if incident.state not in OPEN_INCIDENT_STATES or incident.state == IncidentState.ON_HOLD:
        raise IncidentNotOpen
    if not unit.agency.takes_orders:
        raise UnitOutside
    if _is_busy(unit):
        raise UnitBusy
    if not unit.active or unit.duty_status != DutyStatus.AVAILABLE:
        raise UnitOffDuty

    start = to_milliseconds(now)
    assignment = Assignment(
        id=assignment_id or uuid.uuid4(),
        incident=incident,
        unit=unit,
        dispatched_by=actor,
        dispatched_at=start,
        move_by=start + timedelta(seconds=settings.GERAK_MOVEMENT_TARGET_S),
    )
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError as error:
        raise UnitBusy from error
    AssignmentCrew.objects.bulk_create(
        AssignmentCrew(assignment=assignment, user=user) for user in crew_of(unit, now)
    )
    plan_deadlines(assignment)
    refresh_incident(incident)
    record(
        "assignment.dispatched",
        now=start,
        incident=incident,
        assignment=assignment,
        actor=actor,
        data={"unit": unit.call_sign, "move_by": to_wire(assignment.move_by)},
    )
    return assignment


@transaction.atomic
def cancel_assignment(
    *, assignment: Assignment, reason: str, actor: User | None, now: datetime
) -> Assignment:
    """Call a unit back. Doing it twice changes nothing. Raises IllegalStep once it has ended."""
    assignment = Assignment.objects.select_related("incident", "unit").get(pk=assignment.pk)
    if assignment.state == AssignmentState.CANCELLED:
        return assignment
    if assignment.state not in OPEN_ASSIGNMENT_STATES:
        raise IllegalStep
    changed = Assignment.objects.filter(pk=assignment.pk, state=assignment.state).update(
        state=AssignmentState.CANCELLED, cancelled_at=now, reason=reason[:300], review_due_at=now
    )
    if changed != 1:
        raise StaleState
    Milestone.objects.create(
        assignment=assignment,
        step=AssignmentState.CANCELLED,
        source=MilestoneSource.DISPATCHER,
        actor=actor,
        claimed_at=None,
        happened_at=now,
        received_at=now,
        note=reason[:500],
    )
    settle(assignment, now=now)
    assignment.refresh_from_db()
    refresh_incident(assignment.incident)
    record(
        "assignment.cancelled",
        now=now,
        incident=assignment.incident,
        assignment=assignment,
        actor=actor,
        texts={"reason": reason[:300]},
    )
    return assignment


def _is_busy(unit: Unit) -> bool:
    return Assignment.objects.filter(unit=unit, state__in=OPEN_ASSIGNMENT_STATES).exists()
