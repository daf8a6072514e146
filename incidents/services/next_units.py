"""Propose another unit where one declined or stays silent. Sending it is a person's press."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from incidents.errors import ProposalChanged
from incidents.journal import record
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, AssignmentState
from incidents.models import Assignment, NextUnit
from incidents.policy import DEADLINES, RECOMMENDATION
from incidents.selectors.next_units import awaiting_replacement
from incidents.selectors.recommendation import recommend_units
from incidents.services.dispatch import dispatch_unit
from responders.models import DutyStatus, Unit, User

SWEEP_LIMIT = 20


def propose_next(now: datetime) -> int:
    """Bring the proposals up to date: drop what is settled, look again where a unit is gone.

    Returns how many were made or changed. Running it twice at once proposes nothing twice.
    """
    waiting = awaiting_replacement(now, policy=DEADLINES)
    NextUnit.objects.exclude(assignment__in=waiting.values("pk")).delete()
    new = waiting.filter(next_unit=None).order_by("dispatched_at")
    stale = waiting.filter(pk__in=_outdated(now).values("assignment"))
    due = [*new[:SWEEP_LIMIT], *stale[:SWEEP_LIMIT]]
    return sum(_propose(assignment, now) for assignment in due)


@transaction.atomic
def send_next(
    *, assignment: Assignment, unit: Unit | None, actor: User | None, now: datetime
) -> Assignment:
    """Send the unit that is proposed in an assignment's place.

    unit: the one that the dispatcher saw. Raises ProposalChanged where another is proposed by now,
    or none, and what dispatch_unit raises.
    """
    proposal = NextUnit.objects.select_related("unit__agency").filter(assignment=assignment).first()
    if proposal is None or proposal.unit is None or unit not in (None, proposal.unit):
        raise ProposalChanged
    return dispatch_unit(incident=assignment.incident, unit=proposal.unit, actor=actor, now=now)


def _outdated(now: datetime) -> QuerySet[NextUnit]:
    """Return the proposals whose unit cannot go any more, and those of nobody that are old."""
    busy = Assignment.objects.filter(unit=OuterRef("unit"), state__in=OPEN_ASSIGNMENT_STATES)
    old = now - timedelta(seconds=RECOMMENDATION.next_recheck_s)
    return NextUnit.objects.filter(
        Q(Exists(busy))
        | Q(unit__isnull=False) & ~Q(unit__duty_status=DutyStatus.AVAILABLE)
        | Q(unit__active=False)
        | Q(unit=None, proposed_at__lte=old)
    )


@transaction.atomic
def _propose(assignment: Assignment, now: datetime) -> bool:
    """Write the proposal of one assignment. Returns whether this call changed what is proposed."""
    best = next(
        (
            c
            for c in recommend_units(assignment.incident, now, instead_of=assignment).candidates
            if c.chosen
        ),
        None,
    )
    declined = assignment.state == AssignmentState.DECLINED
    unit = best.unit if best else None
    fields = {
        "unit": unit,
        "why": "declined" if declined else "unacknowledged",
        "distance_m": best.distance_m if best else None,
        "proposed_at": now,
    }
    before = NextUnit.objects.filter(assignment=assignment).first()
    if before is None:
        _row, is_new = NextUnit.objects.get_or_create(assignment=assignment, defaults=fields)
        if not is_new:
            return False
    else:
        same = NextUnit.objects.filter(assignment=assignment, proposed_at=before.proposed_at)
        if not same.update(**fields) or before.unit == unit:
            return False
    data = {"unit": unit.call_sign if unit else None, "why": fields["why"]}
    record(
        "next_unit.proposed",
        now=now,
        incident=assignment.incident,
        assignment=assignment,
        data=data,
    )
    return True
