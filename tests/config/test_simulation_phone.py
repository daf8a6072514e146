"""The simulated phone keeps the contract's side of the wire, against a small server on loopback."""

import asyncio
import contextlib
import json
import random

import httpx
import pytest
from websockets.asyncio.server import serve

from config.simulation.behaviours import DRIVES
from config.simulation.crews import Crew
from config.simulation.driving import Vehicle
from config.simulation.noise import OPEN_SKY, GpsNoise
from config.simulation.phone import Phone, PhoneTraits
from config.simulation.roads import CROSSINGS
from config.simulation.stream import stream_url
from config.simulation.wire import Wire, epoch_s

NOW = "2026-11-23T10:04:05.123Z"


def assignment(state="dispatched"):
    return {"id": "a1", "state": state, "incident": {"lat": -0.80, "lon": 100.66}}


def event(seq, previous, data, kind="assignment.dispatched"):
    return {
        "type": "event",
        "seq": seq,
        "previous": previous,
        "kind": kind,
        "at": NOW,
        "data": data,
    }


class Server:
    """Say what a script says on each connection, and write down what it hears."""

    def __init__(self, *scripts):
        self.scripts = list(scripts)
        self.frames = []
        self.tokens = []
        self.requests = []
        self.answers = {}

    async def socket(self, connection):
        self.tokens.append(connection.request.headers["Authorization"])
        script = self.scripts.pop(0) if self.scripts else []
        async for text in connection:
            frame = json.loads(text)
            self.frames.append(frame)
            if frame["type"] == "check_ins":
                await self._take_check_ins(connection, frame)
            elif frame["type"] == "resume":
                for said in script:
                    if isinstance(said, int):
                        await connection.close(said)
                    else:
                        await connection.send(json.dumps(said))
                script = self.scripts.pop(0) if said_reset(script) else []

    async def _take_check_ins(self, connection, frame):
        results = [{"id": one["id"], "status": "stored"} for one in frame["check_ins"]]
        said = {"type": "check_ins_result", "ref": frame["ref"], "results": results}
        await connection.send(json.dumps({**said, "server_time": NOW}))

    def http(self, request):
        body = json.loads(request.content) if request.content else None
        self.requests.append((request.method, request.url.path, body))
        status, answer = self.answers.get(request.url.path, (200, {}))
        if request.url.path == "/api/v1/check-ins":
            results = [{"id": one["id"], "status": "stored"} for one in body["check_ins"]]
            answer = {"results": results, "server_time": NOW}
        return httpx.Response(status, json=answer)


def said_reset(script):
    return any(isinstance(said, dict) and said["type"] == "reset" for said in script)


def welcome(last_seq=0):
    return {
        "type": "welcome",
        "epoch": "e1",
        "last_seq": last_seq,
        "server_time": NOW,
        "heartbeat_s": 20,
    }


@contextlib.asynccontextmanager
async def living_phone(server, *, by_socket=True, clock_offset_s=0.0):
    heard = []
    async with (
        serve(server.socket, "127.0.0.1", 0) as listening,
        httpx.AsyncClient(
            base_url="http://server", transport=httpx.MockTransport(server.http)
        ) as client,
    ):
        port = listening.sockets[0].getsockname()[1]
        rng = random.Random(5)
        phone = Phone(
            url=f"http://127.0.0.1:{port}",
            wire=Wire(client, token="t0", rng=rng),
            carrier=Vehicle(CROSSINGS["balai kota"], rng),
            noise=GpsNoise(OPEN_SKY, rng),
            traits=PhoneTraits("Redmi", clock_offset_s, sends_by_socket=by_socket),
            rng=rng,
            on_assignment=lambda phone, kind, data, at: heard.append((kind, data["state"])),
        )
        life = asyncio.create_task(phone.run())
        try:
            yield phone, heard
        finally:
            life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await life


async def until(condition):
    async with asyncio.timeout(8):
        while not condition():
            await asyncio.sleep(0.01)


def test_the_sockets_address_follows_the_servers():
    assert stream_url("http://127.0.0.1:8112") == "ws://127.0.0.1:8112/ws/stream/"
    assert stream_url("https://112.example/x/") == "wss://112.example/x/ws/stream/"


async def test_an_event_is_handed_on_once_and_its_receipt_told():
    server = Server([welcome(7), event(3, 0, assignment()), event(7, 3, assignment("completed"))])
    async with living_phone(server) as (phone, heard):
        await until(lambda: {"type": "received", "seq": 7} in server.frames)
    assert heard == [
        ("assignment.dispatched", "dispatched"),
        ("assignment.dispatched", "completed"),
    ]
    assert server.frames[0] == {"type": "resume", "after": 0}
    assert [f["seq"] for f in server.frames if f["type"] == "received"] == [3, 7]
    assert server.tokens == ["Bearer t0"]


async def test_a_lost_connection_resumes_after_what_was_heard():
    server = Server([welcome(3), event(3, 0, assignment()), 1012], [welcome(3)])
    async with living_phone(server) as (phone, heard):
        await until(lambda: [f["type"] for f in server.frames].count("resume") == 2)
    resumes = [f for f in server.frames if f["type"] == "resume"]
    assert resumes[1] == {"type": "resume", "after": 3, "epoch": "e1"}
    assert heard == [("assignment.dispatched", "dispatched")]


