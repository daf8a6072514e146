"""Climb the ladders: what is due is claimed, its steps are taken once, and the next is planned.

A turn is one transaction: what a step does is rows (a message for the gateway, words for the desk,
an event for further people), written with the turn and the next due time or not at all. Whether
the message has been reached is read under the lock that a receipt takes, so that a receipt before
the turn stops it. Only the claim has a lease; a killed worker's ladder is due again after it.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from incidents.journal import Draft, record_all
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, AssignmentState
from notifications.audience import ALARMS, ASSIGNMENT_LANE
from notifications.ladder_rules import Reached, due_at
from notifications.models import Delivery, Ladder, LadderStep, LadderTurn, Notice
from notifications.policy import LADDER
from notifications.services.planning import own_steps
from notifications.services.rungs import RUNGS, Result
from responders.wire_time import to_wire

logger = logging.getLogger(__name__)
Outcome = LadderTurn.Outcome
Ending = Ladder.Ending
TOLD = (Notice.State.ISSUED, Notice.State.UPDATED)


def climb_due(now: datetime) -> int:
    """Take every step that is due, assignments first; return how many ladders moved."""
    return sum(_climb_one(pk, fence, now) for pk, fence in _due(now))


def _climb_one(ladder_id: int, fence: int, now: datetime) -> bool:
    """Climb one ladder; one that fails stops no other and is due again after its lease."""
    if not _claim(ladder_id, fence=fence, now=now):
        return False
    try:
        return climb(ladder_id=ladder_id, fence=fence + 1, now=now)
    except Exception:
        logger.exception("a step of ladder %s failed; its lease will bring it back", ladder_id)
        return False


def _due(now: datetime) -> list[tuple[int, int]]:
    """Return id and fence of what is due and not held; a lease far ahead is of a clock set back."""
    lease = timedelta(seconds=LADDER.lease_s)
    free = Q(lease_until=None) | Q(lease_until__lte=now) | Q(lease_until__gt=now + 5 * lease)
    rows = Ladder.objects.filter(free, next_step_at__lte=now)
    rows = rows.order_by("lane", "next_step_at", "pk")
    return list(rows.values_list("pk", "fence")[: LADDER.at_once])


def _claim(ladder_id: int, *, fence: int, now: datetime) -> bool:
    changed = Ladder.objects.filter(pk=ladder_id, fence=fence, next_step_at__isnull=False).update(
        fence=fence + 1, lease_until=now + timedelta(seconds=LADDER.lease_s)
    )
    return changed == 1


def hurry(event_id: int, now: datetime) -> bool:
    """Take the next step of an alarm's ladder at once: no push of it is under way any more.

    Nothing is hurried while a phone listens on a socket, a provider has accepted it, or somebody
    has it. All later steps come as much sooner.
    """
    deliveries = Delivery.objects.filter(event=event_id)
    hopeful = deliveries.filter(
        Q(received_at__isnull=False)
        | Q(next_attempt_at__isnull=False)
        | Q(attempts__channel="push", attempts__state="accepted")
        | Q(person__devices__online_until__gt=now)
    )
    ladder = Ladder.objects.filter(
        event=event_id, lane=ASSIGNMENT_LANE, next_step_at__gt=now
    ).first()
    if ladder is None or ladder.next_step_at is None or hopeful.exists():
        return False
    sooner = ladder.next_step_at - now
    changed = Ladder.objects.filter(pk=ladder.pk, next_step_at=ladder.next_step_at).update(
        started_at=ladder.started_at - sooner, next_step_at=now
    )
    return changed == 1


@transaction.atomic
def climb(*, ladder_id: int, fence: int, now: datetime) -> bool:
    """Take the due steps of one claimed ladder; False where it has changed hands meanwhile.

    Records assignment.relayed or notice.forwarded where further people are told.
    """
    event_id = Ladder.objects.values_list("event_id", flat=True).get(pk=ladder_id)
    # The deliveries first and in this order, as a receipt locks them.
    locked = Delivery.objects.filter(event=event_id).select_for_update(of=("self",), no_key=True)
    list(locked.order_by("pk").values_list("pk", flat=True))
    ladder = (
        Ladder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("event", "plan", "assignment__unit__agency", "assignment__incident__type")
        .select_related("notice__incident__type", "notice__office")
        .filter(pk=ladder_id, fence=fence, next_step_at__isnull=False)
        .first()
    )
    if ladder is None:
        return False
    reached = reached_of(ladder)
    if not has_a_point(ladder):
        _end(ladder, Ending.POINTLESS, now)
        return True
    drafts = _take_turns(ladder, reached, now)
    _plan_next(ladder, reached, now)
    if drafts:
        record_all(drafts)
    return True


def _take_turns(ladder: Ladder, reached: Reached, now: datetime) -> list[Draft]:
    drafts = []
    for step in _remaining(ladder):
        if due_at(started_at=ladder.started_at, after_s=step.after_s) > now:
            break
        since = reached.at(step.unless)
        if since is not None:
            result = Result(Outcome.NEEDLESS, f"{step.get_unless_display()} {to_wire(since)}")
        else:
            result = RUNGS[step.channel](ladder, step, now)
        LadderTurn.objects.create(
            ladder=ladder, step=step, at=now, outcome=result.outcome, detail=result.detail[:200]
        )
        drafts += result.drafts
    return drafts


def _remaining(ladder: Ladder) -> list[LadderStep]:
    taken = set(ladder.turns.values_list("step_id", flat=True))
    return [step for step in own_steps(ladder.plan) if step.pk not in taken]


def _plan_next(ladder: Ladder, reached: Reached, now: datetime) -> None:
    wanted = [step for step in _remaining(ladder) if reached.at(step.unless) is None]
    if not wanted:
        ending = Ending.REACHED if reached.received_at else Ending.EXHAUSTED
        _end(ladder, ending, now)
        return
    at = due_at(started_at=ladder.started_at, after_s=wanted[0].after_s)
    Ladder.objects.filter(pk=ladder.pk).update(next_step_at=at, lease_until=None)


def _end(ladder: Ladder, ending: str, now: datetime) -> None:
    Ladder.objects.filter(pk=ladder.pk).update(
        next_step_at=None, lease_until=None, ended_at=now, ending=ending
    )


def has_a_point(ladder: Ladder) -> bool:
    """Say whether anybody still needs the message: an open assignment, a notice that stands."""
    if ladder.event.kind in ALARMS:
        assignment = ladder.assignment
        return assignment is not None and assignment.state in OPEN_ASSIGNMENT_STATES
    if ladder.event.kind == "notice.issued":
        return ladder.notice is not None and ladder.notice.state in TOLD
    return True


def reached_of(ladder: Ladder) -> Reached:
    """Return since when anybody whom the message is for has received, seen and answered it."""
    if ladder.event.kind in ALARMS:
        rows = Delivery.objects.filter(assignment=ladder.assignment_id, event__kind__in=ALARMS)
    elif ladder.notice_id is not None:
        rows = Delivery.objects.filter(notice=ladder.notice_id, event__gte=ladder.event_id)
    else:
        rows = Delivery.objects.filter(event=ladder.event_id)
    firsts = list(zip(*rows.values_list("received_at", "seen_at", "answered_at"), strict=True))
    received, seen, answered = (
        [min((at for at in column if at), default=None) for column in firsts]
        if firsts
        else (None, None, None)
    )
    assignment = ladder.assignment
    if ladder.event.kind in ALARMS and assignment is not None:
        received = received or assignment.delivered_at
        if assignment.state != AssignmentState.DISPATCHED:
            answered = answered or assignment.acknowledged_at or assignment.dispatched_at
    return Reached(received, seen, answered)
