"""What a phone says it has: the only thing that counts as delivered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from incidents.services.delivery import mark_delivered
from notifications.audience import ALARMS
from notifications.models import Delivery, DeliveryAttempt
from responders.models import Device

Channel = DeliveryAttempt.Channel
State = DeliveryAttempt.State
PULLED = (Channel.SOCKET, Channel.POLL)


def note_sent(
    *, device: Device, deliveries: Iterable[Delivery], channel: str, now: datetime
) -> None:
    """Record that rows were sent to a phone on a channel, once each."""
    note_all_sent(sent=[(row.pk, device.pk, now) for row in deliveries], channel=channel)


def note_all_sent(*, sent: list[tuple[int, UUID, datetime]], channel: str) -> None:
    """Record (delivery id, device id, when) as sent, leaving out what is in the ledger already."""
    if not sent:
        return
    known = set(
        DeliveryAttempt.objects.filter(
            delivery_id__in={delivery_id for delivery_id, _, _ in sent},
            device_id__in={device_id for _, device_id, _ in sent},
            channel=channel,
            state=State.SENT,
        ).values_list("delivery_id", "device_id")
    )
    fresh = {
        (delivery_id, device_id): at
        for delivery_id, device_id, at in reversed(sent)
        if (delivery_id, device_id) not in known
    }
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            delivery_id=delivery_id, device_id=device_id, channel=channel, state=State.SENT, at=at
        )
        for (delivery_id, device_id), at in fresh.items()
    )


@dataclass(frozen=True)
class Receipt:
    """A phone's word that all up to `seq` that was sent to it has arrived.

    `sent_seqs` are numbers sent on the asking socket, which the ledger may not hold yet.
    """

    device_id: UUID
    seq: int
    sent_seqs: Sequence[int] = ()


def confirm_received(
    *,
    device: Device,
    seq: int,
    channel: str,
    now: datetime,
    sent_seqs: Iterable[int] = (),
) -> int:
    """Take one phone's receipt. Returns how many events are newly confirmed; a repeat: none.

    Settles the rows (no further push), writes the receipts, and marks an assignment delivered by
    the first receipt of any phone.
    """
    return _confirm([(device, seq, list(sent_seqs))], channel=channel, now=now)


def confirm_all(receipts: Sequence[Receipt]) -> int:
    """Take the receipts of several sockets, at this moment, in one commit of the ledger."""
    devices = Device.objects.select_related("user").in_bulk({one.device_id for one in receipts})
    known = [
        (devices[one.device_id], one.seq, list(one.sent_seqs))
        for one in receipts
        if one.device_id in devices
    ]
    return _confirm(known, channel=Channel.SOCKET, now=datetime.now(UTC))


def _confirm(receipts: list[tuple[Device, int, list[int]]], *, channel: str, now: datetime) -> int:
    pairs = {
        (row.pk, device.pk): (row, device)
        for device, seq, sent_seqs in receipts
        for row in _unconfirmed(device, seq, sent_seqs)
    }
    delivered: set[UUID] = set()
    for row, device in pairs.values():
        # Each in its own transaction and before the receipts: the journal's lock never waits for
        # other rows, and what a crash leaves out the phone's repeat makes good.
        assignment_id = row.assignment_id if row.event.kind in ALARMS else None
        if assignment_id is None or row.received_at is not None or assignment_id in delivered:
            continue
        mark_delivered(assignment_id=assignment_id, device=device, now=now)
        delivered.add(assignment_id)
    return _settle(list(pairs), channel=channel, now=now) if pairs else 0


@transaction.atomic
def _settle(pairs: list[tuple[int, UUID]], *, channel: str, now: datetime) -> int:
    first = dict(reversed(pairs))
    rows = Delivery.objects.filter(pk__in=list(first))
    locked = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    unreceived = [pk for pk, at in locked.values_list("pk", "received_at") if at is None]
    DeliveryAttempt.objects.bulk_create(
        [
            DeliveryAttempt(
                delivery_id=pk, device_id=device_id, channel=channel, state=State.RECEIVED, at=now
            )
            for pk, device_id in pairs
        ],
        ignore_conflicts=True,
    )
    for pk in unreceived:
        rows.filter(pk=pk, received_at=None).update(received_at=now, received_on=first[pk])
    rows.filter(next_attempt_at__isnull=False).update(next_attempt_at=None)
    return len(pairs)


def _unconfirmed(device: Device, seq: int, sent_seqs: Iterable[int]) -> QuerySet[Delivery]:
    attempts = DeliveryAttempt.objects.filter(delivery=OuterRef("pk"), device=device)
    received = attempts.filter(state=State.RECEIVED, channel__in=PULLED)
    sent = attempts.filter(state=State.SENT, channel__in=PULLED)
    rows = Delivery.objects.filter(
        Q(Exists(sent)) | Q(event_id__in=list(sent_seqs)),
        ~Exists(received),
        person_id=device.user_id,
        event_id__lte=seq,
    )
    return rows.select_related("event").order_by("event_id")
