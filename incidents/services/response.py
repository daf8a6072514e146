"""The crew's own steps: acknowledge, en route, on scene, complete, decline."""

from datetime import datetime

from django.db import transaction

from incidents.claims import facts_of_claim, happened_at, storable
from incidents.errors import IllegalStep, StaleState
from incidents.journal import record
from incidents.lifecycle import AssignmentState, MilestoneSource, already_taken, may_step
from incidents.models import Assignment, Milestone, Timer
from incidents.services.progress import refresh_incident
from incidents.services.timers import settle
from responders.clock import UNKNOWN, Offset
from responders.models import User

SETTLES = {
    AssignmentState.ACKNOWLEDGED: (Timer.Kind.ACKNOWLEDGEMENT, Timer.Kind.DELIVERY),
    AssignmentState.EN_ROUTE: (Timer.Kind.ACKNOWLEDGEMENT, Timer.Kind.DELIVERY),
    AssignmentState.ON_SCENE: (Timer.Kind.ACKNOWLEDGEMENT, Timer.Kind.DELIVERY),
    AssignmentState.COMPLETED: (
        Timer.Kind.ACKNOWLEDGEMENT,
        Timer.Kind.DELIVERY,
        Timer.Kind.SILENCE,
        Timer.Kind.MOVEMENT_WARNING,
    ),
    AssignmentState.DECLINED: tuple(Timer.Kind.values),
}
ENDED = (AssignmentState.COMPLETED, AssignmentState.DECLINED)


@transaction.atomic
def take_step(
    *,
    assignment: Assignment,
    step: str,
    at: datetime | None,
    actor: User | None,
    now: datetime,
    note: str = "",
    reason: str = "",
    source: str = MilestoneSource.CREW,
    clock: Offset = UNKNOWN,
) -> Assignment:
    """Move an assignment one or more steps forward.

    at: when the button was pressed by the phone's own word; kept as claimed. Where it cannot be
    (ahead of now, before the dispatch) the milestone is marked and dated by our receipt. clock:
    what bounds the phone's clock as known now. A step taken before changes nothing; a skipped one
    stays empty. Raises IllegalStep, StaleState.
    """
    assignment = Assignment.objects.select_related("incident", "unit__agency").get(pk=assignment.pk)
    if already_taken(assignment.state, step):
        return assignment
    if not may_step(assignment.state, step):
        raise IllegalStep
    happened, doubtful = happened_at(claimed=at, not_before=assignment.dispatched_at, now=now)
    fields = {"state": step, f"{step}_at": happened}
    if step == AssignmentState.DECLINED:
        fields["reason"] = reason[:300]
    if step in ENDED:
        fields["review_due_at"] = now
    changed = Assignment.objects.filter(pk=assignment.pk, state=assignment.state).update(**fields)
    if changed != 1:
        raise StaleState
    Milestone.objects.create(
        assignment=assignment,
        step=step,
        source=source,
        actor=actor,
        claimed_at=None if at is None else storable(at),
        happened_at=happened,
        received_at=now,
        clock_doubtful=doubtful,
        note=(note or reason)[:500],
    )
    settle(assignment, *SETTLES[AssignmentState(step)], now=now)
    assignment.refresh_from_db()
    refresh_incident(assignment.incident)
    record(
        f"assignment.{step}",
        now=now,
        incident=assignment.incident,
        assignment=assignment,
        actor=actor,
        happened_at=happened,
        data=facts_of_claim(at=at, doubtful=doubtful, source=source, clock=clock),
        texts={"note": note[:500], "reason": reason[:300]},
    )
    return assignment
