"""After a clock was set back: what it had planned for later than can be is brought forward.

Times are never rewritten where they are facts; only what waits for a time moves. Every process
looks, and looking again changes nothing.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import F

from incidents.policy import DEADLINES
from incidents.services.timers import bring_forward
from notifications.audience import ASSIGNMENT_LANE
from notifications.models import Delivery, Ladder
from notifications.policy import PUSH

logger = logging.getLogger(__name__)


def clock_set_back(now: datetime) -> int:
    """Bring deadlines, alarms' ladders and their pushes forward; return how many rows moved."""
    moved = bring_forward(now) + _ladders(now) + _pushes(now)
    if moved:
        logger.error("The clock was set back: %d waiting rows were brought forward.", moved)
    return moved


def _ladders(now: datetime) -> int:
    """Let what was started in the future start now, its steps as far apart as planned."""
    ahead = now + timedelta(seconds=DEADLINES.set_back_s)
    return Ladder.objects.filter(
        lane=ASSIGNMENT_LANE, ended_at=None, next_step_at__isnull=False, started_at__gt=ahead
    ).update(
        next_step_at=F("next_step_at") - (F("started_at") - now), started_at=now, lease_until=None
    )


def _pushes(now: datetime) -> int:
    """Let no push of an assignment wait longer than the longest pause there is."""
    longest = timedelta(seconds=PUSH.asked_pause_max_s + DEADLINES.set_back_s)
    return Delivery.objects.filter(lane=ASSIGNMENT_LANE, next_attempt_at__gt=now + longest).update(
        next_attempt_at=now
    )
