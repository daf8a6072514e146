"""What officials do with a notice: read it, and say how their area fares."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from incidents.journal import record
from incidents.models import Assignment
from notifications.audience import ALARMS
from notifications.errors import IdReused
from notifications.models import Delivery, DeliveryAttempt, Notice, NoticeAnswer, NoticeReceipt
from responders.models import Device, User

CHANNEL = DeliveryAttempt.Channel.POLL


@transaction.atomic
def read_notice(
    *, notice: Notice, person: User, device: Device, at: datetime, now: datetime
) -> bool:
    """Record that an official opened a notice. Returns whether this was the first time.

    Journaled as `notice.read`, dated by our receipt: the report's I16 ends there.
    """
    _receipt, first = NoticeReceipt.objects.get_or_create(
        notice=notice, person=person, defaults={"read_at": now, "claimed_at": at}
    )
    if first:
        _mark(notice=notice, person=person, device=device, state="seen", now=now)
        record(
            "notice.read",
            now=now,
            incident=notice.incident,
            actor=person,
            data={"notice_id": str(notice.pk), "office": notice.office.code},
        )
    return first


def answer_notice(
    *,
    notice: Notice,
    person: User,
    device: Device,
    answer_id: UUID,
    condition: str,
    text: str,
    at: datetime,
    now: datetime,
    needs: str = "",
) -> tuple[NoticeAnswer, bool]:
    """Record an official's word on their area; return it and whether it is new.

    text: what is damaged; needs: what is needed.

    The same id with the same body finds the stored answer; with another body raises IdReused.
    """
    try:
        with transaction.atomic():
            answer = NoticeAnswer.objects.create(
                notice=notice,
                person=person,
                client_id=answer_id,
                condition=condition,
                text=text,
                needs=needs,
                claimed_at=at,
                received_at=now,
            )
            _mark(notice=notice, person=person, device=device, state="answered", now=now)
    except IntegrityError:
        stored = NoticeAnswer.objects.filter(person=person, client_id=answer_id).first()
        if stored is None:
            raise
        body = (stored.notice_id, stored.condition, stored.text, stored.needs, stored.claimed_at)
        if body != (notice.pk, condition, text, needs, at):
            raise IdReused from None
        return stored, False
    return answer, True


def _mark(*, notice: Notice, person: User, device: Device, state: str, now: datetime) -> None:
    """Say in the ledger that all that was sent about a notice was seen or answered."""
    rows = Delivery.objects.filter(notice=notice, person=person)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    field = f"{state}_at"
    rows.filter(**{field: None}).update(**{field: now})
    rows.filter(received_at=None).update(received_at=now, received_on=device)
    rows.filter(next_attempt_at__isnull=False).update(next_attempt_at=None)
    DeliveryAttempt.objects.bulk_create(
        [
            DeliveryAttempt(delivery_id=pk, device=device, channel=CHANNEL, state=state, at=now)
            for pk in ids
        ],
        ignore_conflicts=True,
    )


def note_answered(*, assignment: Assignment | None, person: User, now: datetime) -> None:
    """Record that a crew member answered the alarm; nothing more is pushed to them about it.

    Called before the journal's counter is taken, so that its lock never waits for these rows.
    """
    rows = Delivery.objects.filter(
        assignment=assignment,
        person=person,
        answered_at=None,
        event__kind__in=ALARMS,
    )
    ids = list(rows.values_list("pk", flat=True))
    if not ids:
        return
    Delivery.objects.filter(pk__in=ids).update(answered_at=now, next_attempt_at=None)
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(delivery_id=pk, channel=CHANNEL, state="answered", at=now) for pk in ids
    )
