"""What a phone has yet to send: buttons pressed and check-ins, in order, kept until answered.

A phone without signal goes on filling it; nothing leaves it before the server said that it has it.
"""

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from config.simulation.wire import Refused, Unreachable, Wire, rfc3339

BATCH = 100
KEPT = 5_000
BUSY_PAUSE_S = 3.0


class NotConnected(Exception):
    """There is no open socket, or the answer over it did not come."""


class CheckInSocket(Protocol):
    """The part of the stream that carries check-ins."""

    async def send_check_ins(self, body: dict[str, Any]) -> dict[str, Any]:
        """Send a batch and give the server's answer. Raises NotConnected."""


class ServerTimeSeen:
    """The last server time heard, and what the phone's clock showed when it was heard."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._seen: dict[str, str] | None = None

    def heard(self, server_time: str) -> None:
        """Keep a server time that arrived just now."""
        self._seen = {"server_time": server_time, "at": rfc3339(self.clock())}

    def stamps(self) -> dict[str, Any]:
        """Give the two fields by which the server bounds this phone's clock, at sending."""
        stamps: dict[str, Any] = {"sent_at": rfc3339(self.clock())}
        if self._seen is not None:
            stamps["server_time_seen"] = self._seen
        return stamps


@dataclass(slots=True)
class Sent:
    """How many check-ins met which fate, and which steps were refused (path, code)."""

    stored: int
    duplicate: int
    rejected: int
    refused_steps: list[tuple[str, str]]


class Outbox:
    """Two queues, sent by `run` whenever the phone is online."""

    def __init__(
        self,
        wire: Wire,
        *,
        stream: CheckInSocket | None,
        online: asyncio.Event,
        seen: ServerTimeSeen,
        rng: random.Random,
    ) -> None:
        self._wire = wire
        self._stream = stream
        self._online = online
        self._seen = seen
        self._rng = rng
        self._steps: deque[tuple[str, dict[str, Any]]] = deque()
        self._check_ins: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._steps_wait = asyncio.Event()
        self._check_ins_wait = asyncio.Event()
        self.sent = Sent(0, 0, 0, [])

    def put_step(self, path: str, body: dict[str, Any]) -> None:
        """Keep a button press until it is answered."""
        self._steps.append((path, body))
        self._steps_wait.set()

    def put_check_in(self, check_in: dict[str, Any]) -> None:
        """Keep a check-in until it is answered; beyond 5,000 the oldest goes."""
        self._check_ins.append(check_in)
        self._check_ins_wait.set()

    @property
    def is_empty(self) -> bool:
        """Say whether everything was sent and answered."""
        return not self._steps and not self._check_ins

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send_steps())
            tasks.create_task(self._send_check_ins())

    async def _send_steps(self) -> None:
        while True:
            await self._steps_wait.wait()
            await self._online.wait()
            path, body = self._steps[0]
            try:
                await self._wire.call("POST", path, body, patience_s=20.0)
            except Unreachable:
                continue
            except Refused as refusal:
                self.sent.refused_steps.append((path, refusal.code))
            self._steps.popleft()
            if not self._steps:
                self._steps_wait.clear()

    async def _send_check_ins(self) -> None:
        while True:
            await self._check_ins_wait.wait()
            await self._online.wait()
            batch = [self._check_ins[n] for n in range(min(BATCH, len(self._check_ins)))]
            try:
                answer = await self._ask(batch)
            except (NotConnected, Unreachable):
                await asyncio.sleep(BUSY_PAUSE_S * self._rng.uniform(0.5, 1.5))
                continue
            except Refused:
                answer = {"results": [{"id": one["id"], "status": "rejected"} for one in batch]}
            self._count(answer["results"])
            self._forget({result["id"] for result in answer["results"]})

    async def _ask(self, batch: list[dict[str, Any]]) -> dict[str, Any]:
        """Send a batch over the socket where there is one, else over HTTP; the ids make it safe."""
        body = {"check_ins": batch, **self._seen.stamps()}
        if self._stream is not None:
            with contextlib.suppress(NotConnected):
                return await self._stream.send_check_ins(body)
            body = {"check_ins": batch, **self._seen.stamps()}
        answer: dict[str, Any] = await self._wire.call(
            "POST", "/api/v1/check-ins", body, patience_s=0.0
        )
        self._seen.heard(answer["server_time"])
        return answer

    def _count(self, results: list[dict[str, Any]]) -> None:
        for result in results:
            if result["status"] == "stored":
                self.sent.stored += 1
            elif result["status"] == "duplicate":
                self.sent.duplicate += 1
            else:
                self.sent.rejected += 1

    def _forget(self, ids: set[str]) -> None:
        while self._check_ins and self._check_ins[0]["id"] in ids:
            self._check_ins.popleft()
        if not self._check_ins:
            self._check_ins_wait.clear()
