"""A phone in one file: enrol, listen, answer, check in, and never lose what could not be sent.

For the developer of a native app: the whole wire of a crew's phone, typed, with nothing but
`httpx` and `websockets`. Run it against a server of yours:

    manage.py enrol_code USERNAME
    python docs/phone-client.py http://127.0.0.1:8112 7K2MQ-9XW4T

It acknowledges what it is sent, drives north and checks in until it is stopped.
tests/flows/test_phone_client.py runs it against the real server.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import random
from typing import Any, Literal, TypedDict
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

BATCH_MAX = 500
BACK_OFF_S = (1.0, 2.0, 5.0, 10.0, 30.0)
FORGET_ME = 4403  # revoked: forget the token, ask for a new code


class CheckIn(TypedDict, total=False):
    """One GPS fix. Metres, metres a second, degrees, percent; the phone's own clock."""

    id: str
    recorded_at: str
    lat: float
    lon: float
    accuracy_m: float | None
    speed_mps: float | None
    battery_pct: float | None
    source: Literal["gps", "network", "manual"] | None


class Event(TypedDict):
    """One fact of the stream; `data` is the assignment, notice, alert or drill as it stands."""

    type: Literal["event"]
    seq: int
    previous: int
    kind: str
    at: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Enrolled:
    """Who this phone is. Keep the token in the keystore; the server has only its hash."""

    server: str
    token: str
    device_id: str
    person: str


def now_text() -> str:
    """Return the phone's clock as the wire has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def enrol(server: str, code: str, *, name: str) -> Enrolled:
    """Redeem a one-time code. Raises httpx.HTTPStatusError: 400 bad_code, 429 with Retry-After."""
    async with httpx.AsyncClient(base_url=server, timeout=30) as http:
        answer = await http.post(
            "/api/v1/devices/enrol", json={"code": code, "name": name, "platform": "android"}
        )
        answer.raise_for_status()
    told = answer.json()
    return Enrolled(server, told["token"], told["device_id"], told["person"]["name"])


class Outbox:
    """What must reach the server, on disk before anything else: it survives a dead battery.

    Actions go in the order in which they were made. Each has its own id or is harmless to repeat,
    so that it may be sent until it is answered.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS waiting (n INTEGER PRIMARY KEY, path TEXT, body TEXT)"
        )
        self._db.commit()

    def put(self, path: str, body: dict[str, Any] | CheckIn) -> None:
        """Keep one action; check-ins are those whose path is `check-ins`."""
        with self._db:
            self._db.execute(
                "INSERT INTO waiting (path, body) VALUES (?, ?)", (path, json.dumps(body))
            )

    def first_action(self) -> tuple[int, str, dict[str, Any]] | None:
        """Return the oldest action that is no check-in."""
        row = self._db.execute(
            "SELECT n, path, body FROM waiting WHERE path <> 'check-ins' ORDER BY n LIMIT 1"
        ).fetchone()
        return None if row is None else (row[0], row[1], json.loads(row[2]))

    def check_ins(self) -> dict[int, CheckIn]:
        """Return the oldest check-ins, as many as one request takes."""
        rows = self._db.execute(
            "SELECT n, body FROM waiting WHERE path = 'check-ins' ORDER BY n LIMIT ?", (BATCH_MAX,)
        )
        return {n: json.loads(body) for n, body in rows}

    def drop(self, *numbers: int) -> None:
        """Forget what the server has."""
        with self._db:
            self._db.executemany("DELETE FROM waiting WHERE n = ?", [(n,) for n in numbers])

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM waiting").fetchone()[0])


@dataclass
class Place:
    """Where this phone is in the stream. Keep it on disk beside the events themselves."""

    seq: int = 0
    epoch: str | None = None


