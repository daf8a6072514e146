"""A dispatcher as the simulation plays it: answers calls, opens incidents, sends units, closes.

It works through the desk's public API alone. How a crew will behave is agreed with the crew
beforehand, as in a drill; the server is not told. Watching what becomes of it: watching.py.
"""

import asyncio
import random
import time
import uuid
from collections.abc import Sequence
from typing import Any

from config.simulation import places
from config.simulation.behaviours import DRIVES, WRONG_CLOCK, Behaviour
from config.simulation.crews import Crew
from config.simulation.desk import Desk, Telephony
from config.simulation.report import Record, Report
from config.simulation.roads import Point
from config.simulation.watching import Watch
from config.simulation.wire import Refused, epoch_s

PLENTY_FREE = 4
"""So many free crews that a second one can be spared."""
NUISANCES = (
    ("prank", "Suara anak-anak tertawa, tidak ada kejadian."),
    ("ghost", "Tidak ada suara selama 30 detik."),
    ("information", "Menanyakan nomor Dukcapil."),
)


class NobodyFree(Exception):
    """Every crew is busy or already where the incident is."""


class Dispatcher:
    """One dispatcher with one desk; `incident` is one incident from the ring to the closing."""

    def __init__(
        self,
        *,
        desk: Desk,
        telephony: Telephony | None,
        crews: Sequence[Crew],
        report: Report,
        pace: float,
        rng: random.Random,
    ) -> None:
        self._desk = desk
        self._telephony = telephony
        self._crews = crews
        self._report = report
        self._pace = pace
        self._rng = rng
        self.ending = asyncio.Event()
        self._watch = Watch(desk, report=report, ending=self.ending)

    async def nuisance_call(self) -> None:
        """Answer a call that is no emergency, and say which kind it was."""
        if self._telephony is None:
            return
        call_class, note = self._rng.choice(NUISANCES)
        call_id, caller = self._call_id(), places.caller(self._rng)
        await self._telephony.tell(call_id, "ringing", caller["phone"])
        await self._pause(2.0, 5.0)
        if self._rng.random() < 0.2:
            await self._telephony.tell(call_id, "abandoned", caller["phone"])
            self._report.calls["abandoned"] += 1
            return
        await self._telephony.tell(call_id, "answered", caller["phone"])
        await self._pause(10.0, 30.0)
        await self._telephony.tell(call_id, "ended", caller["phone"])
        await self._desk.classify(call_id, call_class, note)
        self._report.calls[call_class] += 1

    async def incident(self, behaviour: Behaviour) -> None:
        """Take one report from the call to the closing. Raises NobodyFree before anything began."""
        reported, crew = self._somewhere_with_a_crew()
        crew.reserved = True
        crews = [crew]
        try:
            incident, call = await self._open(reported)
            await self._pause(1.0, 4.0)
            crews = await self._choose(incident["id"], reported.place.point, crew)
            await self._work_side_by_side(incident, crews, behaviour, reported.place.point)
            if call is not None and self._telephony is not None:
                await self._telephony.tell(*call)
        finally:
            for one in crews:
                one.reserved = False
        await self._close(incident["id"])

    async def _open(
        self, reported: places.Report
    ) -> tuple[dict[str, Any], tuple[str, str, str] | None]:
        """Answer the call and open the incident; give it, and the call's end, to be told later."""
        caller, call_id = places.caller(self._rng), None
        if self._telephony is not None:
            call_id = self._call_id()
            await self._telephony.tell(call_id, "ringing", caller["phone"])
            await self._pause(1.0, 4.0)
            await self._telephony.tell(call_id, "answered", caller["phone"])
        answered_s = time.time()
        await self._pause(3.0, 10.0)
        incident = await self._desk.open_incident(
            reported, call_id=call_id, caller=caller, answered_s=answered_s
        )
        self._report.incidents += 1
        self._report.calls["emergency"] += 1
        return incident, None if call_id is None else (call_id, "ended", caller["phone"])

    async def _choose(self, incident_id: str, point: Point, reserved: Crew) -> list[Crew]:
        """Choose one crew or two as recommended, of those that are free and would have to drive."""
        able = {c.unit_id: c for c in self._crews if c.is_free and c.is_away_from(point)}
        wanted = 2 if len(able) >= PLENTY_FREE and self._rng.random() < 0.5 else 1
        able[reserved.unit_id] = reserved
        recommended = await self._desk.recommended_units(incident_id)
        chosen = [able[unit_id] for unit_id in recommended if unit_id in able][:wanted]
        reserved.reserved = False
        for crew in chosen or [reserved]:
            crew.reserved = True
        return chosen or [reserved]

    async def _work_side_by_side(
        self, incident: dict[str, Any], crews: Sequence[Crew], behaviour: Behaviour, point: Point
    ) -> None:
        """Let the first crew behave as agreed and the others drive; raises what one of them met."""
        behaviours = [behaviour, *(DRIVES for _ in crews[1:])]
        ends = await asyncio.gather(
            *(
                self._work_through(incident, crew, acts, point)
                for crew, acts in zip(crews, behaviours, strict=True)
            ),
            return_exceptions=True,
        )
        for end in ends:
            if end is not None:
                raise end

    async def _work_through(
        self, incident: dict[str, Any], crew: Crew, behaviour: Behaviour, point: Point
    ) -> None:
        """Send a crew and, should it not go, another one."""
        record = await self._send(incident["id"], crew, behaviour)
        if record is None:
            return
        await self._watch.follow(incident["id"], record, crew, behaviour)
        wanting = behaviour.stays_open or record.state == "declined"
        others = [c for c in self._crews if c.is_free and c.is_away_from(point)]
        if not wanting or not others or self.ending.is_set():
            return
        other = self._rng.choice(others)
        other.reserved = True
        try:
            record = await self._send(incident["id"], other, DRIVES)
            if record is not None:
                await self._watch.follow(incident["id"], record, other, DRIVES)
        finally:
            other.reserved = False

    async def _send(self, incident_id: str, crew: Crew, behaviour: Behaviour) -> Record | None:
        """Agree with the crew how it will behave, and send it; None where the server refuses."""
        if crew.has_wrong_clock and behaviour is DRIVES:
            behaviour = WRONG_CLOCK
        crew.next_behaviour = behaviour
        if behaviour.dark:
            crew.go_dark()
            await asyncio.sleep(2.0)
        asked_s = time.time()
        try:
            assignment = await self._desk.send(incident_id, crew.unit_id)
        except Refused as refusal:
            self._report.problem(f"{crew.call_sign}: not sent, {refusal}")
            crew.next_behaviour = None
            crew.come_back()
            return None
        record = Record(
            assignment_id=assignment["id"],
            unit=crew.call_sign,
            behaviour=behaviour.name,
            verdicts=behaviour.verdicts,
            asked_s=asked_s,
            dispatched_s=epoch_s(assignment["dispatched_at"]),
            move_by_s=epoch_s(assignment["move_by"]),
        )
        self._report.records.append(record)
        return record

    async def _close(self, incident_id: str) -> None:
        try:
            await self._desk.close(incident_id, "handled", "Penanganan selesai.")
        except Refused as refusal:
            self._report.problem(f"incident {incident_id}: not closed, {refusal}")

    def _somewhere_with_a_crew(self) -> tuple[places.Report, Crew]:
        free = [crew for crew in self._crews if crew.is_free]
        for _ in range(30):
            reported = places.report(self._rng, away_from=[], away_m=0.0)
            able = [crew for crew in free if crew.is_away_from(reported.place.point)]
            if able:
                return reported, self._rng.choice(able)
        raise NobodyFree

    async def _pause(self, low_s: float, high_s: float) -> None:
        await asyncio.sleep(self._rng.uniform(low_s, high_s) / self._pace)

    def _call_id(self) -> str:
        return f"sim-{uuid.uuid4().hex[:12]}"
