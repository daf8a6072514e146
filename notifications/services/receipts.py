"""What a phone says it has: the only thing that counts as delivered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value

from incidents.services.delivery import mark_delivered
from notifications.audience import ALARMS
from notifications.models import Delivery, DeliveryAttempt
from notifications.policy import STREAM
from notifications.selectors import Owed
from responders.ingest.rows import existing_rows, insert_new_rows, insert_rows, update_rows
from responders.models import Device

Channel = DeliveryAttempt.Channel
State = DeliveryAttempt.State
PULLED = (Channel.SOCKET, Channel.POLL)
_ATTEMPT = ("delivery_id", "device_id", "channel", "state", "at", "detail")


def note_sent(
    *, device: Device, deliveries: Iterable[Delivery | Owed], channel: str, now: datetime
) -> None:
    """Record that rows were sent to a phone on a channel, once each."""
    note_all_sent(sent=[(row.pk, device.pk, now) for row in deliveries], channel=channel)


def note_all_sent(*, sent: list[tuple[int, UUID, datetime]], channel: str) -> None:
    """Record (delivery id, device id, when) as sent, leaving out what is in the ledger already."""
    first = {(delivery_id, device_id): at for delivery_id, device_id, at in reversed(sent)}
    keys = [(*pair, channel, State.SENT.value) for pair in first]
    known = existing_rows(DeliveryAttempt, _ATTEMPT[:4], keys)
    rows = [(*key, first[key[:2]], "") for key in keys if key not in known]
    insert_rows(DeliveryAttempt, _ATTEMPT, rows)


@dataclass(frozen=True)
class Receipt:
    """A phone's word that all up to `seq` that was sent to it has arrived.

    `sent_seqs` are numbers that were sent to it, which the ledger may not hold. `earlier`:
    it may confirm besides what the ledger says was sent before, in another way.
    """

    device_id: UUID
    seq: int
    sent_seqs: Sequence[int] = ()
    earlier: bool = True


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
    return _confirm([Receipt(device.pk, seq, list(sent_seqs))], channel=channel, now=now)


def confirm_all(receipts: Sequence[Receipt]) -> int:
    """Take the receipts of several sockets, at this moment, in one commit of the ledger."""
    return _confirm(receipts, channel=Channel.SOCKET, now=datetime.now(UTC))


class Came(NamedTuple):
    """A phone that came back having heard all up to `seq`; `online_until`: its last mark."""

    device_id: UUID
    person_id: int
    seq: int
    online_until: datetime | None


def lacking_receipts(phones: Sequence[Came]) -> dict[UUID, list[int]]:
    """Return, by phone, the numbers that were sent to it and whose receipt is not known.

    Sent is what the ledger says, and what was planned up to the mark that the phone's last socket
    left, and not long before: a server that died took the last half second of its ledger with it,
    so may the next have done; one that closed the socket in order left no mark.
    """
    meanwhile = _planned_meanwhile(phones)
    asked = [Receipt(one.device_id, one.seq, meanwhile.get(one.device_id, ())) for one in phones]
    lacking: dict[UUID, list[int]] = defaultdict(list)
    for row in _unconfirmed(asked):
        lacking[row.device_id].append(row.seq)
    return lacking


def _planned_meanwhile(phones: Sequence[Came]) -> dict[UUID, list[int]]:
    before = timedelta(seconds=STREAM.online_s + STREAM.unsettled_s)
    marked = {one: one.online_until for one in phones if one.online_until is not None}
    if not marked:
        return {}
    spans = {one: (until - before, until) for one, until in marked.items()}
    rows = Delivery.objects.filter(
        person__in={one.person_id for one in marked},
        planned_at__gte=min(start for start, _ in spans.values()),
    ).values_list("person_id", "event_id", "planned_at")
    of_person = defaultdict(list)
    for person_id, seq, planned_at in rows:
        of_person[person_id].append((seq, planned_at))
    return {
        one.device_id: [seq for seq, at in of_person[one.person_id] if start <= at <= until]
        for one, (start, until) in spans.items()
    }


class _Unconfirmed(NamedTuple):
    """A delivery that one phone has not confirmed yet."""

    delivery_id: int
    device_id: UUID
    seq: int
    kind: str
    assignment_id: UUID | None
    received_at: datetime | None


def _confirm(receipts: Sequence[Receipt], *, channel: str, now: datetime) -> int:
    rows = _unconfirmed(receipts)
    delivered: set[UUID] = set()
    for row in rows:
        # Each in its own transaction and before the receipts: the journal's lock never waits for
        # other rows, and what a crash leaves out the phone's repeat makes good.
        assignment_id = row.assignment_id if row.kind in ALARMS else None
        if assignment_id is None or row.received_at is not None or assignment_id in delivered:
            continue
        device = Device.objects.select_related("user").get(pk=row.device_id)
        mark_delivered(assignment_id=assignment_id, device=device, now=now)
        delivered.add(assignment_id)
    if not rows:
        return 0
    return _settle([(row.delivery_id, row.device_id) for row in rows], channel=channel, now=now)


@transaction.atomic
def _settle(pairs: list[tuple[int, UUID]], *, channel: str, now: datetime) -> int:
    first = dict(reversed(pairs))
    rows = Delivery.objects.filter(pk__in=first)
    locked = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    stood = list(locked.values_list("pk", "received_at", "next_attempt_at"))
    attempts = [(*pair, channel, State.RECEIVED.value, now, "") for pair in pairs]
    insert_new_rows(DeliveryAttempt, _ATTEMPT, attempts)
    fresh = [(pk, now, first[pk], None) for pk, received_at, _ in stood if received_at is None]
    update_rows(Delivery, ("id", "received_at", "received_on_id", "next_attempt_at"), fresh)
    waiting = [pk for pk, received_at, due in stood if received_at is not None and due is not None]
    if waiting:
        Delivery.objects.filter(pk__in=waiting).update(next_attempt_at=None)
    return len(pairs)


def _unconfirmed(receipts: Sequence[Receipt]) -> list[_Unconfirmed]:
    """Return what the receipts newly confirm, in order; of one event the phone that spoke first.

    Two queries, however many they are.
    """
    spoke: dict[UUID, int] = {}
    for number, one in enumerate(receipts):
        spoke.setdefault(one.device_id, number)
    found = _pairs([one for one in receipts if one.earlier], earlier=True)
    found += _pairs([one for one in receipts if not one.earlier], earlier=False)
    return sorted(found, key=lambda row: (row.seq, spoke[row.device_id]))


def _pairs(receipts: Sequence[Receipt], *, earlier: bool) -> list[_Unconfirmed]:
    if not receipts:
        return []
    upto = {one.device_id: one.seq for one in sorted(receipts, key=lambda one: one.seq)}
    sent_here: dict[UUID, set[int]] = defaultdict(set)
    for one in receipts:
        sent_here[one.device_id].update(one.sent_seqs)
    here = Q(event_id__in=set().union(*sent_here.values()))
    attempts = DeliveryAttempt.objects.filter(
        delivery=OuterRef("pk"), device=OuterRef("device"), channel__in=PULLED
    )
    in_ledger = Exists(attempts.filter(state=State.SENT)) if earlier else Value(value=False)
    rows = (
        Delivery.objects.annotate(device=F("person__devices"))
        .annotate(in_ledger=in_ledger, done=Exists(attempts.filter(state=State.RECEIVED)))
        .filter(device__in=list(upto), event_id__lte=max(upto.values()), done=False)
        .filter(here | Q(in_ledger=True) if earlier else here)
        .values_list(
            "pk", "device", "event_id", "event__kind", "assignment_id", "received_at", "in_ledger"
        )
    )
    return [
        row
        for *values, known in rows
        if (row := _Unconfirmed(*values)).seq <= upto[row.device_id]
        and (known or row.seq in sent_here[row.device_id])
    ]
