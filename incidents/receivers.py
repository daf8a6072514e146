"""What the incidents hear of the responders, and of a changed area.

Inside the check-in commit it only writes rows.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import receiver

from incidents.journal import record
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, Verdict
from incidents.models import Area, Assignment, AssignmentCrew, Timer
from incidents.policy import DEADLINES
from incidents.services.areas import place_area
from incidents.tasks import review_soon
from responders.errors import UnitBusy
from responders.models import DutyStatus, User
from responders.signals import check_ins_committed, check_ins_recorded, duty_changing

LATE_EVIDENCE = timedelta(days=8)
# Phones go on for a short tail, and their clocks may be ahead by minutes.
TAIL = timedelta(minutes=15)


@receiver(check_ins_recorded, dispatch_uid="incidents-plan-a-review")
def plan_review(*, device_ids: list[UUID], now: datetime, since: datetime, **_more: Any) -> None:
    """Mark for judging every assignment that these phones may bear witness to.

    Open ones, and ended ones still without proof that the check-ins reach back to: what arrives
    late may change their verdict, what is sent now about now does not.
    """
    witnessed = AssignmentCrew.objects.filter(
        user__devices__in=device_ids, assignment__dispatched_at__gte=now - LATE_EVIDENCE
    ).values_list("assignment_id", flat=True)
    assignments = set(witnessed)
    if not assignments:  # most commits: said first, for it costs a tenth of what follows
        return
    touched = list(
        Assignment.objects.filter(
            Q(completed_at=None, cancelled_at=None, declined_at=None)
            | ~Q(verdict=Verdict.MOVED)
            & (
                Q(completed_at__gte=since - TAIL)
                | Q(cancelled_at__gte=since - TAIL)
                | Q(declined_at__gte=since - TAIL)
            ),
            pk__in=assignments,
        ).values_list("pk", flat=True)
    )
    Assignment.objects.filter(
        Q(review_due_at__isnull=True) | Q(review_due_at__gt=now), pk__in=touched
    ).update(review_due_at=now)
    Timer.objects.filter(
        assignment__in=touched, kind=Timer.Kind.SILENCE, settled_at__isnull=True
    ).update(due_at=now + timedelta(seconds=DEADLINES.silence_s), fired_at=None)


@receiver(check_ins_committed, dispatch_uid="incidents-judge-soon")
def judge_soon(*, device_ids: list[UUID], **_more: Any) -> None:
    """Ask a worker to judge now; the sweeper would a second later anyway."""
    review_soon()


@receiver(duty_changing, dispatch_uid="incidents-watch-duty")
def watch_duty(
    *, unit_id: int, before: str, status: str, actor: User | None, now: datetime, **_more: Any
) -> None:
    """Refuse that a unit leaves its assignment; record every other change of duty."""
    busy = Assignment.objects.filter(unit=unit_id, state__in=OPEN_ASSIGNMENT_STATES).exists()
    if busy and status != DutyStatus.AVAILABLE:
        raise UnitBusy
    data = {"unit": unit_id, "before": before, "after": status}
    record("unit.duty_changed", now=now, actor=actor, data=data)


@receiver(post_save, sender=Area, dispatch_uid="incidents-place-area")
def place_saved_area(*, instance: Area, **_more: Any) -> None:
    """Keep where a lookup by point finds it, whoever saved it."""
    place_area(area=instance)
