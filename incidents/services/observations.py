"""What a crew saw itself do at the scene: facts for the clocks, which move no state.

"Waktu tanggap" ends at the first action (Permendagri 114/2018), not at the arrival; without this
fact it is not known, and the report says so.
"""

from datetime import datetime

from django.db import transaction

from incidents.claims import facts_of_claim, happened_at, storable
from incidents.errors import IllegalStep
from incidents.journal import record
from incidents.lifecycle import AssignmentState, MilestoneSource
from incidents.models import Assignment, Milestone
from responders.clock import UNKNOWN, Offset
from responders.models import User

NOT_FROM = (AssignmentState.DECLINED, AssignmentState.CANCELLED)


@transaction.atomic
def observe(
    *,
    assignment: Assignment,
    observation: str,
    at: datetime | None,
    actor: User | None,
    now: datetime,
    source: str = MilestoneSource.CREW,
    clock: Offset = UNKNOWN,
) -> Assignment:
    """Record an observation once; a repeat changes nothing, the first stays.

    at, clock: when it was, by the phone's own word, judged as a step's is. Raises
    IllegalStep where the unit never went.
    """
    rows = Assignment.objects.select_for_update(of=("self",), no_key=True)
    assignment = rows.select_related("incident", "unit").get(pk=assignment.pk)
    if assignment.milestones.filter(step=observation).exists():
        return assignment
    if assignment.state in NOT_FROM:
        raise IllegalStep
    happened, doubtful = happened_at(claimed=at, not_before=assignment.dispatched_at, now=now)
    Milestone.objects.create(
        assignment=assignment,
        step=observation,
        source=source,
        actor=actor,
        claimed_at=None if at is None else storable(at),
        happened_at=happened,
        received_at=now,
        clock_doubtful=doubtful,
    )
    record(
        f"assignment.{observation}",
        now=now,
        incident=assignment.incident,
        assignment=assignment,
        actor=actor,
        happened_at=happened,
        data=facts_of_claim(at=at, doubtful=doubtful, source=source, clock=clock),
    )
    return assignment