async def test_a_gap_makes_it_come_back_for_what_it_missed():
    server = Server(
        [welcome(9), event(9, 5, assignment())],
        [welcome(9), event(5, 0, assignment()), event(9, 5, assignment("acknowledged"))],
    )
    async with living_phone(server) as (phone, heard):
        await until(lambda: {"type": "received", "seq": 9} in server.frames)
    assert [state for _, state in heard] == ["dispatched", "acknowledged"]


async def test_a_reset_fetches_the_open_assignments_and_resumes_from_there():
    reset = {"type": "reset", "epoch": "e2", "last_seq": 40, "server_time": NOW}
    server = Server([reset], [{**welcome(40), "epoch": "e2"}])
    server.answers["/api/v1/assignments"] = (200, {"results": [assignment()], "next": None})
    async with living_phone(server) as (phone, heard):
        await until(lambda: phone.stream.connected.is_set())
    resumes = [f for f in server.frames if f["type"] == "resume"]
    assert resumes[1] == {"type": "resume", "after": 40, "epoch": "e2"}
    assert heard == [("assignment.updated", "dispatched")]


async def test_check_ins_go_over_the_socket_with_both_clocks():
    server = Server([welcome()])
    async with living_phone(server, clock_offset_s=420.0) as (phone, _):
        await until(lambda: phone.stream.connected.is_set())
        phone.outbox.put_check_in(phone.fix())
        await until(lambda: phone.outbox.is_empty and phone.outbox.sent.stored >= 2)
    sent = [f for f in server.frames if f["type"] == "check_ins"][-1]
    assert sent["server_time_seen"]["server_time"] == NOW
    shown_s = epoch_s(sent["sent_at"])
    assert shown_s - epoch_s(sent["check_ins"][0]["recorded_at"]) < 5.0
    assert shown_s - phone.clock() == pytest.approx(0.0, abs=5.0)
    assert set(sent["check_ins"][0]) >= {"id", "recorded_at", "lat", "lon", "accuracy_m", "is_mock"}


async def test_what_happens_without_signal_is_sent_when_it_is_back():
    server = Server([welcome()], [welcome()])
    async with living_phone(server, by_socket=False) as (phone, _):
        await until(lambda: phone.stream.connected.is_set() and phone.outbox.is_empty)
        phone.online.clear()
        await until(lambda: not phone.stream.connected.is_set())
        before = len(server.requests)
        phone.press("a1", "acknowledge")
        phone.outbox.put_check_in(phone.fix())
        phone.outbox.put_check_in(phone.fix())
        await asyncio.sleep(0.3)
        assert len(server.requests) == before
        phone.online.set()
        await until(lambda: phone.outbox.is_empty)
    sent = server.requests[before:]
    assert {path for _, path, _ in sent} == {
        "/api/v1/assignments/a1/acknowledge",
        "/api/v1/check-ins",
    }
    batches = [body for _, path, body in sent if path == "/api/v1/check-ins"]
    assert [len(body["check_ins"]) for body in batches] == [2]


async def test_an_impossible_step_is_dropped_and_noted():
    server = Server([welcome()])
    server.answers["/api/v1/assignments/a1/on-scene"] = (409, {"code": "illegal_step"})
    async with living_phone(server) as (phone, _):
        phone.press("a1", "on-scene")
        await until(lambda: bool(phone.outbox.sent.refused_steps))
    assert phone.outbox.sent.refused_steps == [("/api/v1/assignments/a1/on-scene", "illegal_step")]


async def test_a_revoked_phone_falls_silent():
    server = Server([welcome(), 4403])
    async with living_phone(server) as (phone, _):
        await until(lambda: not phone.online.is_set())
    assert len(server.tokens) == 1


async def test_a_busy_server_is_asked_again_and_a_refusal_is_not():
    answers = [
        httpx.Response(503, headers={"Retry-After": "0"}),
        httpx.Response(200, json={"a": 1}),
    ]
    async with httpx.AsyncClient(
        base_url="http://server", transport=httpx.MockTransport(lambda request: answers.pop(0))
    ) as client:
        assert await Wire(client, rng=random.Random(1)).call("GET", "/x") == {"a": 1}
    assert answers == []


async def test_a_crew_that_drives_presses_its_buttons_in_order(monkeypatch):
    pressed = []
    rng = random.Random(6)
    vehicle = Vehicle(CROSSINGS["balai kota"], rng)
    crew = Crew(unit_id=1, call_sign="Damkar 1", vehicle=vehicle, pace=10_000.0, rng=rng)
    monkeypatch.setattr(crew, "press", lambda id, step, **body: pressed.append(step))
    place = {"id": "a1", "incident": {"lat": crew.position[0], "lon": crew.position[1]}}
    await DRIVES.act(crew, place)
    assert pressed == ["acknowledge", "en-route", "on-scene", "complete"]
