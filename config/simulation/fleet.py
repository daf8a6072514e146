"""The crews of a run: who is on which unit, their phones enrolled and living."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from config.simulation.crews import Crew
from config.simulation.driving import Vehicle
from config.simulation.noise import OPEN_SKY, TOWN, GpsNoise
from config.simulation.phone import Phone, PhoneTraits
from config.simulation.report import Report
from config.simulation.roads import CROSSINGS, Point, shifted
from config.simulation.wire import Refused, Wire

WRONG_CLOCK_S = 420.0
MODELS = ("Redmi 12C", "Galaxy A15", "Infinix Hot 40", "Oppo A18", "Vivo Y17s")


@dataclass(frozen=True, slots=True)
class Member:
    """A crew member and the one-time code for their phone; the unit is looked up where unknown."""

    username: str
    code: str
    unit_id: Any = None


class Fleet:
    """All crews; `run` lets their phones live until cancelled."""

    def __init__(
        self, *, url: str, client: httpx.AsyncClient, pace: float, rng: random.Random
    ) -> None:
        self._url = url
        self._client = client
        self._pace = pace
        self._rng = rng
        self.crews: list[Crew] = []

    @property
    def phones(self) -> list[Phone]:
        """Give every phone of every crew."""
        return [phone for crew in self.crews for phone in crew.phones]

    @property
    def server_ahead_s(self) -> float:
        """Give how far the server's clock is ahead of ours, from the quickest answer of all."""
        quickest = min(self.phones, key=lambda phone: phone.comparison.round_trip_s)
        return quickest.comparison.offset_s

    async def enrol(
        self, members: Sequence[Member], units: Sequence[dict[str, Any]], report: Report
    ) -> None:
        """Put each member on their unit and enrol a phone; who cannot be is left out and noted."""
        on_unit = {one["username"]: unit for unit in units for one in unit["crew"]}
        by_id = {unit["id"]: unit for unit in units}
        crews: dict[Any, Crew] = {}
        for number, member in enumerate(members):
            unit = by_id.get(member.unit_id) or on_unit.get(member.username)
            if unit is None:
                report.problem(f"{member.username}: on no unit")
                continue
            crew = crews.get(unit["id"]) or self._crew(unit, len(crews))
            phone = self._phone(crew, number)
            try:
                await phone.enrol(member.code)
            except Refused as refusal:
                report.problem(f"{member.username}: not enrolled, {refusal}")
                continue
            crew.phones.append(phone)
            crews[unit["id"]] = crew
        self.crews = list(crews.values())

    async def run(self) -> None:
        """Let every phone live until cancelled."""
        async with asyncio.TaskGroup() as lives:
            for phone in self.phones:
                lives.create_task(phone.run())

    async def all_connected(self, within_s: float) -> bool:
        """Wait until every phone holds its socket; False where that takes longer."""
        waiting = [phone.stream.connected.wait() for phone in self.phones]
        try:
            async with asyncio.timeout(within_s):
                await asyncio.gather(*waiting)
        except TimeoutError:
            return False
        return True

    def count(self, report: Report) -> None:
        """Add up what the phones sent, and what was refused."""
        for crew in self.crews:
            for phone in crew.phones:
                sent = phone.outbox.sent
                report.check_ins["stored"] += sent.stored
                report.check_ins["duplicate"] += sent.duplicate
                report.check_ins["rejected"] += sent.rejected
                for path, code in sent.refused_steps:
                    report.problem(f"{crew.call_sign}: {path} refused, {code}")
                for error in phone.stream.errors:
                    report.problem(f"{crew.call_sign}: socket said {error}")

    def _crew(self, unit: dict[str, Any], number: int) -> Crew:
        return Crew(
            unit_id=unit["id"],
            call_sign=unit["call_sign"],
            vehicle=Vehicle(self._home(unit, number), self._fork()),
            pace=self._pace,
            rng=self._fork(),
        )

    def _phone(self, crew: Crew, number: int) -> Phone:
        """Make a phone: each fifth is seven minutes fast, each third sends over HTTP."""
        rng = self._fork()
        fast = number % 5 == 3
        return Phone(
            url=self._url,
            wire=Wire(self._client, rng=rng),
            carrier=crew.vehicle,
            noise=GpsNoise(OPEN_SKY if number % 2 == 0 else TOWN, rng),
            traits=PhoneTraits(
                name=f"{MODELS[number % len(MODELS)]} {crew.call_sign}"[:60],
                clock_offset_s=WRONG_CLOCK_S if fast else 0.0,
                sends_by_socket=number % 3 != 2,
            ),
            rng=rng,
            on_assignment=crew.on_assignment,
        )

    def _home(self, unit: dict[str, Any], number: int) -> Point:
        """Give where a unit stands: its last position, or else a corner near a crossing."""
        position = unit.get("position")
        if position:
            return position["lat"], position["lon"]
        corner = list(CROSSINGS.values())[number % len(CROSSINGS)]
        return shifted(corner, self._rng.uniform(-60.0, 60.0), self._rng.uniform(-60.0, 60.0))

    def _fork(self) -> random.Random:
        return random.Random(self._rng.getrandbits(64))
