"""Reads of drills: a person's own, and what one measured."""

from datetime import datetime

from django.db.models import QuerySet

from notifications.drill_figures import Person
from notifications.models import Delivery, DeliveryAttempt, Drill
from responders.models import User

Channel = DeliveryAttempt.Channel
State = DeliveryAttempt.State
# Who saw or answered had it, whatever became of the receipt.
HAD_IT = (State.RECEIVED, State.SEEN, State.ANSWERED)


def drills_of(person: User) -> QuerySet[Drill]:
    """Return the drills that a person was called to, newest first."""
    called = Delivery.objects.filter(person=person, event__kind="drill.called")
    return Drill.objects.filter(pk__in=called.values("drill")).order_by("-called_at", "-pk")


def deliveries_of_drill(drill: Drill) -> list[Delivery]:
    """Return the alarm's rows with person and attempts, in three queries."""
    rows = Delivery.objects.filter(drill=drill, event__kind="drill.called")
    return list(
        rows.select_related("person").prefetch_related("attempts").order_by("person__name", "pk")
    )


def person_of(delivery: Delivery, called_at: datetime) -> Person:
    """Return one person's part of a drill in seconds from the call.

    A push brings no receipt of its own: the phone it woke gives one on its socket. So the way is
    push where the provider took one before the phone had the alarm.
    """
    attempts = delivery.in_order()
    pushed = [a for a in attempts if a.channel == Channel.PUSH and a.state == State.ACCEPTED]
    heard = [a for a in attempts if a.channel != Channel.PUSH and a.state in HAD_IT]
    sent = [a for a in attempts if a.state in (State.SENT, State.ACCEPTED)]
    had_at = delivery.received_at
    if pushed and (had_at is None or pushed[0].at <= had_at):
        way = "push"
    elif heard:
        way = str(heard[0].channel)
    else:
        way = str(sent[0].channel) if sent else "none"

    def after(moment: datetime | None) -> float | None:
        return None if moment is None else max(0.0, (moment - called_at).total_seconds())

    return Person(
        way=way,
        sent=bool(sent or heard),
        received_s=after(had_at),
        seen_s=after(delivery.seen_at),
        answered_s=after(delivery.answered_at),
    )
