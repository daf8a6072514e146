"""The event stream as a phone follows it: resume, receive, acknowledge receipt, come back.

It keeps the number of the last event heard and the journal's epoch, hands each event on once, and
reconnects with jitter, so that a thousand phones do not all come back in the same second.
"""

import asyncio
import itertools
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from config.simulation.outbox import NotConnected, ServerTimeSeen
from config.simulation.wire import Refused, Unreachable, Wire

REFUSED_CLOSES = frozenset({4401, 4403})
ANSWER_WITHIN_S = 15.0
LONGEST_PAUSE_S = 30.0
SILENCE_HEARTBEATS = 2.5

Listener = Callable[[str, dict[str, Any]], Awaitable[None]]


class TokenRefused(Exception):
    """The server no longer knows this phone: there is nothing to come back to."""


class MissedEvent(Exception):
    """A frame does not follow the one before it; resume from what is known."""


LOST = (OSError, TimeoutError, InvalidHandshake, MissedEvent, NotConnected, Unreachable)


def stream_url(url: str) -> str:
    """Give the websocket's address on the server at `url`."""
    parts = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}[parts.scheme]
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + "/ws/stream/", "", ""))


class Stream:
    """One phone's socket; `run` keeps it open while the phone is online."""

    def __init__(
        self,
        *,
        url: str,
        wire: Wire,
        online: asyncio.Event,
        seen: ServerTimeSeen,
        rng: random.Random,
    ) -> None:
        self._url = stream_url(url)
        self._wire = wire
        self._online = online
        self._seen = seen
        self._rng = rng
        self._socket: ClientConnection | None = None
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._references = itertools.count(1)
        self.after = 0
        self.epoch: str | None = None
        self.connected = asyncio.Event()
        self.errors: list[str] = []

    async def run(self, listener: Listener) -> None:
        """Follow the stream until cancelled. Raises TokenRefused where the token is refused."""
        pause_s = 1.0
        while True:
            await self._online.wait()
            try:
                if await self._follow(listener):
                    pause_s = 1.0
            except ConnectionClosed as closed:
                if closed.rcvd is not None and closed.rcvd.code in REFUSED_CLOSES:
                    raise TokenRefused from closed
            except LOST:
                pass
            await asyncio.sleep(pause_s * self._rng.uniform(0.5, 1.5))
            pause_s = min(pause_s * 2.0, LONGEST_PAUSE_S)

    async def send_check_ins(self, body: dict[str, Any]) -> dict[str, Any]:
        """Send a batch over the open socket. Raises NotConnected where no answer comes."""
        if self._socket is None or not self.connected.is_set():
            raise NotConnected
        reference = next(self._references)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[reference] = answer
        try:
            await self._say({"type": "check_ins", "ref": reference, **body})
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await answer
        except (ConnectionClosed, TimeoutError) as problem:
            raise NotConnected from problem
        finally:
            self._answers.pop(reference, None)

    async def _follow(self, listener: Listener) -> bool:
        """Hold one connection; give True where it got as far as a welcome."""
        headers = {"Authorization": f"Bearer {self._wire.token}"}
        async with connect(
            self._url, additional_headers=headers, proxy=None, max_size=2**22, close_timeout=2
        ) as socket:
            self._socket = socket
            reading = asyncio.ensure_future(self._read(socket, listener))
            dark = asyncio.ensure_future(self._until_offline())
            try:
                await asyncio.wait({reading, dark}, return_when=asyncio.FIRST_COMPLETED)
                welcomed = self.connected.is_set()
                if reading.done():
                    reading.result()
                return welcomed
            finally:
                await self._hang_up(reading, dark)

    async def _hang_up(self, *tasks: asyncio.Future[None]) -> None:
        self.connected.clear()
        self._socket = None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(NotConnected())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _until_offline(self) -> None:
        while self._online.is_set():
            await asyncio.sleep(0.2)

    async def _read(self, socket: ClientConnection, listener: Listener) -> None:
        resume: dict[str, Any] = {"type": "resume", "after": self.after}
        if self.epoch is not None:
            resume["epoch"] = self.epoch
        await self._say(resume)
        heartbeat_s = 20.0
        while True:
            async with asyncio.timeout(SILENCE_HEARTBEATS * heartbeat_s):
                text = await socket.recv()
            frame = json.loads(text)
            if "server_time" in frame:
                self._seen.heard(frame["server_time"])
            if frame["type"] == "welcome":
                self.epoch = frame["epoch"]
                heartbeat_s = float(frame.get("heartbeat_s", heartbeat_s))
                self.connected.set()
            else:
                await self._take(frame, listener)

    async def _take(self, frame: dict[str, Any], listener: Listener) -> None:
        kind = frame["type"]
        if kind == "event":
            await self._take_event(frame, listener)
        elif kind == "reset":
            await self._start_anew(frame, listener)
        elif kind in ("check_ins_result", "error"):
            self._take_answer(frame)

    async def _take_event(self, frame: dict[str, Any], listener: Listener) -> None:
        if frame["seq"] <= self.after:
            return
        if frame["previous"] != self.after:
            raise MissedEvent
        self.after = frame["seq"]
        await listener(frame["kind"], frame["data"])
        await self._say({"type": "received", "seq": self.after})

    async def _start_anew(self, frame: dict[str, Any], listener: Listener) -> None:
        """Follow a reset: fetch the open assignments, then resume from the journal's end."""
        try:
            answer = await self._wire.call("GET", "/api/v1/assignments?state=open")
        except Refused as refusal:
            raise TokenRefused from refusal
        self.after, self.epoch = frame["last_seq"], frame["epoch"]
        await self._say({"type": "resume", "after": self.after, "epoch": self.epoch})
        for assignment in answer["results"]:
            await listener("assignment.updated", assignment)

    def _take_answer(self, frame: dict[str, Any]) -> None:
        answer = self._answers.get(frame.get("ref", 0))
        if frame["type"] == "error":
            self.errors.append(f"{frame.get('code')}: {frame.get('message')}")
            if answer is not None and not answer.done():
                answer.set_exception(NotConnected())
        elif answer is not None and not answer.done():
            answer.set_result(frame)

    async def _say(self, frame: dict[str, Any]) -> None:
        if self._socket is None:
            raise NotConnected
        await self._socket.send(json.dumps(frame))
