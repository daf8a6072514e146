"""Put a step's time right: a new fact with its reason and author; what was said before stays."""

from datetime import datetime

from django.db import transaction

from incidents.errors import IllegalStep
from incidents.journal import record
from incidents.lifecycle import STEPS, AssignmentState, MilestoneSource
from incidents.models import Assignment, Milestone
from responders.models import User
from responders.wire_time import to_milliseconds, to_wire

CORRECTABLE = STEPS[1:]  # the dispatch is ours and needs none


@transaction.atomic
def correct_step(
    *, assignment: Assignment, step: str, at: datetime, reason: str, actor: User, now: datetime
) -> Assignment:
    """Date a step that was taken anew. The milestone before stays; the new one has the reason.

    Movement is not touched: evidence alone moves a verdict. A corrected time was typed afterwards
    and is in no percentile. Raises IllegalStep for a step not taken, a time before the dispatch or
    ahead of now.
    """
    rows = Assignment.objects.select_for_update(of=("self",), no_key=True)
    assignment = rows.select_related("incident", "unit").get(pk=assignment.pk)
    before = getattr(assignment, f"{step}_at") if step in CORRECTABLE else None
    at = to_milliseconds(at)
    if before is None or not assignment.dispatched_at <= at <= now:
        raise IllegalStep
    if at == before:
        return assignment
    Milestone.objects.create(
        assignment=assignment,
        step=step,
        source=MilestoneSource.DISPATCHER,
        actor=actor,
        claimed_at=None,
        happened_at=at,
        received_at=now,
        note=reason[:500],
    )
    Assignment.objects.filter(pk=assignment.pk).update(**{f"{step}_at": at})
    assignment.refresh_from_db()
    record(
        "assignment.corrected",
        now=now,
        incident=assignment.incident,
        assignment=assignment,
        actor=actor,
        happened_at=at,
        data={"step": str(AssignmentState(step)), "before": to_wire(before), "after": to_wire(at)},
    )
    return assignment
