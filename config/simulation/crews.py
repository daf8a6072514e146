"""A crew: a vehicle, the phones in it, and what it is doing with the assignment it has."""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field
from typing import Any

from config.simulation import places
from config.simulation.behaviours import DRIVES, WRONG_CLOCK, Behaviour
from config.simulation.driving import Vehicle
from config.simulation.phone import CLOSED_STATES, Phone
from config.simulation.roads import Point, distance_m

AWAY_M = 600.0
"""How far an incident must lie for a drive to it to count as movement, with room to spare."""

KEPT = 50
"""How many assignments a crew remembers."""


@dataclass(slots=True)
class Heard:
    """When this crew first heard of an assignment, and what it last heard of it."""

    first_s: float
    assignment: dict[str, Any]
    closed: asyncio.Event = field(default_factory=asyncio.Event)


class Crew:
    """One unit's crew. The first phone presses the buttons, the others ride along.

    `pace` shortens every wait of people (never a drive): 2.0 means half as long.
    """

    def __init__(
        self, *, unit_id: Any, call_sign: str, vehicle: Vehicle, pace: float, rng: random.Random
    ) -> None:
        self.unit_id = unit_id
        self.call_sign = call_sign
        self.vehicle = vehicle
        self.pace = pace
        self.rng = rng
        self.phones: list[Phone] = []
        self.heard: dict[str, Heard] = {}
        self.next_behaviour: Behaviour | None = None
        self.reserved = False
        self._acting: set[asyncio.Task[None]] = set()

    @property
    def leader(self) -> Phone:
        """Give the phone on which the buttons are pressed."""
        return self.phones[0]

    @property
    def has_wrong_clock(self) -> bool:
        """Say whether the leader's phone shows a wrong time."""
        return abs(self.leader.traits.clock_offset_s) > 60.0

    @property
    def is_free(self) -> bool:
        """Say whether it stands, has nothing to do, and no dispatcher thinks of it."""
        return not self.reserved and not self._acting and self.vehicle.is_parked(time.time())

    @property
    def position(self) -> Point:
        """Give where it truly is now."""
        here = self.vehicle.at(time.time())
        return here.lat, here.lon

    async def pause(self, low_s: float, high_s: float) -> None:
        """Let the crew take its time: between `low_s` and `high_s`, over the pace."""
        await asyncio.sleep(self.rng.uniform(low_s, high_s) / self.pace)

    def press(self, assignment_id: str, step: str, **body: Any) -> None:
        """Press a button on the leader's phone."""
        self.leader.press(assignment_id, step, **body)

    def go_dark(self) -> None:
        """Lose the signal of every phone."""
        for phone in self.phones:
            phone.online.clear()

    def come_back(self) -> None:
        """Find the signal again."""
        for phone in self.phones:
            phone.online.set()

    def mock(self, *, mocking: bool) -> None:
        """Turn an app on or off that makes positions up, as the phones then admit."""
        for phone in self.phones:
            phone.mocking = mocking

    def on_assignment(
        self, phone: Phone, kind: str, assignment: dict[str, Any], heard_s: float
    ) -> None:
        """Hear an assignment frame on one phone; the first one sets the crew to work."""
        known = self.heard.get(assignment["id"])
        closed = assignment["state"] in CLOSED_STATES
        if known is not None:
            known.assignment = assignment
        else:
            known = self.heard[assignment["id"]] = Heard(heard_s, assignment)
            for oldest in list(self.heard)[:-KEPT]:
                del self.heard[oldest]
            if not closed:
                self._start(known)
        if closed:
            known.closed.set()

    def _start(self, heard: Heard) -> None:
        behaviour = self.next_behaviour or (WRONG_CLOCK if self.has_wrong_clock else DRIVES)
        self.next_behaviour = None
        for returning in self._acting:
            returning.cancel()
        task = asyncio.create_task(self._work(heard, behaviour))
        self._acting.add(task)
        task.add_done_callback(self._acting.discard)

    async def _work(self, heard: Heard, behaviour: Behaviour) -> None:
        """Act until done or until the assignment is closed, then go home."""
        acting = asyncio.ensure_future(behaviour.act(self, heard.assignment))
        closing = asyncio.ensure_future(heard.closed.wait())
        try:
            await asyncio.wait({acting, closing}, return_when=asyncio.FIRST_COMPLETED)
            if acting.done():
                acting.result()
                await closing
        finally:
            for task in (acting, closing):
                task.cancel()
            await asyncio.gather(acting, closing, return_exceptions=True)
            self.recover()
        await self.pause(20.0, 60.0)
        drive = self.vehicle.drive_to(self.vehicle.home, starts_s=time.time())
        await asyncio.sleep(max(0.0, drive.arrives_s - time.time()))

    def recover(self) -> None:
        """Leave nothing of a behaviour behind."""
        self.mock(mocking=False)
        self.come_back()
        self.vehicle.stop(time.time())

    def place_of(self, assignment: dict[str, Any]) -> Point:
        """Give where the incident is, or some place worth driving to where nobody knows."""
        incident = assignment["incident"]
        if incident.get("lat") is not None and incident.get("lon") is not None:
            return incident["lat"], incident["lon"]
        return places.somewhere(self.rng, away_from=[self.position], away_m=AWAY_M).point

    def is_away_from(self, point: Point) -> bool:
        """Say whether an incident at `point` would make it drive."""
        return distance_m(self.position, point) >= AWAY_M

    async def stop_acting(self) -> None:
        """Drop everything; for the end of a run."""
        for task in list(self._acting):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._acting, return_exceptions=True)
