"""The board's socket: who may watch, the snapshot, what changed, and red by itself."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.asgi import page_sockets
from incidents.board_scope import BoardScope
from incidents.selectors.board import board_snapshot
from incidents.services.dispatch import cancel_assignment, dispatch_unit
from notifications.consumers import board, board_feed, board_watchers
from notifications.consumers.board_watchers import Ticket
from notifications.database import on_database
from notifications.models import EngineBeat
from notifications.policy import BoardPolicy
from responders.models import Device
from tests.factories import (
    T0,
    crew_of,
    make_agency,
    make_assignment,
    make_device,
    make_incident,
    make_staff,
    make_unit,
    seconds,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    quick = BoardPolicy(heartbeat_s=0.2, look_s=0.1, least_pause_s=0.02, recheck_s=0.2)
    monkeypatch.setattr(board_watchers, "BOARD", quick)
    monkeypatch.setattr(board_feed, "BOARD", quick)


def sign_in(user):
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def screen(cookie=None, *, origin="http://testserver"):
    """A browser's socket. Not the communicator of channels, which keeps connections open."""
    headers = [(b"host", b"testserver"), (b"origin", origin.encode())]
    if cookie:
        headers.append((b"cookie", f"sessionid={cookie}".encode()))
    path = {"path": "/ws/board/", "raw_path": b"/ws/board/", "query_string": b""}
    scope = {"type": "websocket", "headers": headers, "subprotocols": [], **path}
    return ApplicationCommunicator(page_sockets, scope)


async def accepted(one):
    await one.send_input({"type": "websocket.connect"})
    return (await one.receive_output(5))["type"] == "websocket.accept"


async def leave(one):
    await one.send_input({"type": "websocket.disconnect", "code": 1001})
    await one.wait(5)


async def opened(cookie):
    one = screen(cookie)
    assert await accepted(one)
    snapshot = json.loads((await one.receive_output(5))["text"])
    assert snapshot["type"] == "snapshot"
    return one, snapshot


async def heard(one, kind, *, within_s=5):
    """Return the next frame of one kind."""
    async with asyncio.timeout(within_s):
        while True:
            frame = json.loads((await one.receive_output(within_s))["text"])
            if frame["type"] == kind:
                return frame


async def closed_with(one):
    """Return the close code that comes, whatever is told before."""
    async with asyncio.timeout(5):
        while True:
            output = await one.receive_output(5)
            if output["type"] == "websocket.close":
                await one.wait(5)
                return output["code"]


async def test_a_stranger_is_closed_with_4401():
    one = screen()

    assert await accepted(one)
    assert await closed_with(one) == 4401


async def test_staff_without_the_right_is_closed_with_4403():
    cookie = await on_database(lambda: sign_in(make_staff(is_superuser=False)))
    one = screen(cookie)

    assert await accepted(one)
    assert await closed_with(one) == 4403


async def test_another_origin_is_refused_before_anything_is_told():
    cookie = await on_database(lambda: sign_in(make_staff()))

    assert await accepted(screen(cookie, origin="https://evil.example")) is False


async def test_the_snapshot_holds_incident_assignment_and_unit_and_no_caller():
    assignment = await on_database(make_assignment)
    one, snapshot = await opened(await on_database(lambda: sign_in(make_staff())))

    assert [row["id"] for row in snapshot["incidents"]] == [str(assignment.incident_id)]
    assert [row["id"] for row in snapshot["assignments"]] == [str(assignment.pk)]
    assert [row["status"] for row in snapshot["units"]] == ["assigned"]
    assert "Bu Ani" not in json.dumps(snapshot)
    assert "81234567890" not in json.dumps(snapshot)
    await leave(one)


async def test_a_unit_sent_appears_and_an_incident_cancelled_goes_without_a_reload():
    incident, unit = await on_database(lambda: (make_incident(), make_unit("Damkar 1")))
    one, snapshot = await opened(await on_database(lambda: sign_in(make_staff())))
    assert snapshot["assignments"] == []

    sent = await on_database(
        lambda: dispatch_unit(
            incident=incident, unit=unit, actor=None, now=datetime.now(UTC).replace(microsecond=0)
        )
    )
    change = await heard(one, "change")
    assert change["version"] == snapshot["version"] + 1
    assert [row["call_sign"] for row in change["assignments"]] == ["Damkar 1"]
    assert [row["state"] for row in change["incidents"]] == ["dispatched"]
    assert [row["status"] for row in change["units"]] == ["assigned"]

    await on_database(
        lambda: cancel_assignment(
            assignment=sent, reason="salah", actor=None, now=datetime.now(UTC)
        )
    )
    change = await heard(one, "change")
    assert [row["state"] for row in change["assignments"]] == ["cancelled"]
    await leave(one)


