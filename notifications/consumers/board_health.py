"""What the board's red bar is made of: what is late, which engine is silent, can pushes leave?"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Min, Q

from incidents.models import Assignment, CrewAlert, Timer
from notifications.models import Delivery, EngineBeat
from notifications.policy import BOARD, BoardPolicy
from notifications.senders.choose import current_sender
from responders.wire_time import to_wire

Problem = dict[str, Any]


def board_health(now: datetime, *, policy: BoardPolicy = BOARD) -> dict[str, Any]:
    """Return what the desk must know of the machine, in five queries.

    `as_of` is when the rows beside it were read. A problem has a `code` and a `level`: red (what is
    on the board may be wrong or late) or amber (something is missing).
    """
    late_s = _oldest_wait_s(now)
    beat = EngineBeat.objects.filter(name=policy.sweeper).values_list("at", flat=True).first()
    beat_age_s = None if beat is None else max(0.0, (now - beat).total_seconds())
    problems = _push_problems()
    if late_s > policy.late_s:
        problems.append(_problem("late", "red", late_s))
    if beat_age_s is None or beat_age_s > policy.beat_age_s:
        problems.append(_problem("sweeper", "red", beat_age_s))
    return {
        "as_of": to_wire(now),
        "late_s": round(late_s, 1),
        "sweeper_age_s": None if beat_age_s is None else round(beat_age_s, 1),
        "problems": problems,
    }


def _problem(code: str, level: str, seconds: float | None = None) -> Problem:
    return {"code": code, "level": level, "seconds": None if seconds is None else round(seconds)}


def _oldest_wait_s(now: datetime) -> float:
    """Return how long the oldest due row has waited, in seconds; 0 where none is due."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    due = (
        (Timer.objects.filter(fired_at=None, settled_at=None, due_at__lte=now), "due_at"),
        (CrewAlert.objects.filter(state="raised", fired_at=None, due_at__lte=now), "due_at"),
        (Assignment.objects.filter(review_due_at__lte=now), "review_due_at"),
        (Delivery.objects.filter(free, next_attempt_at__lte=now), "next_attempt_at"),
    )
    oldest = [rows.aggregate(oldest=Min(name))["oldest"] for rows, name in due]
    return max(((now - moment).total_seconds() for moment in oldest if moment), default=0.0)


def _push_problems() -> list[Problem]:
    if not settings.GERAK_FCM_CREDENTIALS:
        return [_problem("push_off", "amber")]
    if getattr(current_sender(), "configuration_fault", False):
        return [_problem("push_fault", "red")]
    return []
