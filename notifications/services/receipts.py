"""What a phone says it has: the only thing that counts as delivered."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from incidents.services.delivery import mark_delivered
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


def confirm_received(
    *,
    device: Device,
    seq: int,
    channel: str,
    now: datetime,
    sent_seqs: Iterable[int] = (),
) -> int:
    """Take a phone's word that all up to `seq` that was sent to it has arrived.

    `sent_seqs` are numbers sent on the asking socket, which the ledger may not hold yet. Settles
    the rows (no further push), writes the receipts, and marks an assignment delivered by the first
    receipt of any phone. Returns how many receipts are new; a repeat changes nothing.
    """
    rows = list(_unconfirmed(device, seq, sent_seqs))
    for row in rows:
        # Each in its own transaction and before the receipts: the journal's lock never waits for
        # other rows, and what a crash leaves out the phone's repeat makes good.
        if row.event.kind == "assignment.dispatched" and row.received_at is None:
            mark_delivered(assignment_id=row.assignment_id, device=device, now=now)
    return _settle(rows, device=device, channel=channel, now=now) if rows else 0


@transaction.atomic
def _settle(rows: list[Delivery], *, device: Device, channel: str, now: datetime) -> int:
    mine = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    ids = list(
        mine.select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    DeliveryAttempt.objects.bulk_create(
        [
            DeliveryAttempt(
                delivery_id=pk, device=device, channel=channel, state=State.RECEIVED, at=now
            )
            for pk in ids
        ],
        ignore_conflicts=True,
    )
    mine.filter(received_at=None).update(received_at=now, received_on=device)
    mine.filter(next_attempt_at__isnull=False).update(next_attempt_at=None)
    return len(ids)


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


def confirm_from_socket(*, device_id: UUID, seq: int, sent_seqs: list[int]) -> int:
    """Confirm for a phone on a socket, at this moment."""
    return confirm_received(
        device=Device.objects.select_related("user").get(pk=device_id),
        seq=seq,
        channel=Channel.SOCKET,
        now=datetime.now(UTC),
        sent_seqs=sent_seqs,
    )