async def test_a_closed_incident_is_told_as_removed():
    incident = await on_database(make_incident)
    one, _ = await opened(await on_database(lambda: sign_in(make_staff())))

    await on_database(lambda: type(incident).objects.update(state="cancelled"))

    change = await heard(one, "change")
    assert change["incidents"] == [{"id": str(incident.pk), "removed": True}]
    await leave(one)


async def test_an_assignment_turns_red_by_time_alone():
    """No worker, no event: only the clock passes the twenty seconds."""
    await on_database(lambda: make_assignment(now=datetime.now(UTC) - timedelta(seconds=18.5)))
    one, snapshot = await opened(await on_database(lambda: sign_in(make_staff())))
    assert [row["alarms"] for row in snapshot["assignments"]] == [[]]

    change = await heard(one, "change")

    assert [row["alarms"] for row in change["assignments"]] == [["undelivered"]]
    await leave(one)


async def test_an_operator_sees_the_own_agency_alone():
    def world():
        bpbd, damkar = make_agency("bpbd"), make_agency("damkar")
        foreign = make_assignment(unit=make_unit("BPBD 1", agency=bpbd))
        own = make_assignment(unit=make_unit("Damkar 1", agency=damkar))
        make_assignment(unit=make_unit("BPBD 2", agency=bpbd), incident=own.incident)
        operator = make_staff("operator", is_superuser=False, agency=damkar)
        operator.user_permissions.set(Permission.objects.filter(codename="view_incident"))
        return foreign, own, sign_in(operator)

    _foreign, own, cookie = await on_database(world)
    one, snapshot = await opened(cookie)

    assert [row["id"] for row in snapshot["incidents"]] == [str(own.incident_id)]
    assert [row["call_sign"] for row in snapshot["assignments"]] == ["Damkar 1"]
    assert [row["call_sign"] for row in snapshot["units"]] == ["Damkar 1"]
    await leave(one)


async def test_a_session_that_ends_closes_the_socket_with_4403():
    cookie = await on_database(lambda: sign_in(make_staff("leaver")))
    one, _ = await opened(cookie)

    def sign_out():
        client = Client()
        client.cookies["sessionid"] = cookie
        client.post("/admin/logout/")

    await on_database(sign_out)

    assert await closed_with(one) == 4403


async def test_the_heartbeat_tells_of_a_silent_sweeper_and_of_one_that_works():
    one, _ = await opened(await on_database(lambda: sign_in(make_staff())))
    silent = await heard(one, "heartbeat")

    await on_database(lambda: EngineBeat.objects.create(name="sweeper", at=datetime.now(UTC)))
    await heard(one, "change")
    working = await heard(one, "heartbeat")

    codes = [[p["code"] for p in frame["health"]["problems"]] for frame in (silent, working)]
    assert codes == [["sweeper", "push_off"], ["push_off"]]
    await leave(one)


async def test_a_screen_that_takes_nothing_gets_one_snapshot_instead_of_a_long_queue():
    feed = board_feed.BoardFeed(BoardScope())
    one = board.BoardSocket(BoardScope(), Ticket(), receive=None, send=None)
    one._feed = feed

    for number in range(200):
        one.offer(str(number))

    waiting = [one._queue.get_nowait() for _ in range(one._queue.qsize())]
    assert len(waiting) <= 64
    assert json.loads(waiting[0])["type"] == "snapshot"


def test_a_unit_is_shown_elsewhere_at_most_once_a_second():
    def row(lat):
        return {"id": 1, "position": {"lat": lat, "lon": 0.0, "recorded_at": "x"}}

    feed = board_feed.BoardFeed(BoardScope())
    feed._rows["units"] = {1: row(0.1)}
    first, second = {1: row(0.2)}, {1: row(0.3)}

    feed._hold_positions(first)
    feed._rows["units"] = first
    feed._hold_positions(second)

    assert first[1]["position"]["lat"] == 0.2
    assert second[1]["position"]["lat"] == 0.2


def test_the_board_costs_the_same_at_one_row_and_at_three():
    def fill():
        unit = make_unit()
        make_device(crew_of(unit)[0], last_recorded_at=T0, last_lat=-0.79, last_lon=100.65)
        make_assignment(unit=unit)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            snapshot = board_snapshot(None, T0 + seconds(5))
        return len(queries), len(snapshot["assignments"])

    fill()
    one = cost()
    fill()
    fill()

    assert (one[1], cost()) == (1, (one[0], 3))


def test_how_a_unit_can_be_reached():
    unit = make_unit("Damkar 1")
    phone = make_device(crew_of(unit)[0])

    def reach():
        return board_snapshot(None, T0)["units"][0]["reach"]

    none = reach()
    Device.objects.filter(pk=phone.pk).update(push_token="address", push_token_at=T0)
    push = reach()
    Device.objects.filter(pk=phone.pk).update(online_until=T0 + seconds(30))

    assert (none, push, reach()) == ("none", "push", "socket")
