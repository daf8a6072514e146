"""The ladder of pushes, with a sender that answers as it is told."""

import threading
import time

import pytest

from incidents.services.dispatch import cancel_assignment
from incidents.services.response import take_step
from notifications.audience import next_attempt_at
from notifications.models import Delivery, DeliveryAttempt
from notifications.senders.base import Outcome
from notifications.services import pushing
from notifications.services.delivery import Inline, Threads, _claim, deliver_due
from notifications.services.receipts import confirm_received
from tests.factories import T0, crew_of, make_assignment, make_device, make_unit, seconds

pytestmark = pytest.mark.django_db

ACCEPTED = Outcome(state="accepted", detail="200")
BUSY = Outcome(state="retry", detail="503")


class FakeSender:
    def __init__(self):
        self.sent = []
        self.answers = {}
        self.otherwise = ACCEPTED
        self.meanwhile = None

    def send(self, message):
        self.sent.append(message)
        if self.meanwhile:
            self.meanwhile()
        return self.answers.get(message.push_token, self.otherwise)


@pytest.fixture
def sender(monkeypatch):
    fake = FakeSender()
    monkeypatch.setattr(pushing, "current_sender", lambda: fake)
    return fake


def at(count):
    return T0 + seconds(count)


def phone_of(person, token="address-1", **over):
    return make_device(person, push_token=token, **over)


def sweep(moment):
    return deliver_due(moment, pool=Inline())


def attempts():
    rows = DeliveryAttempt.objects.order_by("pk").values_list("channel", "state", "at", "detail")
    return list(rows)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def person(unit):
    return crew_of(unit)[0]


def test_an_accepted_push_is_posted_once_and_proves_nothing(sender, unit, person):
    phone_of(person)
    assignment = make_assignment(unit=unit)

    started = [sweep(at(count)) for count in range(15)]

    delivery = Delivery.objects.get()
    assert started == [1] + [0] * 14
    assert attempts() == [("push", "accepted", at(0), "200")]
    assert (delivery.next_attempt_at, delivery.received_at) == (None, None)
    (message,) = sender.sent
    assert (message.title, message.urgent) == ("Penugasan baru", True)
    assert message.body == f"{unit.call_sign} · Kebakaran bangunan. Buka aplikasi."
    assert message.data == {
        "kind": "assignment.dispatched",
        "seq": str(delivery.event_id),
        "assignment_id": str(assignment.pk),
    }


def test_a_busy_provider_gets_three_posts_at_0_5_and_17_seconds(sender, unit, person):
    phone_of(person)
    make_assignment(unit=unit)
    sender.otherwise = BUSY

    for count in range(60):
        sweep(at(count))

    assert attempts() == [
        ("push", "retry", at(0), "503"),
        ("push", "retry", at(5), "503"),
        ("push", "dead", at(17), "503"),
    ]
    assert Delivery.objects.get().next_attempt_at is None


@pytest.mark.parametrize(("asked_s", "waited_s"), [(2, 5), (8, 8), (600, 15)])
def test_a_pause_the_provider_asks_for_is_kept_up_to_a_cap(asked_s, waited_s):
    due = next_attempt_at(now=T0, posts_made=1, asked_pause_s=asked_s)

    assert due == at(waited_s)


def test_a_dead_address_is_marked_and_the_other_phone_still_gets_it(sender, unit, person):
    old, new = phone_of(person, "old"), phone_of(person, "new", enrolled_at=T0)
    make_assignment(unit=unit)
    sender.answers["old"] = Outcome(state="dead", detail="404 UNREGISTERED", token_dead=True)

    sweep(at(0))

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.push_dead_at, new.push_dead_at) == (at(0), None)
    assert attempts() == [
        ("push", "dead", at(0), "404 UNREGISTERED"),
        ("push", "accepted", at(0), "200"),
    ]


def test_only_the_phone_whose_push_failed_is_posted_to_again(sender, unit, person):
    phone_of(person, "good")
    phone_of(person, "bad", enrolled_at=T0)
    make_assignment(unit=unit)
    sender.answers["bad"] = BUSY

    sweep(at(0))
    sweep(at(5))

    assert sorted(message.push_token for message in sender.sent) == ["bad", "bad", "good"]


