"""What a phone says beside receipts: that a person saw the alarm, and what it could not send."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from notifications.models import Delivery, DeliveryAttempt
from responders.wire_time import to_wire
from tests.factories import crew_of, make_assignment, make_device, make_incident, make_unit
from tests.notifications.phones import in_database, phone_on

pytestmark = pytest.mark.django_db(transaction=True)


def dispatched(unit):
    now = datetime.now(UTC)
    return make_assignment(unit=unit, now=now, incident=make_incident(now=now))


@in_database
def world():
    unit = make_unit()
    device = make_device(crew_of(unit)[0])
    return device, dispatched(unit)


@in_database
def row_of(assignment):
    return Delivery.objects.get(assignment=assignment, event__kind="assignment.dispatched")


@in_database
def states_of(assignment):
    rows = DeliveryAttempt.objects.filter(delivery__assignment=assignment)
    return set(rows.values_list("channel", "state"))


@in_database
def fresh(row):
    row.refresh_from_db()
    return row


async def eventually(question, within_s=5):
    until = time.monotonic() + within_s
    while not (answer := await question()) and time.monotonic() < until:
        await asyncio.sleep(0.05)
    assert answer
    return answer


async def test_seen_on_the_socket_says_more_than_received():
    device, assignment = await world()
    delivery = await row_of(assignment)
    async with phone_on(device.token) as phone:
        await phone.resume()
        await phone.say("seen", seq=delivery.event_id)

        await eventually(
            lambda: in_database(lambda: Delivery.objects.get(pk=delivery.pk).seen_at)()
        )

    row = await fresh(delivery)
    assert (row.received_on_id, row.next_attempt_at) == (device.pk, None)
    assert row.received_at == row.seen_at
    assert ("socket", "seen") in await states_of(assignment)
    assert (await fresh(assignment)).delivered_at is not None


@pytest.mark.parametrize("seq", [None, "1", True, -1, 10**9, 0])
async def test_a_number_that_was_not_sent_cannot_be_seen(seq):
    device, assignment = await world()
    async with phone_on(device.token) as phone:
        await phone.resume()
        await phone.say("seen", seq=seq)
        answer = await phone.hear()

    assert (answer["type"], answer["code"]) == ("error", "bad_seq")
    assert (await row_of(assignment)).seen_at is None


async def test_somebody_elses_alarm_is_not_ones_own_to_see():
    _device, assignment = await world()
    other = await in_database(lambda: make_device(crew_of(make_unit())[0]))()
    delivery = await row_of(assignment)
    async with phone_on(other.token) as phone:
        await phone.resume(after=delivery.event_id)
        await phone.say("seen", seq=delivery.event_id)
        answer = await phone.hear()

    assert answer["code"] == "bad_seq"
    assert (await fresh(delivery)).seen_at is None


async def test_the_status_of_a_phone_is_kept():
    device, _assignment = await world()
    since = "2026-11-24T03:00:00.000Z"
    async with phone_on(device.token) as phone:
        await phone.say("status", unsent=17, oldest_at=since, battery_pct=41)
        await eventually(
            lambda: in_database(lambda: type(device).objects.get(pk=device.pk).unsent)()
        )

    row = await fresh(device)
    assert (row.unsent, to_wire(row.unsent_since), row.battery_pct) == (17, since, 41)


@pytest.mark.parametrize(
    "frame",
    [{}, {"unsent": "3"}, {"unsent": -1}, {"unsent": True}, {"unsent": 1, "oldest_at": "x"},
     {"unsent": 1, "battery_pct": 101}, {"unsent": 10**12}],
)  # fmt: skip
async def test_a_status_that_is_none_is_answered(frame):
    device, _assignment = await world()
    async with phone_on(device.token) as phone:
        await phone.say("status", **frame)
        answer = await phone.hear()

    assert answer["code"] == "bad_status"
    assert (await fresh(device)).status_at is None


def test_the_same_over_http(phone_of):
    unit = make_unit()
    assignment = dispatched(unit)
    client = phone_of(crew_of(unit)[0])
    at = to_wire(datetime.now(UTC))
    path = f"/api/v1/assignments/{assignment.pk}/seen"

    seen = [client.post(path, {"at": at}, format="json") for _ in range(2)]
    status = client.post("/api/v1/status", {"unsent": 3, "battery_pct": 12.5}, format="json")
    outsider = phone_of(crew_of(make_unit())[0]).post(path, {"at": at}, format="json")
    bad = client.post("/api/v1/status", {"unsent": "3"}, format="json")

    assert [answer.status_code for answer in seen] == [200, 200]
    assert seen[0].json()["delivered_at"] == seen[1].json()["delivered_at"] is not None
    assert (status.status_code, outsider.status_code, bad.status_code) == (204, 404, 400)
    attempts = DeliveryAttempt.objects.filter(delivery__assignment=assignment, state="seen")
    assert list(attempts.values_list("channel", flat=True)) == ["poll"]
