"""The event stream on a socket, as a phone sees it."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from incidents.models import IncidentEvent, JournalHead
from incidents.services.response import take_step
from notifications import hub as hub_module
from notifications.consumers import stream as stream_module
from notifications.consumers import tailing
from notifications.models import Delivery, DeliveryAttempt
from notifications.policy import STREAM
from responders.models import CheckIn, Device
from tests.factories import crew_of, make_assignment, make_device, make_incident, make_unit
from tests.notifications.phones import Phone, in_database, phone_on

pytestmark = pytest.mark.django_db(transaction=True)


def now():
    return datetime.now(UTC)


@in_database
def enrolled_crew():
    """A unit with one crew member and an enrolled phone."""
    unit = make_unit()
    return unit, make_device(crew_of(unit)[0])


@in_database
def dispatched(unit):
    return make_assignment(unit=unit, now=now(), incident=make_incident(now=now()))


@in_database
def stepped(assignment, step, person):
    return take_step(assignment=assignment, step=step, at=now(), actor=person, now=now())


@in_database
def ledger(assignment):
    rows = DeliveryAttempt.objects.filter(delivery__assignment=assignment).order_by("pk")
    return list(rows.values_list("channel", "state"))


@in_database
def fresh(row):
    row.refresh_from_db()
    return row


@in_database
def changed(row, **values):
    type(row).objects.filter(pk=row.pk).update(**values)


async def eventually(question, wanted, within_s=5):
    until = time.monotonic() + within_s
    while (answer := await question()) != wanted and time.monotonic() < until:
        await asyncio.sleep(0.05)
    assert answer == wanted


async def test_a_dispatch_is_replayed_then_the_next_step_comes_live():
    unit, device = await enrolled_crew()
    assignment = await dispatched(unit)

    async with phone_on(device.token) as phone:
        welcome, event, caught_up = await phone.resume()
        began = time.monotonic()
        await stepped(assignment, "acknowledged", device.user)
        live = await phone.hear()
        took_s = time.monotonic() - began

    assert (welcome["type"], welcome["last_seq"]) == ("welcome", event["seq"])
    assert welcome["heartbeat_s"] == 20
    assert (event["kind"], event["previous"]) == ("assignment.dispatched", 0)
    assert event["data"]["id"] == str(assignment.pk)
    assert event["data"]["incident"]["caller"] == {"name": "Bu Ani", "phone": "+6281234567890"}
    assert caught_up == {"type": "caught_up", "seq": event["seq"]}
    assert (live["kind"], live["previous"]) == ("assignment.updated", event["seq"])
    assert live["data"]["state"] == "acknowledged"
    assert took_s < 0.8  # woken, not found by the look every second


async def test_received_sets_delivered_at_and_the_ledger():
    unit, device = await enrolled_crew()
    assignment = await dispatched(unit)

    async with phone_on(device.token) as phone:
        _, event, _ = await phone.resume()
        assert (await fresh(assignment)).delivered_at is None
        await phone.say("received", seq=event["seq"])
        await eventually(lambda: ledger(assignment), [("socket", "sent"), ("socket", "received")])

    assert (await fresh(assignment)).delivered_at is not None


async def test_the_phone_that_comes_back_hears_only_what_it_missed():
    unit, device = await enrolled_crew()
    assignment = await dispatched(unit)
    async with phone_on(device.token) as phone:
        welcome, first, _ = await phone.resume()
    await stepped(assignment, "acknowledged", device.user)
    await stepped(assignment, "en_route", device.user)

    async with phone_on(device.token) as phone:
        frames = await phone.resume(first["seq"], epoch=welcome["epoch"])

    kinds = [frame.get("kind", frame["type"]) for frame in frames]
    assert kinds == ["welcome", "assignment.updated", "assignment.updated", "caught_up"]
    assert frames[1]["previous"] == first["seq"]
    assert frames[2]["previous"] == frames[1]["seq"]


async def test_a_receipt_given_on_the_next_socket_counts():
    unit, device = await enrolled_crew()
    assignment = await dispatched(unit)
    async with phone_on(device.token) as phone:
        _, event, _ = await phone.resume()

    async with phone_on(device.token) as phone:
        await phone.resume(event["seq"])
        await phone.say("received", seq=event["seq"])
        await eventually(lambda: ledger(assignment), [("socket", "sent"), ("socket", "received")])


@pytest.mark.parametrize("why", ["beyond", "epoch", "too_old"])
async def test_a_place_of_no_use_is_answered_with_reset(why):
    unit, device = await enrolled_crew()
    await dispatched(unit)
    head = await in_database(JournalHead.objects.get)()
    asked = {
        "beyond": {"after": head.seq + 1},
        "epoch": {"after": 1, "epoch": str(uuid4())},
        "too_old": {"after": 1},
    }[why]
    if why == "too_old":
        long_ago = now() - timedelta(days=31)
        await in_database(IncidentEvent.objects.update)(recorded_at=long_ago)

    async with phone_on(device.token) as phone:
        await phone.say("resume", **asked)
        reset = await phone.hear()
        del reset["server_time"]
        assert reset == {"type": "reset", "epoch": str(head.epoch), "last_seq": head.seq}
        assert await phone.silent()
        welcome, caught_up = await phone.resume(head.seq, epoch=reset["epoch"])

    assert (welcome["type"], caught_up["seq"]) == ("welcome", head.seq)


async def test_another_units_crew_hears_nothing():
    unit, _ = await enrolled_crew()
    _, outsider = await enrolled_crew()

    async with phone_on(outsider.token) as phone:
        await phone.resume()
        await dispatched(unit)
        assert await phone.silent(1.3)


async def test_no_event_is_lost_while_others_are_recorded_during_the_replay():
    unit, device = await enrolled_crew()
    assignment = await dispatched(unit)

    async def work():
        for step in ("acknowledged", "en_route", "on_scene", "completed"):
            await stepped(assignment, step, device.user)

    async with phone_on(device.token) as phone:
        working = asyncio.create_task(work())
        frames = await phone.resume()
        while sum(frame["type"] == "event" for frame in frames) < 5:
            frames.append(await phone.hear())
        await working

    events = [frame for frame in frames if frame["type"] == "event"]
    seqs = [event["seq"] for event in events]
    assert [event["previous"] for event in events] == [0, *seqs[:-1]]
    assert seqs == sorted(set(seqs))


@pytest.mark.parametrize(
    ("token", "how", "code"),
    [
        (None, {}, 4401),
        ("gd1_" + "x" * 43, {}, 4401),
        ("nonsense", {}, 4401),
        (None, {"path": "/ws/stream/?token={token}"}, 4401),
        (None, {"headers": [(b"cookie", b"sessionid=x")]}, 4401),
        (None, {"subprotocols": ["bearer.{token}"]}, 4401),
    ],
)
async def test_a_stranger_is_accepted_told_nothing_and_closed(token, how, code):
    _, device = await enrolled_crew()
    if "path" in how:
        how = {"path": how["path"].format(token=device.token)}
    if "subprotocols" in how:
        how = {"subprotocols": [how["subprotocols"][0].format(token=device.token)]}

    phone = await Phone(token, **how).open()
    output = await phone.socket.receive_output(timeout=5)

    assert output == {"type": "websocket.close", "code": code}


@pytest.mark.parametrize("field", ["revoked_at", "signed_out_at"])
async def test_a_revoked_token_is_closed_with_4403_at_the_door(field):
    _, device = await enrolled_crew()
    await changed(device, **{field: now()})

    phone = await Phone(subprotocols=["gerak112.v1", f"bearer.{device.token}"]).open()

    assert phone.subprotocol == "gerak112.v1"
    assert await phone.closed_with() == 4403


async def test_a_browser_offers_its_token_as_a_subprotocol():
    _, device = await enrolled_crew()

    how = {"subprotocols": ["gerak112.v1", f"bearer.{device.token}"]}
    async with phone_on(None, **how) as phone:
        welcome, _ = await phone.resume()

    assert phone.subprotocol == "gerak112.v1"
    assert welcome["type"] == "welcome"


@pytest.mark.parametrize("field", ["revoked_at", "signed_out_at"])
async def test_an_open_socket_is_closed_within_five_seconds_of_the_revocation(field):
    _, device = await enrolled_crew()

    async with phone_on(device.token) as phone:
        await phone.resume()
        await changed(device, **{field: now()})
        began = time.monotonic()
        code = await phone.closed_with()

    assert code == 4403
    assert time.monotonic() - began < 5


async def test_a_revoked_phone_hears_no_event_that_comes_after():
    unit, device = await enrolled_crew()

    async with phone_on(device.token) as phone:
        await phone.resume()
        await changed(device, revoked_at=now())
        await dispatched(unit)
        output = await phone.socket.receive_output(timeout=5)

    assert output == {"type": "websocket.close", "code": 4403}


async def test_what_is_not_understood_is_answered_and_the_twentieth_time_closed():
    _, device = await enrolled_crew()

    async with phone_on(device.token) as phone:
        await phone.socket.send_to(text_data="{")
        bad_json = await phone.hear()
        await phone.say("dance", ref=7)
        unknown = await phone.hear()
        await phone.say("received", seq=5)
        bad_seq = await phone.hear()
        await phone.say("resume", after=-1)
        bad_resume = await phone.hear()
        for _ in range(16):
            await phone.socket.send_to(text_data="[]")
        code = await phone.closed_with()

    assert [bad_json["code"], unknown["code"]] == ["bad_json", "unknown_type"]
    assert [bad_seq["code"], bad_resume["code"]] == ["bad_seq", "bad_resume"]
    assert unknown["ref"] == 7
    assert code == 4400


async def test_a_frame_over_the_limit_closes_with_4400():
    _, device = await enrolled_crew()

    async with phone_on(device.token) as phone:
        await phone.say("dance", text="x" * 256 * 1024)
        assert await phone.closed_with() == 4400


async def test_check_ins_over_the_socket_are_stored_and_answered_by_ref():
    _, device = await enrolled_crew()
    fix = {"id": str(uuid4()), "recorded_at": now().isoformat(), "lat": -0.8, "lon": 100.65}

    async with phone_on(device.token) as phone:
        await phone.say("check_ins", ref="a", check_ins=[fix, {"id": str(uuid4())}])
        result = await phone.hear()
        await phone.say("check_ins", ref="b", check_ins={})
        refused = await phone.hear()

    statuses = [item["status"] for item in result["results"]]
    assert (result["type"], result["ref"], statuses) == (
        "check_ins_result",
        "a",
        ["stored", "rejected"],
    )
    assert (refused["type"], refused["ref"], refused["code"]) == ("error", "b", "not_a_list")
    assert await in_database(CheckIn.objects.filter(device=device).count)() == 1


async def test_a_phone_that_confirms_nothing_is_paused_then_closed(monkeypatch):
    tight = replace(STREAM, unreceived_max=2, unreceived_timeout_s=1.0)
    monkeypatch.setattr(tailing, "STREAM", tight)
    unit, device = await enrolled_crew()
    assignment = await dispatched(unit)
    for step in ("acknowledged", "en_route", "on_scene"):
        await stepped(assignment, step, device.user)

    async with phone_on(device.token) as phone:
        await phone.say("resume", after=0)
        _, first, second = [await phone.hear() for _ in range(3)]
        assert await phone.silent()
        await phone.say("received", seq=first["seq"])
        third = await phone.hear()
        assert third["previous"] == second["seq"]
        code = await phone.closed_with()

    assert code == 4408


async def test_an_overrun_queue_is_read_again_from_the_rows(monkeypatch):
    monkeypatch.setattr(tailing, "STREAM", replace(STREAM, queue_max=1, unreceived_max=1))
    unit, device = await enrolled_crew()
    assignment = await dispatched(unit)

    async with phone_on(device.token) as phone:
        await phone.say("resume", after=0)
        frames = [await phone.hear(), await phone.hear()]
        for step in ("acknowledged", "en_route", "on_scene"):
            await stepped(assignment, step, device.user)
        await asyncio.sleep(1.2)
        for _ in range(3):
            await phone.say("received", seq=frames[-1]["seq"])
            frames.append(await phone.hear())

    events = frames[1:]
    assert [event["previous"] for event in events[1:]] == [event["seq"] for event in events[:-1]]


async def test_the_heartbeat_tells_the_newest_visible_number(monkeypatch):
    monkeypatch.setattr(tailing, "STREAM", replace(STREAM, heartbeat_s=0.2))
    unit, device = await enrolled_crew()
    await dispatched(unit)
    seq = await in_database(lambda: Delivery.objects.get().event_id)()

    async with phone_on(device.token) as phone:
        beat = await phone.hear()

    assert (beat["type"], beat["last_seq"]) == ("heartbeat", seq)


async def test_a_socket_is_a_sign_of_life_and_its_end_is_seen():
    _, device = await enrolled_crew()

    async def online():
        row = await in_database(Device.objects.get)(pk=device.pk)
        return row.online_until is not None, row.last_seen_at is not None

    async with phone_on(device.token) as phone:
        await phone.resume()
        await eventually(online, (True, True))

    await eventually(online, (False, True))


async def test_a_lost_wake_up_costs_a_second(monkeypatch):
    unit, device = await enrolled_crew()

    async with phone_on(device.token) as phone:
        await phone.resume()
        monkeypatch.setattr(hub_module.Hub, "poke", lambda self: None)
        monkeypatch.setattr("notifications.receivers.wake", lambda: None)
        began = time.monotonic()
        await dispatched(unit)
        event = await phone.hear()

    assert event["kind"] == "assignment.dispatched"
    assert time.monotonic() - began < 2


async def test_the_hub_rests_when_the_last_socket_leaves():
    _, device = await enrolled_crew()

    async with phone_on(device.token) as phone:
        await phone.resume()
        hub = stream_module.hub()
        assert len(hub._tasks) == 3

    assert (hub._tasks, hub._listeners) == ([], {})
