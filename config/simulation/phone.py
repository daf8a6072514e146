"""One crew member's phone: enrols, listens, reports where it is, sends what was pressed.

It knows of the server what a real app knows: the contract. What its owner does is in behaviours.py,
where it is comes from the vehicle it rides in; stream and outbox are in modules of their own.
"""

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from config.simulation.driving import Motion
from config.simulation.noise import GpsNoise
from config.simulation.outbox import Outbox, ServerTimeSeen
from config.simulation.roads import shifted
from config.simulation.stream import Stream, TokenRefused
from config.simulation.wire import ClockComparison, Refused, Unreachable, Wire, rfc3339

CLOSED_STATES = frozenset({"completed", "declined", "cancelled"})
TAIL_S = 60.0
"""How long check-ins go on after the assignment closed."""
FREE_PERIOD_S = 300.0


class Carrier(Protocol):
    """What a phone rides in."""

    def at(self, now_s: float) -> Motion:
        """Give where it truly is at `now_s`."""


@dataclass(frozen=True, slots=True)
class PhoneTraits:
    """What is particular about one phone for as long as it lives."""

    name: str
    clock_offset_s: float = 0.0
    sends_by_socket: bool = True


class Phone:
    """A phone; `run` is its life. `on_assignment` hears each assignment frame once, in order."""

    def __init__(
        self,
        *,
        url: str,
        wire: Wire,
        carrier: Carrier,
        noise: GpsNoise,
        traits: PhoneTraits,
        rng: random.Random,
        on_assignment: Callable[["Phone", str, dict[str, Any], float], None],
    ) -> None:
        self._wire = wire
        self._carrier = carrier
        self._noise = noise
        self.traits = traits
        self._rng = rng
        self._on_assignment = on_assignment
        self.mocking = False
        self.battery_pct = rng.uniform(55.0, 98.0)
        self.online = asyncio.Event()
        self.online.set()
        self._open: set[str] = set()
        self._closed: set[str] = set()
        self._tail_until_s = 0.0
        self._wake = asyncio.Event()
        seen = ServerTimeSeen(self.clock)
        self.stream = Stream(url=url, wire=wire, online=self.online, seen=seen, rng=rng)
        self.outbox = Outbox(
            wire,
            stream=self.stream if traits.sends_by_socket else None,
            online=self.online,
            seen=seen,
            rng=rng,
        )
        self.person: dict[str, Any] = {}
        self.movement_target_s = 600.0

    def clock(self) -> float:
        """Give what the phone's own clock shows, in seconds since 1970: maybe minutes wrong."""
        return time.time() + self.traits.clock_offset_s

    @property
    def comparison(self) -> ClockComparison:
        """Give what this phone's requests told of the server's clock."""
        return self._wire.comparison

    async def enrol(self, code: str) -> None:
        """Trade a one-time code for a token, and ask who one is. Raises Refused for a bad code."""
        answer = await self._wire.call(
            "POST",
            "/api/v1/devices/enrol",
            {"code": code, "name": self.traits.name, "platform": "android"},
            patience_s=300.0,
        )
        self._wire.token = answer["token"]
        self.person = answer["person"]
        me = await self._wire.call("GET", "/api/v1/me")
        self.movement_target_s = float(me["movement_target_s"])

    async def run(self) -> None:
        """Live until cancelled, or until the server revokes this phone."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.stream.run(self._heard))
                tasks.create_task(self._report_positions())
                tasks.create_task(self._report_ready())
                tasks.create_task(self.outbox.run())
        except* TokenRefused:
            self.online.clear()

    def press(self, assignment_id: str, step: str, **body: Any) -> None:
        """Press a button now; it is sent as soon as the phone can, with the time it was pressed."""
        path = f"/api/v1/assignments/{assignment_id}/{step}"
        self.outbox.put_step(path, {"at": rfc3339(self.clock()), **body})

    async def _heard(self, kind: str, data: dict[str, Any]) -> None:
        heard_s = time.time()
        if not kind.startswith("assignment."):
            return
        if data["state"] in CLOSED_STATES:
            self._closed.add(data["id"])
            if data["id"] in self._open:
                self._open.discard(data["id"])
                self._tail_until_s = heard_s + TAIL_S
        elif data["id"] not in self._closed:
            self._open.add(data["id"])
        self._wake.set()
        self._on_assignment(self, kind, data, heard_s)

    async def _report_ready(self) -> None:
        """Say at the start of the duty that this phone works, as an app does."""
        fix = self.fix()
        report = {
            "id": str(uuid.uuid4()),
            "at": rfc3339(self.clock()),
            "app_version": "simulation",
            "platform": "Android 14",
            "socket": True,
            "push": "unavailable",
            "location_permission": "granted",
            "fix": {name: fix[name] for name in ("lat", "lon", "accuracy_m", "recorded_at")},
            "battery_pct": round(self.battery_pct),
            "battery_saver": False,
            "unsent": 0,
        }
        with contextlib.suppress(Refused, Unreachable):
            await self._wire.call("POST", "/api/v1/readiness", report)

    async def _report_positions(self) -> None:
        """Take a fix each 5 to 10 s on an assignment, each 5 minutes else, and one at an alarm."""
        while True:
            self.outbox.put_check_in(self.fix())
            busy = bool(self._open) or time.time() < self._tail_until_s
            period_s = self._rng.uniform(5.0, 10.0) if busy else FREE_PERIOD_S
            with contextlib.suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it may swallow a cancellation.
                async with asyncio.timeout(period_s):
                    await self._wake.wait()
            self._wake.clear()

    def fix(self) -> dict[str, Any]:
        """Take one fix now, as the contract's check-in."""
        now_s = time.time()
        truth = self._carrier.at(now_s)
        lat, lon = shifted((truth.lat, truth.lon), *self._noise.error_m(now_s))
        self.battery_pct = max(5.0, self.battery_pct - 0.01)
        check_in = {
            "id": str(uuid.uuid4()),
            "recorded_at": rfc3339(self.clock()),
            "lat": round(lat, 7),
            "lon": round(lon, 7),
            "accuracy_m": self._noise.accuracy_m(),
            "battery_pct": round(self.battery_pct),
            "is_mock": self.mocking,
            "source": "gps",
        }
        speed_mps = self._noise.speed_mps(truth.speed_mps)
        if speed_mps is not None:
            check_in["speed_mps"] = speed_mps
        if truth.heading_deg is not None:
            check_in["heading_deg"] = round(truth.heading_deg, 1)
        return check_in
