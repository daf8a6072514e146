"""Only the phone's word counts as received, and only for what was sent to it."""

import pytest

from incidents.models import IncidentEvent
from notifications.models import Delivery, DeliveryAttempt
from notifications.services import receipts
from notifications.services.receipts import confirm_received, note_sent
from tests.factories import T0, crew_of, make_assignment, make_device, make_unit, seconds

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone():
    return make_device(crew_of(make_unit())[0])


@pytest.fixture
def delivery(phone):
    make_assignment(unit=phone.user.shifts.get().unit)
    return Delivery.objects.get()


def confirm(phone, delivery, count, **over):
    return confirm_received(
        device=phone,
        seq=delivery.event_id,
        channel="poll",
        now=T0 + seconds(count),
        **over,
    )


def states(device):
    rows = DeliveryAttempt.objects.filter(device=device).order_by("pk")
    return list(rows.values_list("channel", "state"))


def test_a_receipt_settles_the_delivery_and_marks_the_assignment(phone, delivery):
    note_sent(device=phone, deliveries=[delivery], channel="poll", now=T0 + seconds(1))

    new = confirm(phone, delivery, 2)

    delivery.refresh_from_db()
    assert new == 1
    assert (delivery.received_at, delivery.received_on) == (T0 + seconds(2), phone)
    assert delivery.next_attempt_at is None
    assert delivery.assignment.delivered_at == T0 + seconds(2)
    assert states(phone) == [("poll", "sent"), ("poll", "received")]


def test_a_repeat_changes_nothing(phone, delivery):
    note_sent(device=phone, deliveries=[delivery], channel="poll", now=T0)
    confirm(phone, delivery, 2)
    events = IncidentEvent.objects.count()

    new = confirm(phone, delivery, 9)

    delivery.refresh_from_db()
    assert new == 0
    assert delivery.received_at == T0 + seconds(2)
    assert IncidentEvent.objects.count() == events


def test_a_number_that_was_never_sent_to_the_phone_confirms_nothing(phone, delivery):
    new = confirm(phone, delivery, 2)

    delivery.refresh_from_db()
    assert new == 0
    assert delivery.received_at is None
    assert delivery.assignment.delivered_at is None


def test_a_second_phone_is_in_the_ledger_and_does_not_move_the_time(phone, delivery):
    other = make_device(phone.user)
    for device in (phone, other):
        note_sent(device=device, deliveries=[delivery], channel="poll", now=T0)
    confirm(phone, delivery, 2)

    confirm(other, delivery, 5)

    delivery.refresh_from_db()
    assert delivery.received_on == phone
    assert delivery.assignment.delivered_at == T0 + seconds(2)
    assert states(other) == [("poll", "sent"), ("poll", "received")]


def test_what_is_sent_twice_stands_in_the_ledger_once(phone, delivery):
    for count in (1, 2):
        note_sent(device=phone, deliveries=[delivery], channel="poll", now=T0 + seconds(count))

    assert states(phone) == [("poll", "sent")]


def test_one_phone_cannot_confirm_for_another_person(phone, delivery):
    stranger = make_device(crew_of(make_unit())[0])

    new = confirm(stranger, delivery, 2, sent_seqs=[delivery.event_id])

    assert (new, states(stranger)) == (0, [])


def test_a_receipt_that_another_process_wrote_meanwhile_is_no_error(phone, delivery, monkeypatch):
    note_sent(device=phone, deliveries=[delivery], channel="poll", now=T0)
    found = receipts._unconfirmed([receipts.Receipt(phone.pk, delivery.event_id)])
    confirm(phone, delivery, 2)
    monkeypatch.setattr(receipts, "_unconfirmed", lambda _receipts: found)

    confirm(phone, delivery, 9)

    delivery.refresh_from_db()
    assert delivery.received_at == T0 + seconds(2)
    assert states(phone) == [("poll", "sent"), ("poll", "received")]
