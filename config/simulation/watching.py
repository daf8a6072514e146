"""Watching an assignment from the desk: was it received, is it red, did they move, is it closed?"""

import asyncio
import time
from typing import Any

from config.simulation.behaviours import Behaviour
from config.simulation.crews import Crew
from config.simulation.desk import Desk
from config.simulation.phone import CLOSED_STATES
from config.simulation.report import Record, Report
from config.simulation.wire import Refused, epoch_s

LOOK_S = 2.0
SECOND_THOUGHT_S = 60.0
"""How long after the closing a verdict may still be put right by check-ins that came late."""


class Watch:
    """One pair of eyes on the desk; `follow` watches one assignment to its end."""

    def __init__(self, desk: Desk, *, report: Report, ending: asyncio.Event) -> None:
        self._desk = desk
        self._report = report
        self._ending = ending

    async def follow(
        self, incident_id: str, record: Record, crew: Crew, behaviour: Behaviour
    ) -> None:
        """Watch an assignment until it is closed and judged, or until the run ends."""
        while True:
            await self._look(incident_id, record, crew)
            closed = record.state in CLOSED_STATES
            if closed and self._is_settled(record, behaviour):
                break
            if self._ending.is_set():
                await self._cancel(record, "Simulasi selesai.")
                break
            if behaviour.stays_open and record.verdict != "pending" and not closed:
                await self._cancel(record, "Regu tidak terbukti bergerak, dikirim regu lain.")
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._ending.wait()
            except TimeoutError:
                continue
        crew.come_back()

    def _is_settled(self, record: Record, behaviour: Behaviour) -> bool:
        """Say whether nothing more is to be learnt of a closed assignment."""
        outcome = record.outcome(time.time())
        if outcome == "right":
            return True
        closed_s = record.closed_s or time.time()
        return outcome == "wrong" and time.time() > closed_s + SECOND_THOUGHT_S

    async def _look(self, incident_id: str, record: Record, crew: Crew) -> None:
        """Look at an assignment and write down what is seen."""
        seen = await self._desk.assignment(record.assignment_id)
        heard = crew.heard.get(record.assignment_id)
        record.heard_s = None if heard is None else heard.first_s
        record.received = seen["delivered_at"] is not None
        record.acknowledged = seen["acknowledged_at"] is not None
        record.state = seen["state"]
        if record.state in CLOSED_STATES and record.closed_s is None:
            record.closed_s = time.time()
        movement = seen["movement"]
        record.verdict, record.reason = movement["verdict"], movement["reason"]
        if movement.get("known_at"):
            record.known_after_s = epoch_s(movement["known_at"]) - record.dispatched_s
        if record.is_lost(time.time()):
            record.red = await self._is_red(incident_id, record.assignment_id)

    async def _is_red(self, incident_id: str, assignment_id: str) -> bool:
        """Ask the timeline whether the desk was shown that it had not arrived."""
        events = await self._desk.timeline(incident_id)
        return any(is_red(event, assignment_id) for event in events)

    async def _cancel(self, record: Record, reason: str) -> None:
        if record.state in CLOSED_STATES:
            return
        try:
            record.state = (await self._desk.cancel(record.assignment_id, reason))["state"]
        except Refused as refusal:
            self._report.problem(f"{record.unit}: not cancelled, {refusal}")


def is_red(event: dict[str, Any], assignment_id: str) -> bool:
    """Say whether a journal event shows that this assignment has not reached a phone in time."""
    missed = (event.get("data") or {}).get("deadline") == "delivery"
    return missed and event.get("assignment") == assignment_id
