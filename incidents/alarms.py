"""What the desk must see red or amber on an assignment, computed from its times alone.

Pure: the clock and the policy are arguments. So the alarm rings also where every worker is dead.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, AssignmentState, Verdict
from incidents.policy import DeadlinePolicy


class Alarm(StrEnum):
    """One thing that somebody should act on."""

    UNDELIVERED = "undelivered"
    UNACKNOWLEDGED = "unacknowledged"
    NOT_MOVING = "not_moving"
    MOVEMENT_OVERDUE = "movement_overdue"
    STATIONARY = "stationary"
    MOVED_LATE = "moved_late"
    UNPROVEN = "unproven"


RED = frozenset({Alarm.UNDELIVERED, Alarm.UNACKNOWLEDGED, Alarm.MOVEMENT_OVERDUE, Alarm.STATIONARY})
_OF_VERDICT = {
    Verdict.STATIONARY: Alarm.STATIONARY,
    Verdict.MOVED_LATE: Alarm.MOVED_LATE,
    Verdict.INDETERMINATE: Alarm.UNPROVEN,
    Verdict.UNVERIFIABLE: Alarm.UNPROVEN,
}


class Clocks(Protocol):
    """The times of an assignment that alarms are computed from."""

    state: str
    dispatched_at: datetime
    move_by: datetime
    delivered_at: datetime | None
    verdict: str


def alarms_of(clocks: Clocks, *, now: datetime, policy: DeadlinePolicy) -> list[Alarm]:
    """Return the alarms of one assignment at a moment, the most pressing first.

    Delivery and acknowledgement ring while it is open; the movement verdict rings for good.
    """
    ringing = []
    age = now - clocks.dispatched_at
    waiting = clocks.state == AssignmentState.DISPATCHED
    if waiting and clocks.delivered_at is None and age >= timedelta(seconds=policy.delivery_s):
        ringing.append(Alarm.UNDELIVERED)
    if waiting and age >= timedelta(seconds=policy.acknowledgement_s):
        ringing.append(Alarm.UNACKNOWLEDGED)
    if clocks.verdict in _OF_VERDICT:
        ringing.append(_OF_VERDICT[Verdict(clocks.verdict)])
    elif clocks.verdict == Verdict.PENDING and clocks.state in OPEN_ASSIGNMENT_STATES:
        if now > clocks.move_by:
            ringing.append(Alarm.MOVEMENT_OVERDUE)
        elif age >= timedelta(seconds=policy.movement_warning_s):
            ringing.append(Alarm.NOT_MOVING)
    return ringing


def awaits_replacement(clocks: Clocks, *, now: datetime, policy: DeadlinePolicy) -> bool:
    """Say whether another unit should be sent in this one's place: it declined, or is silent."""
    if clocks.state == AssignmentState.DECLINED:
        return True
    silent = clocks.state == AssignmentState.DISPATCHED
    return silent and now - clocks.dispatched_at >= timedelta(seconds=policy.acknowledgement_s)
