"""What the incidents hear of the responders. Inside the check-in commit it only writes rows."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.dispatch import receiver

from incidents.journal import record
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, Verdict
from incidents.models import Assignment, Timer
from incidents.policy import DEADLINES
from incidents.tasks import review_soon
from responders.errors import UnitBusy
from responders.models import Device, DutyStatus, User
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
    people = list(Device.objects.filter(pk__in=device_ids).values_list("user_id", flat=True))
    touched = Assignment.objects.filter(
        Q(completed_at=None, cancelled_at=None, declined_at=None)
        | ~Q(verdict=Verdict.MOVED)
        & (
            Q(completed_at__gte=since - TAIL)
            | Q(cancelled_at__gte=since - TAIL)
            | Q(declined_at__gte=since - TAIL)
        ),
        pk__in=Assignment.objects.filter(
            crew__in=people, dispatched_at__gte=now - LATE_EVIDENCE
        ).values("pk"),
    )
    touched.filter(Q(review_due_at__isnull=True) | Q(review_due_at__gt=now)).update(
        review_due_at=now
    )
    Timer.objects.filter(
        assignment__in=touched.values("pk"), kind=Timer.Kind.SILENCE, settled_at__isnull=True
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
