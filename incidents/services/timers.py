"""Deadlines as rows: written with the assignment, settled by what makes them moot, fired once.

Whoever is alive sweeps; a compare-and-set on `fired_at` lets each deadline ring once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from incidents.journal import record
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, Verdict
from incidents.models import Assignment, Timer
from incidents.policy import DEADLINES, DeadlinePolicy

SWEEP_LIMIT = 500
Kind = Timer.Kind


def plan_deadlines(assignment: Assignment, *, policy: DeadlinePolicy = DEADLINES) -> None:
    """Write the deadlines of a new assignment, inside its transaction."""
    Timer.objects.bulk_create(_deadlines(assignment, policy))


def mend_deadlines(assignment: Assignment, *, policy: DeadlinePolicy = DEADLINES) -> None:
    """Write the deadlines that an assignment lacks; those it has stay as they are."""
    Timer.objects.bulk_create(_deadlines(assignment, policy), ignore_conflicts=True)


def _deadlines(assignment: Assignment, policy: DeadlinePolicy) -> list[Timer]:
    start = assignment.dispatched_at
    due = {
        Kind.DELIVERY: start + timedelta(seconds=policy.delivery_s),
        Kind.ACKNOWLEDGEMENT: start + timedelta(seconds=policy.acknowledgement_s),
        Kind.MOVEMENT_WARNING: start + timedelta(seconds=policy.movement_warning_s),
        Kind.MOVEMENT_VERDICT: assignment.move_by,
        Kind.SILENCE: start + timedelta(seconds=policy.silence_s),
    }
    return [Timer(assignment=assignment, kind=kind, due_at=at) for kind, at in due.items()]


def bring_forward(now: datetime, *, policy: DeadlinePolicy = DEADLINES) -> int:
    """Make no deadline wait longer than one written now would. Returns how many came sooner.

    One further ahead was written by a clock that has been set back since. The movement's stays:
    it is a promise to the crew, in their assignment.
    """
    waits = {
        Kind.DELIVERY: policy.delivery_s,
        Kind.ACKNOWLEDGEMENT: policy.acknowledgement_s,
        Kind.MOVEMENT_WARNING: policy.movement_warning_s,
        Kind.SILENCE: policy.silence_s,
    }
    waiting = Timer.objects.filter(fired_at__isnull=True, settled_at__isnull=True)
    return sum(
        waiting.filter(
            kind=kind, due_at__gt=now + timedelta(seconds=wait_s + policy.set_back_s)
        ).update(due_at=now + timedelta(seconds=wait_s))
        for kind, wait_s in waits.items()
    )


def settle(assignment: Assignment, *kinds: str, now: datetime) -> None:
    """Mark deadlines as moot: what they wait for has happened."""
    rows = Timer.objects.filter(assignment=assignment, settled_at__isnull=True)
    (rows.filter(kind__in=kinds) if kinds else rows).update(settled_at=now)


def fire_due(now: datetime) -> int:
    """Fire what is due, each in its own transaction. Returns how many rang."""
    due = (
        Timer.objects.filter(due_at__lte=now, fired_at__isnull=True, settled_at__isnull=True)
        .order_by("due_at")
        .values_list("pk", flat=True)[:SWEEP_LIMIT]
    )
    return sum(fire(timer_id, now=now) for timer_id in list(due))


@transaction.atomic
def fire(timer_id: int, *, now: datetime) -> bool:
    """Ring one deadline if it is still waited for. Returns whether this call rang it."""
    claimed = Timer.objects.filter(
        pk=timer_id, due_at__lte=now, fired_at__isnull=True, settled_at__isnull=True
    ).update(fired_at=now)
    if not claimed:
        return False
    timer = Timer.objects.select_related("assignment__incident", "assignment__unit").get(
        pk=timer_id
    )
    if not _STILL_MATTERS[timer.kind](timer.assignment):
        Timer.objects.filter(pk=timer_id).update(settled_at=now)
        return False
    if timer.kind == Kind.MOVEMENT_VERDICT:
        Assignment.objects.filter(pk=timer.assignment_id).update(review_due_at=now)
    record(
        "deadline.missed",
        now=now,
        assignment=timer.assignment,
        happened_at=timer.due_at,
        data={"deadline": timer.kind},
    )
    return True


def _open(assignment: Assignment) -> bool:
    return assignment.state in OPEN_ASSIGNMENT_STATES


def _unproven(assignment: Assignment) -> bool:
    return assignment.verdict in (Verdict.PENDING,)


_STILL_MATTERS: dict[str, Callable[[Assignment], bool]] = {
    Kind.DELIVERY: lambda a: _open(a) and a.delivered_at is None and a.acknowledged_at is None,
    Kind.ACKNOWLEDGEMENT: lambda a: a.state == "dispatched",
    Kind.MOVEMENT_WARNING: lambda a: _open(a) and _unproven(a),
    Kind.MOVEMENT_VERDICT: _unproven,
    Kind.SILENCE: _open,
}
