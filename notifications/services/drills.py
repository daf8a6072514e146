"""Call a drill, count its replies, end it: the way of a real alarm, under a name of its own."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from incidents.claims import storable
from incidents.journal import record
from notifications.errors import DrillOpen, IdReused, NobodyToAlarm
from notifications.models import Delivery, DeliveryAttempt, Drill, DrillReply
from notifications.policy import DRILLS
from notifications.selectors import standing_offices
from responders.models import Agency, Device, DutyStatus, User
from responders.selectors import on_shift_people

Scope = Drill.Scope


def call_drill(
    *,
    scope: str,
    title: str,
    actor: User | None,
    now: datetime,
    agency: Agency | None = None,
    text: str = "",
) -> Drill:
    """Alarm everybody in the scope as a drill. Raises DrillOpen, NobodyToAlarm.

    Records drill.called with whom it went to; it ends by itself after half an hour.
    """
    people = people_of(scope, agency=agency, now=now)
    if not people:
        raise NobodyToAlarm
    try:
        with transaction.atomic():
            drill = Drill.objects.create(
                scope=scope,
                agency=agency if scope == Scope.AGENCY else None,
                title=title,
                text=text,
                called_by=actor,
                called_at=now,
                ends_at=now + timedelta(seconds=DRILLS.lasts_s),
            )
            data = {"drill": str(drill.pk), "people": people}
            record("drill.called", now=now, actor=actor, data=data)
    except IntegrityError as error:
        raise DrillOpen from error
    return drill


@transaction.atomic
def end_drill(*, drill: Drill, actor: User | None, now: datetime) -> bool:
    """End a drill; twice changes nothing. Returns whether this call ended it."""
    changed = Drill.objects.filter(pk=drill.pk, state=Drill.State.OPEN).update(
        state=Drill.State.ENDED, ended_at=now, ended_by=actor
    )
    if not changed:
        return False
    told = Delivery.objects.filter(drill=drill, event__kind="drill.called")
    people = list(told.order_by("person_id").values_list("person_id", flat=True))
    record("drill.ended", now=now, actor=actor, data={"drill": str(drill.pk), "people": people})
    return True


def drills_due(now: datetime) -> int:
    """End every drill that nobody ended in time; return how many."""
    due = Drill.objects.filter(state=Drill.State.OPEN, ends_at__lte=now)
    return sum(end_drill(drill=drill, actor=None, now=now) for drill in due)


def reply_to_drill(
    *, drill: Drill, person: User, device: Device, reply_id: UUID, at: datetime, now: datetime
) -> DrillReply:
    """Count a person's answer, also after the end; of several presses the first one counts.

    Raises IdReused where the id was used for another drill.
    """
    try:
        with transaction.atomic():
            reply = DrillReply.objects.create(
                drill=drill,
                person=person,
                device=device,
                client_id=reply_id,
                claimed_at=storable(at),
                received_at=now,
            )
            _mark_answered(drill, person, device, now)
    except IntegrityError:
        reused = DrillReply.objects.filter(person=person, client_id=reply_id).exclude(drill=drill)
        if reused.exists():
            raise IdReused from None
        return DrillReply.objects.get(drill=drill, person=person)
    return reply


def people_of(scope: str, *, agency: Agency | None, now: datetime) -> list[int]:
    """Return the ids of the people a drill goes to now, in order."""
    if scope == Scope.OFFICIALS:
        people = standing_offices(now).values_list("user_id", flat=True)
        return sorted(set(people))
    on_duty = Q(unit__active=True, unit__duty_status=DutyStatus.AVAILABLE)
    if scope == Scope.AGENCY:
        on_duty &= Q(unit__agency=agency)
    return on_shift_people(on_duty, now)


def _mark_answered(drill: Drill, person: User, device: Device, now: datetime) -> None:
    """Say in the ledger that the alarm was answered; who answers has it."""
    rows = Delivery.objects.filter(drill=drill, person=person, event__kind="drill.called")
    ids = list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    rows = Delivery.objects.filter(pk__in=ids)
    rows.filter(answered_at=None).update(answered_at=now)
    rows.filter(received_at=None).update(received_at=now, received_on=device)
    rows.filter(next_attempt_at__isnull=False).update(next_attempt_at=None)
    DeliveryAttempt.objects.bulk_create(
        [
            DeliveryAttempt(
                delivery_id=pk,
                device=device,
                channel=DeliveryAttempt.Channel.POLL,
                state=DeliveryAttempt.State.ANSWERED,
                at=now,
            )
            for pk in ids
        ],
        ignore_conflicts=True,
    )
