"""The auditor: every open assignment is reached, or has something that will move it on.

A second pair of eyes over what the services promise. What it finds it mends and leaves as a row,
which the desk sees: there is a fault to be found.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, AssignmentState
from incidents.models import Assignment, IncidentEvent, Timer
from incidents.services.timers import mend_deadlines
from notifications.ladder_rules import due_at
from notifications.models import AuditFinding, Delivery, Ladder
from notifications.policy import WATCH
from notifications.services.planning import own_steps
from notifications.services.plans import standing_plans

logger = logging.getLogger(__name__)
Code = AuditFinding.Code
DISPATCHED = "assignment.dispatched"


def audit(now: datetime) -> int:
    """Look at every open assignment; mend what nothing would move on. Returns how many findings."""
    old_enough = now - timedelta(seconds=WATCH.audit_after_s)
    rows = list(
        Assignment.objects.filter(state__in=OPEN_ASSIGNMENT_STATES, dispatched_at__lte=old_enough)
    )
    found = [*_without_deadline(rows, now), *_without_ladder(rows, now), *_stuck(rows, now)]
    AuditFinding.objects.bulk_create(
        AuditFinding(assignment=assignment, code=code, found_at=now) for assignment, code in found
    )
    for assignment, code in found:
        logger.error("The auditor mended assignment %s: %s", assignment.pk, code)
    return len(found)


def _without_deadline(
    rows: list[Assignment], now: datetime
) -> list[tuple[Assignment, AuditFinding.Code]]:
    """Write the deadlines that are missing: without the first, nothing would turn it red."""
    wanted = {Timer.Kind.DELIVERY, Timer.Kind.MOVEMENT_VERDICT}
    having: dict[object, set[str]] = {}
    timers = Timer.objects.filter(assignment__in=rows, kind__in=wanted)
    for assignment_id, kind in timers.values_list("assignment_id", "kind"):
        having.setdefault(assignment_id, set()).add(kind)
    found = []
    for assignment in rows:
        if having.get(assignment.pk, set()) != wanted:
            mend_deadlines(assignment)
            found.append((assignment, Code.NO_DEADLINE))
    return found


def _unreached(rows: list[Assignment]) -> list[Assignment]:
    return [
        row for row in rows if row.state == AssignmentState.DISPATCHED and row.delivered_at is None
    ]


def _without_ladder(
    rows: list[Assignment], now: datetime
) -> list[tuple[Assignment, AuditFinding.Code]]:
    """Give an unreached assignment the ladder that it lacks; its first step may be due at once."""
    plan = standing_plans([DISPATCHED], now=now)[DISPATCHED]
    steps = own_steps(plan)
    waiting = {row.pk: row for row in _unreached(rows)}
    events = IncidentEvent.objects.filter(
        assignment__in=waiting, kind=DISPATCHED, ladder__isnull=True
    )
    found = []
    for event in events if steps else ():
        with transaction.atomic():
            Ladder.objects.get_or_create(
                event=event,
                defaults={
                    "plan": plan,
                    "assignment_id": event.assignment_id,
                    "lane": Delivery.Lane.ASSIGNMENT,
                    "started_at": event.recorded_at,
                    "next_step_at": due_at(started_at=event.recorded_at, after_s=steps[0].after_s),
                },
            )
        if event.assignment_id is not None:
            found.append((waiting[event.assignment_id], Code.NO_LADDER))
    return found


def _stuck(rows: list[Assignment], now: datetime) -> list[tuple[Assignment, AuditFinding.Code]]:
    """Free a ladder whose due step is held for far longer than any lease."""
    long_due = now - timedelta(seconds=WATCH.stuck_s)
    waiting = {row.pk: row for row in _unreached(rows)}
    held = Ladder.objects.filter(
        assignment__in=waiting, next_step_at__lt=long_due, lease_until__gt=now
    )
    stuck = list(held.values_list("pk", "assignment_id"))
    Ladder.objects.filter(pk__in=[pk for pk, _ in stuck]).update(lease_until=None)
    return [(waiting[assignment_id], Code.STUCK) for _, assignment_id in stuck if assignment_id]