@dataclass
class Phone:
    """One enrolled phone: a socket that comes back, and an outbox that empties itself."""

    me: Enrolled
    outbox: Outbox
    place: Place = field(default_factory=Place)
    heard_server_time: tuple[str, str] | None = None  # (the server's, ours at that moment)
    socket: ClientConnection | None = None

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.me.token}", "Accept-Language": "id"}

    # --- what the crew does

    def press(self, assignment_id: str, step: str, **more: str) -> None:
        """Take a step (acknowledge, en-route, on-scene, complete, decline) at this moment."""
        self.outbox.put(f"assignments/{assignment_id}/{step}", {"at": now_text(), **more})

    def write(self, assignment_id: str, text: str) -> None:
        """Add a note to an assignment."""
        body = {"id": str(uuid4()), "at": now_text(), "text": text}
        self.outbox.put(f"assignments/{assignment_id}/notes", body)

    def call_for_help(self, kind: Literal["backup", "emergency"]) -> str:
        """Ask for help; return the id under which `alert.updated` will speak of it."""
        alert_id = str(uuid4())
        self.outbox.put("alerts", {"id": alert_id, "kind": kind, "at": now_text()})
        return alert_id

    def answer_drill(self, drill_id: str) -> None:
        """Say that the test alarm was heard."""
        self.outbox.put(f"drills/{drill_id}/reply", {"id": str(uuid4()), "at": now_text()})

    def is_at(self, lat: float, lon: float, *, accuracy_m: float, speed_mps: float) -> None:
        """Record a fix; also when standing still."""
        fix = CheckIn(
            id=str(uuid4()),
            recorded_at=now_text(),
            lat=lat,
            lon=lon,
            accuracy_m=accuracy_m,
            speed_mps=speed_mps,
            source="gps",
        )
        self.outbox.put("check-ins", fix)

    # --- the stream

    async def events(self) -> AsyncIterator[Event]:
        """Hear every event once, for ever; come back with patience after every break.

        Yields after the event was confirmed as received: store it before you show it, and say
        `seen` once a person had it on the screen.
        """
        failures = 0
        while True:
            try:
                async for event in self._one_connection():
                    failures = 0
                    yield event
            except (OSError, WebSocketException, TimeoutError):
                pass
            if self.socket is not None and self.socket.close_code == FORGET_ME:
                return
            pause_s = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
            failures += 1
            await asyncio.sleep(pause_s * (0.5 + random() / 2))  # not all phones at once

    async def seen(self, seq: int) -> None:
        """Say that one event was shown to a person."""
        if self.socket is not None:
            await self.socket.send(json.dumps({"type": "seen", "seq": seq}))

    async def _one_connection(self) -> AsyncIterator[Event]:
        url = self.me.server.replace("http", "ws", 1) + "/ws/stream/"
        async with connect(url, additional_headers=self._headers) as socket:
            self.socket = socket
            resume = {"type": "resume", "after": self.place.seq, "epoch": self.place.epoch}
            await socket.send(json.dumps(resume))
            async for text in socket:
                frame = json.loads(text)
                if "server_time" in frame:
                    self.heard_server_time = (frame["server_time"], now_text())
                if frame["type"] == "welcome":
                    self.place.epoch = frame["epoch"]
                elif frame["type"] == "reset":
                    # Fetch GET /api/v1/assignments?state=open, then go on from here.
                    self.place = Place(frame["last_seq"], frame["epoch"])
                    return
                elif frame["type"] == "event":
                    if frame["previous"] != self.place.seq:
                        return  # something was missed: resume from where we are
                    self.place.seq = frame["seq"]
                    await socket.send(json.dumps({"type": "received", "seq": frame["seq"]}))
                    yield frame

    # --- the outbox

    async def empty_outbox(self) -> None:
        """Send what waits until nothing does; raises httpx errors for the caller's back-off."""
        async with httpx.AsyncClient(
            base_url=f"{self.me.server}/api/v1/", headers=self._headers, timeout=30
        ) as http:
            while (action := self.outbox.first_action()) is not None:
                number, path, body = action
                _settled(await http.post(path, json=body))
                self.outbox.drop(number)
            while waiting := self.outbox.check_ins():
                answer = _settled(await http.post("check-ins", json=self._upload(waiting)))
                # stored and duplicate are safe there; a rejected one will never be taken.
                self.outbox.drop(*waiting)
                self.heard_server_time = (answer.json()["server_time"], now_text())
            await http.post("status", json={"unsent": len(self.outbox)})

    def _upload(self, waiting: dict[int, CheckIn]) -> dict[str, Any]:
        body: dict[str, Any] = {"check_ins": list(waiting.values()), "sent_at": now_text()}
        if self.heard_server_time is not None:
            server_time, at = self.heard_server_time
            body["server_time_seen"] = {"server_time": server_time, "at": at}
        return body

    async def keep_sending(self, every_s: float = 1.0) -> None:
        """Empty the outbox for ever, with patience while there is no network."""
        failures = 0
        while True:
            try:
                await self.empty_outbox()
                failures = 0
            except (httpx.TransportError, httpx.HTTPStatusError):
                failures += 1
            wait_s = BACK_OFF_S[min(failures, len(BACK_OFF_S)) - 1] if failures else every_s
            await asyncio.sleep(wait_s)

    # --- before the emergency

    async def report_ready(self, lat: float, lon: float) -> dict[str, Any]:
        """Report at the start of a duty; the answer names every check that failed."""
        at = now_text()
        body = {
            "id": str(uuid4()),
            "at": at,
            "app_version": "1.0.0",
            "platform": "Android 14",
            "socket": self.socket is not None and self.socket.close_code is None,
            "push": "untested",
            "location_permission": "granted",
            "fix": {"lat": lat, "lon": lon, "accuracy_m": 8.0, "recorded_at": at},
            "battery_pct": 80,
            "battery_saver": False,
            "unsent": len(self.outbox),
        }
        async with httpx.AsyncClient(base_url=self.me.server, headers=self._headers) as http:
            answer = await http.post("/api/v1/readiness", json=body)
            answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told


