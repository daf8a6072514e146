"""Which event goes to whom, under what name on the wire, and how urgently. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from notifications.policy import PUSH, PushPolicy

ASSIGNMENT_LANE, STATUS_LANE, NOTICE_LANE, DRILL_LANE = 0, 1, 2, 3


class Audience(Enum):
    """Who hears of an event."""

    CREW = "the crew of its assignment"
    OPEN_CREWS = "the crews of the open assignments of its incident"
    OFFICIALS = "the officials of its notice's area"
    NAMED = "the people it names: whom a ladder calls in addition"


@dataclass(frozen=True)
class Route:
    """Say where one kind of event goes. `lane`: the smaller, the sooner."""

    audience: Audience
    wire: str
    lane: int
    pushes: bool = False


_UPDATE = Route(Audience.CREW, "assignment.updated", STATUS_LANE)
ROUTES: dict[str, Route] = {
    "assignment.dispatched": Route(
        Audience.CREW, "assignment.dispatched", ASSIGNMENT_LANE, pushes=True
    ),
    "assignment.cancelled": Route(
        Audience.CREW, "assignment.cancelled", ASSIGNMENT_LANE, pushes=True
    ),
    # The same message for somebody who was not told at first.
    "assignment.relayed": Route(
        Audience.NAMED, "assignment.dispatched", ASSIGNMENT_LANE, pushes=True
    ),
    "assignment.acknowledged": _UPDATE,
    "assignment.en_route": _UPDATE,
    "assignment.on_scene": _UPDATE,
    "assignment.completed": _UPDATE,
    "assignment.declined": _UPDATE,
    "assignment.corrected": _UPDATE,
    "movement.judged": _UPDATE,
    "incident.updated": Route(Audience.OPEN_CREWS, "incident.updated", STATUS_LANE),
    "notice.issued": Route(Audience.OFFICIALS, "notice.issued", NOTICE_LANE, pushes=True),
    "notice.updated": Route(Audience.OFFICIALS, "notice.updated", NOTICE_LANE, pushes=True),
    "notice.withdrawn": Route(Audience.OFFICIALS, "notice.withdrawn", NOTICE_LANE, pushes=True),
    "notice.forwarded": Route(Audience.NAMED, "notice.issued", NOTICE_LANE, pushes=True),
    # The contract has no fourth name: an ended notice is an update whose state says closed.
    "notice.closed": Route(Audience.OFFICIALS, "notice.updated", NOTICE_LANE),
    # A call for help, to the phones of its unit; that somebody answered is pushed, too.
    "alert.raised": Route(Audience.NAMED, "alert.updated", STATUS_LANE),
    "alert.answered": Route(Audience.NAMED, "alert.updated", ASSIGNMENT_LANE, pushes=True),
    "alert.withdrawn": Route(Audience.NAMED, "alert.updated", STATUS_LANE),
    "drill.called": Route(Audience.NAMED, "drill.called", DRILL_LANE, pushes=True),
    "drill.ended": Route(Audience.NAMED, "drill.ended", DRILL_LANE),
}

# What wakes a crew for an assignment: its receipt makes the assignment delivered.
ALARMS = ("assignment.dispatched", "assignment.relayed")


def route_of(kind: str) -> Route | None:
    """Return where an event of this kind goes; None: nobody outside hears of it."""
    return ROUTES.get(kind)


def first_attempt_at(
    *,
    now: datetime,
    online_until: datetime | None,
    not_before: datetime | None = None,
    policy: PushPolicy = PUSH,
) -> datetime:
    """Return when the first push is due: at once, or after the live socket had its chance.

    not_before: quiet hours, or the pace of an office, hold it back until then.
    """
    live = online_until is not None and online_until > now
    due = now + timedelta(seconds=policy.socket_grace_s) if live else now
    return due if not_before is None else max(due, not_before)


def next_attempt_at(
    *,
    now: datetime,
    posts_made: int,
    asked_pause_s: float | None,
    policy: PushPolicy = PUSH,
) -> datetime | None:
    """Return when to push again after `posts_made` posts; None: the ladder ends.

    A provider's longer pause is honoured up to a cap, so that red is not late.
    """
    if posts_made >= policy.posts_max:
        return None
    step = min(max(posts_made, 1), len(policy.retry_after_s)) - 1
    pause_s = policy.retry_after_s[step]
    if asked_pause_s is not None:
        pause_s = max(pause_s, min(asked_pause_s, policy.asked_pause_max_s))
    return now + timedelta(seconds=pause_s)
