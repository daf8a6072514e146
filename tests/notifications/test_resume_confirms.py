"""A phone that asks for what comes after a number has what was sent to it up to that number."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Delivery, DeliveryAttempt
from responders.models import Device
from tests.factories import crew_of, make_assignment, make_device, make_incident, make_unit
from tests.notifications.phones import in_database, phone_on

pytestmark = pytest.mark.django_db(transaction=True)


@in_database
def sent_to_two_phones_of_one_person():
    unit = make_unit()
    person = crew_of(unit)[0]
    now = datetime.now(UTC)
    assignment = make_assignment(unit=unit, now=now, incident=make_incident(now=now))
    return assignment, make_device(person), make_device(person)


@in_database
def proven(assignment, device):
    """Return whether the assignment is delivered, and what the ledger says of one phone."""
    assignment.refresh_from_db()
    rows = DeliveryAttempt.objects.filter(device=device).order_by("pk")
    return assignment.delivered_at is not None, list(rows.values_list("channel", "state"))


@in_database
def as_left_by(device, *, online_for_s):
    """Put rows as a server left them that died before its ledger was written.

    `online_for_s`: for how long its mark still says online, from the alarm on; None: no mark.
    """
    DeliveryAttempt.objects.all().delete()
    planned_at = Delivery.objects.get().planned_at
    until = None if online_for_s is None else planned_at + timedelta(seconds=online_for_s)
    Device.objects.filter(pk=device.pk).update(online_until=until)


async def heard_and_died(device):
    """Hear the alarm and hang up, as after a receipt that no commit holds."""
    async with phone_on(device.token) as phone:
        _, event, _ = await phone.resume()
    return event["seq"]


async def test_a_receipt_that_was_lost_is_made_good_by_the_next_resume():
    assignment, device, _ = await sent_to_two_phones_of_one_person()
    seq = await heard_and_died(device)
    before = await proven(assignment, device)

    async with phone_on(device.token) as phone:
        await phone.resume(seq)
        after = await proven(assignment, device)

    assert before == (False, [("socket", "sent")])
    assert after == (True, [("socket", "sent"), ("socket", "received")])


async def test_what_was_sent_in_the_last_moment_of_a_server_counts_though_its_ledger_is_lost():
    assignment, device, _ = await sent_to_two_phones_of_one_person()
    seq = await heard_and_died(device)
    await as_left_by(device, online_for_s=40)

    async with phone_on(device.token) as phone:
        await phone.resume(seq)

        assert await proven(assignment, device) == (True, [("socket", "received")])


@pytest.mark.parametrize("online_for_s", [None, -1])
async def test_what_was_planned_while_a_phone_was_on_no_socket_was_not_sent(online_for_s):
    assignment, device, _ = await sent_to_two_phones_of_one_person()
    seq = await heard_and_died(device)
    await as_left_by(device, online_for_s=online_for_s)

    async with phone_on(device.token) as phone:
        await phone.resume(seq)

        assert await proven(assignment, device) == (False, [])


async def test_a_number_that_was_sent_to_another_phone_proves_nothing():
    assignment, device, other = await sent_to_two_phones_of_one_person()
    seq = await heard_and_died(device)

    async with phone_on(other.token) as phone:
        await phone.resume(seq)

        assert await proven(assignment, other) == (False, [])


async def test_a_phone_that_missed_the_alarm_hears_it_and_has_proven_nothing():
    assignment, device, _ = await sent_to_two_phones_of_one_person()
    seq = await heard_and_died(device)

    async with phone_on(device.token) as phone:
        frames = await phone.resume(seq - 1)

        assert [frame["type"] for frame in frames] == ["welcome", "event", "caught_up"]
        assert (await proven(assignment, device))[0] is False


async def test_a_place_in_another_history_proves_nothing():
    assignment, device, _ = await sent_to_two_phones_of_one_person()
    seq = await heard_and_died(device)

    async with phone_on(device.token) as phone:
        await phone.say("resume", after=seq, epoch="an older one")

        assert (await phone.hear())["type"] == "reset"
        assert await proven(assignment, device) == (False, [("socket", "sent")])