@pytest.mark.parametrize("field", ["revoked_at", "signed_out_at", "push_dead_at"])
def test_nothing_is_sent_to_a_phone_that_left(sender, unit, person, field):
    phone_of(person, **{field: T0})
    make_assignment(unit=unit)

    sweep(at(0))

    assert sender.sent == []
    assert attempts() == [("push", "dead", at(0), "no phone with an address")]


def test_a_receipt_on_the_socket_makes_the_push_needless(sender, unit, person):
    phone = phone_of(person, online_until=at(60))
    assignment = make_assignment(unit=unit)
    seq = Delivery.objects.get().event_id

    confirm_received(device=phone, seq=seq, channel="socket", now=at(3), sent_seqs=[seq])
    sweep(at(10))

    assert sender.sent == []
    assignment.refresh_from_db()
    assert assignment.delivered_at == at(3)


def test_a_receipt_during_the_post_ends_the_ladder(sender, unit, person):
    phone = phone_of(person)
    make_assignment(unit=unit)
    seq = Delivery.objects.get().event_id
    sender.otherwise = BUSY
    sender.meanwhile = lambda: confirm_received(
        device=phone, seq=seq, channel="socket", now=at(0), sent_seqs=[seq]
    )

    sweep(at(0))
    sweep(at(5))

    assert len(sender.sent) == 1
    assert Delivery.objects.get().next_attempt_at is None


def test_the_alarm_of_a_cancelled_assignment_is_not_pushed(sender, unit, person):
    phone_of(person)
    assignment = make_assignment(unit=unit)
    cancel_assignment(assignment=assignment, reason="salah", actor=None, now=at(1))

    sweep(at(2))

    assert [message.title for message in sender.sent] == ["Penugasan dibatalkan"]


def test_of_two_sweepers_one_claims_and_a_lease_that_ran_out_is_claimed_again(unit, person):
    make_assignment(unit=unit)
    row = Delivery.objects.get()

    won = [_claim(row.pk, fence=0, now=at(0)), _claim(row.pk, fence=0, now=at(0))]

    assert won == [True, False]
    assert deliver_due(at(14), pool=Inline()) == 0
    assert deliver_due(at(15), pool=Inline()) == 1


def test_a_worker_that_slept_through_its_lease_changes_nothing(sender, unit, person):
    phone_of(person)
    make_assignment(unit=unit)
    row = Delivery.objects.get()
    _claim(row.pk, fence=0, now=at(0))
    _claim(row.pk, fence=1, now=at(20))

    pushing.attempt(delivery_id=row.pk, fence=1, now=at(21))

    assert sender.sent == []
    assert Delivery.objects.get().fence == 2


def test_who_answered_is_not_pushed_to_and_the_others_are(sender):
    unit = make_unit(crew=2)
    first, second = crew_of(unit)
    phone_of(first, "first")
    phone_of(second, "second")
    assignment = make_assignment(unit=unit)
    take_step(assignment=assignment, step="acknowledged", at=at(1), actor=first, now=at(1))

    sweep(at(2))

    assert [message.push_token for message in sender.sent] == ["second"]
    answered = Delivery.objects.filter(lane=0).order_by("person_id")
    assert list(answered.values_list("answered_at", flat=True)) == [at(1), None]


def test_notices_never_fill_the_pool():
    pool, release = Threads(size=4), threading.Event()
    try:
        pool.start(2, release.wait)
        assert (pool.free(2), pool.free(0)) == (0, 3)
    finally:
        release.set()


@pytest.mark.django_db(transaction=True)
def test_one_look_empties_a_backlog_larger_than_the_pool(sender):
    for number in range(9):
        unit = make_unit()
        phone_of(crew_of(unit)[0], token=f"address-{number}")
        make_assignment(unit=unit)

    pool = Threads(size=2)
    started = deliver_due(at(1), pool=pool)

    deadline = time.monotonic() + 20
    while pool.free(0) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert started == 2
    assert {message.push_token for message in sender.sent} == {f"address-{n}" for n in range(9)}