def _settled(answer: httpx.Response) -> httpx.Response:
    """Return an answer after which the action must not be sent again.

    So are all 4xx but these: 401 (forget the token), 408 and 429 (later). 409 illegal_step carries
    the assignment as it stands; show it. Raises httpx.HTTPStatusError for what is to be repeated.
    """
    if answer.status_code in (401, 408, 429) or answer.status_code >= 500:
        answer.raise_for_status()
    return answer


async def drive(phone: Phone, *, lat: float, lon: float, every_s: float = 10.0) -> None:
    """Check in while driving north at 12 m/s, for ever."""
    while True:
        phone.is_at(lat, lon, accuracy_m=8.0, speed_mps=12.0)
        await asyncio.sleep(every_s)
        lat += 12.0 * every_s / 111_195


async def main(server: str, code: str) -> None:
    """Be a crew's phone until it is revoked or stopped."""
    me = await enrol(server, code, name="docs/phone-client.py")
    print(f"enrolled as {me.person}", flush=True)
    phone = Phone(me, Outbox(Path(f"outbox-{me.device_id}.sqlite3")))
    sending = asyncio.create_task(phone.keep_sending())
    driving: asyncio.Task[None] | None = None
    async for event in phone.events():
        print(f"{event['seq']} {event['kind']}", flush=True)
        await phone.seen(event["seq"])
        if event["kind"] == "assignment.dispatched":
            phone.press(event["data"]["id"], "acknowledge")
            phone.press(event["data"]["id"], "en-route")
            driving = driving or asyncio.create_task(
                drive(phone, lat=-0.79948, lon=100.65278, every_s=2.0)
            )
        elif event["kind"] == "drill.called":
            phone.answer_drill(event["data"]["id"])
        elif event["data"].get("state") in ("completed", "cancelled") and driving is not None:
            driving.cancel()
            driving = None
    sending.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1].rstrip("/"), sys.argv[2]))
