"""That a person was shown a message: more than received, less than answered."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from incidents.models import Assignment
from incidents.services.delivery import mark_delivered
from notifications.audience import ALARMS
from notifications.models import Delivery, DeliveryAttempt
from responders.models import Device

State = DeliveryAttempt.State


def event_seen(*, device: Device, seq: int, channel: str, now: datetime) -> bool:
    """Note that one event was shown on a phone. Returns whether the person has such an event."""
    rows = Delivery.objects.filter(person=device.user_id, event_id=seq)
    return _mark(rows, device=device, channel=channel, now=now) > 0


def assignment_seen(*, assignment: Assignment, device: Device, now: datetime) -> bool:
    """Note that the alarm of an assignment was shown. Returns whether the person was sent one."""
    rows = Delivery.objects.filter(
        assignment=assignment, person=device.user_id, event__kind__in=ALARMS
    )
    return _mark(rows, device=device, channel=DeliveryAttempt.Channel.POLL, now=now) > 0


def _mark(rows: QuerySet[Delivery], *, device: Device, channel: str, now: datetime) -> int:
    """Set seen, once, and received where the receipt is still on its way: who sees it has it."""
    found = list(rows.select_related("event").order_by("pk"))
    # Before the ledger's rows, as for receipts: the journal's lock never waits for them.
    alarms = {row.assignment_id for row in found if row.event.kind in ALARMS}
    for assignment_id in alarms:
        if assignment_id is not None:
            mark_delivered(assignment_id=assignment_id, device=device, now=now)
    _write([row.pk for row in found], device=device, channel=channel, now=now)
    return len(found)


@transaction.atomic
def _write(ids: list[int], *, device: Device, channel: str, now: datetime) -> None:
    rows = Delivery.objects.filter(pk__in=ids)
    list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
    rows.filter(seen_at=None).update(seen_at=now)
    rows.filter(received_at=None).update(received_at=now, received_on=device)
    rows.filter(next_attempt_at__isnull=False).update(next_attempt_at=None)
    DeliveryAttempt.objects.bulk_create(
        [
            DeliveryAttempt(
                delivery_id=pk, device=device, channel=channel, state=State.SEEN, at=now
            )
            for pk in ids
        ],
        ignore_conflicts=True,
    )


def event_seen_by(device_id: UUID, seq: int, channel: str, now: datetime) -> bool:
    """Note that one event was shown, for callers on the event loop that know an id alone."""
    device = Device.objects.filter(pk=device_id).first()
    return device is not None and event_seen(device=device, seq=seq, channel=channel, now=now)
