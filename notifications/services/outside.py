"""What leaves past the apps: posted to the gateway, or said by a dispatcher who confirms it.

As a delivery's push, a row is claimed with lease and fence, posted at most three times, and every
answer is a row. What the message's people have received meanwhile is not sent any more.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents.journal import record
from notifications.errors import AlreadyEnded
from notifications.ladder_rules import GATEWAY_CHANNELS
from notifications.models import Delivery, OutsideAttempt, OutsideMessage
from notifications.policy import LADDER
from notifications.senders.base import Outcome
from notifications.senders.gateway import Outgoing, send_outside
from notifications.services.delivery import Inline, Pool, Threads
from notifications.services.ladders import has_a_point, reached_of
from responders.models import User
from responders.wire_time import to_wire

logger = logging.getLogger(__name__)
State = OutsideMessage.State
WAITING = (State.PLANNED, State.RETRY)
SAID = (State.SAID, State.UNANSWERED)
_threads: list[Threads] = []


def outside_due(now: datetime, *, pool: Pool | None = None) -> int:
    """End what has become needless, then start a post for what is due and finds room."""
    end_needless(now)
    pool = pool or _process_pool()
    started = 0
    for message_id, lane, fence in _due(now):
        if pool.free(lane) >= 1 and _claim(message_id, fence=fence, now=now):
            clock = now if isinstance(pool, Inline) else None
            pool.start(lane, _work(message_id, fence + 1, clock))
            started += 1
    return started


def end_needless(now: datetime) -> int:
    """End the open messages whose people have it by now; return how many."""
    rows = OutsideMessage.objects.filter(ended_at=None).select_related("step")
    ended = 0
    for message in _with_ladder(rows):
        if not _is_wanted(message):
            ended += _end(message, State.NEEDLESS, "", now)
    return ended


def attempt(*, message_id: UUID, fence: int, now: datetime) -> None:
    """Post one claimed message and record what the gateway said."""
    rows = OutsideMessage.objects.filter(
        pk=message_id, fence=fence, next_attempt_at__isnull=False, channel__in=GATEWAY_CHANNELS
    )
    message = _with_ladder(rows.select_related("step")).first()
    if message is None:
        return
    if not _is_wanted(message):
        _end(message, State.NEEDLESS, "", now)
        return
    outcome = send_outside(
        Outgoing(
            id=str(message.pk),
            channel=message.channel,
            to={"name": message.to_name, "address": message.to_address},
            text=message.text,
            urgent=message.lane == Delivery.Lane.ASSIGNMENT,
            created_at=to_wire(message.planned_at),
        ),
        now=now,
    )
    _record(message, outcome, fence=fence, now=now)


@transaction.atomic
def confirm_spoken(
    *, message: OutsideMessage, heard: bool, actor: User, now: datetime
) -> OutsideMessage:
    """Record that a dispatcher said it, or that nobody picked up.

    Records message.spoken or message.unanswered. Raises AlreadyEnded.
    """
    state = State.SAID if heard else State.UNANSWERED
    changed = OutsideMessage.objects.filter(pk=message.pk, ended_at=None).update(
        state=state, ended_at=now, ended_by=actor, next_attempt_at=None
    )
    if not changed:
        raise AlreadyEnded
    OutsideAttempt.objects.create(message=message, state=state, at=now)
    message = _with_ladder(OutsideMessage.objects.filter(pk=message.pk)).get()
    notice = message.ladder.notice
    record(
        "message.spoken" if heard else "message.unanswered",
        now=now,
        incident=notice.incident if notice else None,
        assignment=message.ladder.assignment,
        actor=actor,
        data={"message": str(message.pk), "office": notice.office.code if notice else ""},
    )
    return message


@transaction.atomic
def _record(message: OutsideMessage, outcome: Outcome, *, fence: int, now: datetime) -> None:
    made = message.attempts_made + 1
    due_at = _next_attempt_at(outcome, made, now)
    state = outcome.state if outcome.state != "retry" or due_at else State.DEAD
    changed = OutsideMessage.objects.filter(pk=message.pk, fence=fence, ended_at=None).update(
        attempts_made=made,
        lease_until=None,
        next_attempt_at=due_at,
        state=state,
        detail=outcome.detail[:200],
        ended_at=None if due_at else now,
    )
    OutsideAttempt.objects.create(message=message, state=state, at=now, detail=outcome.detail[:200])
    if changed and outcome.configuration_fault:
        logger.error("The gateway needs somebody's attention: %s", outcome.detail)


def _next_attempt_at(outcome: Outcome, made: int, now: datetime) -> datetime | None:
    if outcome.state != "retry" or made >= LADDER.outside_posts_max:
        return None
    pauses = LADDER.outside_retry_after_s
    pause_s = pauses[min(made, len(pauses)) - 1]
    return now + timedelta(seconds=max(pause_s, min(outcome.retry_after_s or 0.0, pauses[-1])))


def _is_wanted(message: OutsideMessage) -> bool:
    ladder = message.ladder
    return has_a_point(ladder) and reached_of(ladder).at(message.step.unless) is None


def _end(message: OutsideMessage, state: str, detail: str, now: datetime) -> int:
    return OutsideMessage.objects.filter(pk=message.pk, ended_at=None).update(
        state=state, detail=detail, ended_at=now, next_attempt_at=None, lease_until=None
    )


def _with_ladder(rows: QuerySet[OutsideMessage]) -> QuerySet[OutsideMessage]:
    return rows.select_related(
        "ladder__event", "ladder__assignment", "ladder__notice__office", "ladder__plan"
    ).order_by("lane", "planned_at", "pk")


def _due(now: datetime) -> list[tuple[UUID, int, int]]:
    lease = timedelta(seconds=LADDER.lease_s)
    free = Q(lease_until=None) | Q(lease_until__lte=now) | Q(lease_until__gt=now + 5 * lease)
    rows = OutsideMessage.objects.filter(free, next_attempt_at__lte=now)
    rows = rows.order_by("lane", "next_attempt_at", "pk")
    return list(rows.values_list("pk", "lane", "fence")[: LADDER.at_once])


def _claim(message_id: UUID, *, fence: int, now: datetime) -> bool:
    changed = OutsideMessage.objects.filter(
        pk=message_id, fence=fence, next_attempt_at__isnull=False
    ).update(fence=fence + 1, lease_until=now + timedelta(seconds=LADDER.lease_s))
    return changed == 1


def _work(message_id: UUID, fence: int, now: datetime | None) -> Callable[[], None]:
    return lambda: attempt(message_id=message_id, fence=fence, now=now or timezone.now())


def _process_pool() -> Threads:
    if not _threads:
        _threads.append(Threads(size=LADDER.outside_threads))
    return _threads[0]
