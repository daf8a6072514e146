"""Which event goes to whom, under what name on the wire, and how urgently. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from notifications.policy import PUSH, PushPolicy

ASSIGNMENT_LANE, STATUS_LANE, NOTICE_LANE = 0, 1, 2


class Audience(Enum):
    """Who hears of an event."""

    CREW = "the crew of its assignment"
    OPEN_CREWS = "the crews of the open assignments of its incident"
    OFFICIALS = "the officials of its notice's area"


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
    # The contract has no fourth name: an ended notice is an update whose state says closed.
    "notice.closed": Route(Audience.OFFICIALS, "notice.updated", NOTICE_LANE),
}


def route_of(kind: str) -> Route | None:
    """Return where an event of this kind goes; None: nobody outside hears of it."""
    return ROUTES.get(kind)


def first_attempt_at(
    *, now: datetime, online_until: datetime | None, policy: PushPolicy = PUSH
) -> datetime:
    """Return when the first push is due: at once, or after the live socket had its chance."""
    if online_until is None or online_until <= now:
        return now
    return now + timedelta(seconds=policy.socket_grace_s)


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
