"""One attempt of one claimed delivery: to every phone of the person that can be pushed to."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from notifications.audience import ALARMS, next_attempt_at
from notifications.ladder_rules import SECOND_PHONE, due_at
from notifications.messages import push_message
from notifications.models import Delivery, DeliveryAttempt, Drill, Ladder
from notifications.policy import PUSH
from notifications.selectors import standing_offices
from notifications.senders.base import Outcome
from notifications.senders.choose import current_sender
from notifications.services.ladders import hurry
from responders.models import Device
from responders.selectors import crew_of

logger = logging.getLogger(__name__)
State = DeliveryAttempt.State
PUSH_CHANNEL = DeliveryAttempt.Channel.PUSH
UNKNOWN = Outcome(state="dead", detail="all posts are used; what came of the last is not known")
ENDED_STATES = {"accepted": State.ACCEPTED, "retry": State.RETRY, "dead": State.DEAD}


@dataclass(frozen=True)
class Tried:
    """What became of the push to one phone; no phone where the person has none."""

    device: Device | None
    push_token: str
    outcome: Outcome


def attempt(*, delivery_id: int, fence: int, now: datetime) -> None:
    """Post one claimed delivery and record what came of it.

    Nothing is sent where the row has changed hands, was received meanwhile, or has lost its point
    (an ended assignment's alarm, an office no longer held). A round is counted before it is posted,
    so that a process that dies in between never makes room for one more. Records an attempt row a
    phone, marks dead addresses, and plans the next step or ends the ladder.
    """
    delivery = _held(delivery_id, fence)
    if delivery is None:
        return
    if not _has_a_point(delivery, now):
        _release(delivery, fence=fence, due_at=None)
        return
    counted = _count(delivery, fence)
    tried = _post(delivery, now) if counted else [Tried(None, "", UNKNOWN)]
    if not _record(delivery, tried, fence=fence, now=now):
        hurry(delivery.event_id, now)


def _held(delivery_id: int, fence: int) -> Delivery | None:
    return (
        Delivery.objects.select_related(
            "event",
            "person",
            "assignment__unit",
            "assignment__incident__type",
            "notice__incident__type",
            "alert",
            "drill",
        )
        .filter(pk=delivery_id, fence=fence, next_attempt_at__isnull=False, received_at=None)
        .first()
    )


def _count(delivery: Delivery, fence: int) -> bool:
    """Count the round that is about to be posted; say whether it may be."""
    held = Delivery.objects.filter(pk=delivery.pk, fence=fence)
    counted = held.filter(attempts_made__lt=PUSH.posts_max).update(
        attempts_made=F("attempts_made") + 1
    )
    delivery.attempts_made += counted
    return counted == 1


def _has_a_point(delivery: Delivery, now: datetime) -> bool:
    if not delivery.person.is_active:
        return False
    if delivery.event.kind in ALARMS:
        assignment = delivery.assignment
        if assignment is None or assignment.state not in OPEN_ASSIGNMENT_STATES:
            return False
        # Whose turn ended meanwhile is off duty, and off duty nobody is alarmed.
        return crew_of(assignment.unit, now).filter(pk=delivery.person_id).exists()
    if delivery.drill is not None:
        return delivery.drill.state == Drill.State.OPEN
    if delivery.notice is not None:
        offices = standing_offices(now).filter(user=delivery.person)
        return offices.filter(area=delivery.notice.office_id).exists()
    return True


def _post(delivery: Delivery, now: datetime) -> list[Tried]:
    """Send to the person's phones side by side, so that several that hang cost no more than one."""
    phones = _phones_in_turn(delivery, now)
    had_it = delivery.attempts.filter(channel=PUSH_CHANNEL, state=State.ACCEPTED)
    phones = phones.exclude(pk__in=had_it.values("device_id"))
    if not phones.exists():
        missing = Outcome(state="dead", detail="no phone with an address")
        return [] if had_it.exists() else [Tried(None, "", missing)]
    sender = current_sender()
    newest_first = phones.order_by("-enrolled_at", "pk")[: PUSH.phones_max]
    taken = sorted(newest_first, key=lambda phone: (phone.enrolled_at, phone.pk))
    messages = [push_message(delivery, phone) for phone in taken]
    if len(messages) == 1:
        outcomes = [sender.send(messages[0])]
    else:
        with ThreadPoolExecutor(len(messages), thread_name_prefix="push-phone") as side_by_side:
            outcomes = list(side_by_side.map(sender.send, messages))
    return [
        Tried(phone, phone.push_token, outcome)
        for phone, outcome in zip(taken, outcomes, strict=True)
    ]


def _phones_in_turn(delivery: Delivery, now: datetime) -> QuerySet[Device]:
    """Return the phones of the person whose turn it is: the one in use, or all of them by now."""
    phones = pushable_phones().filter(user=delivery.person)
    ladder = Ladder.objects.filter(event=delivery.event_id).first()
    if ladder is None:
        return phones
    second = ladder.plan.steps.filter(channel=SECOND_PHONE).first()
    if second and now >= due_at(started_at=ladder.started_at, after_s=second.after_s):
        return phones
    in_use = phones.order_by(F("last_seen_at").desc(nulls_last=True), "-enrolled_at", "pk")
    return phones.filter(pk__in=list(in_use.values_list("pk", flat=True)[:1]))


def pushable_phones() -> QuerySet[Device]:
    """Return the phones that a push may go to: trusted, with an address that is not dead."""
    return Device.objects.filter(revoked_at=None, signed_out_at=None, push_dead_at=None).exclude(
        push_token=""  # noqa: S106 - none was registered
    )


@transaction.atomic
def _record(delivery: Delivery, tried: list[Tried], *, fence: int, now: datetime) -> bool:
    """Write what came of one round; say whether another follows."""
    pauses = [one.outcome.retry_after_s for one in tried if one.outcome.retry_after_s is not None]
    again = any(one.outcome.state == "retry" for one in tried)
    due_at = (
        next_attempt_at(
            now=now,
            posts_made=delivery.attempts_made,
            asked_pause_s=max(pauses, default=None),
        )
        if again
        else None
    )
    _release(delivery, fence=fence, due_at=due_at)
    DeliveryAttempt.objects.bulk_create(
        [_row(delivery, one, ended=due_at is None, now=now) for one in tried],
        ignore_conflicts=True,
    )
    for one in tried:
        if one.device is not None and one.outcome.token_dead:
            # Only the address that was tried: the phone may have registered a new one meanwhile.
            Device.objects.filter(pk=one.device.pk, push_token=one.push_token).update(
                push_dead_at=now
            )
        if one.outcome.configuration_fault:
            logger.error("Push needs somebody's attention: %s", one.outcome.detail)
    return due_at is not None


def _row(delivery: Delivery, one: Tried, *, ended: bool, now: datetime) -> DeliveryAttempt:
    state = ENDED_STATES[one.outcome.state]
    if state == State.RETRY and ended:
        state = State.DEAD
    return DeliveryAttempt(
        delivery=delivery,
        device=one.device,
        channel=PUSH_CHANNEL,
        state=state,
        at=now,
        detail=one.outcome.detail[:200],
    )


def _release(delivery: Delivery, *, fence: int, due_at: datetime | None) -> None:
    """Give the row back, if it is still ours; a receipt that came meanwhile ended the ladder."""
    Delivery.objects.filter(pk=delivery.pk, fence=fence).update(lease_until=None)
    Delivery.objects.filter(
        pk=delivery.pk, fence=fence, received_at=None, next_attempt_at__isnull=False
    ).update(next_attempt_at=due_at)
