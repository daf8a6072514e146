"""What a crew does with an assignment, and which verdict an honest judge must reach about it.

Each behaviour is one coroutine that reads like what the crew did. It presses buttons and drives;
it never reads or sets a verdict. Cancelling it (the assignment was closed) must leave no traces
that `Crew.recover` does not clean up.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from config.simulation.driving import Vehicle
from config.simulation.roads import Point
from config.simulation.wire import epoch_s

Assignment = dict[str, Any]
LATE_S = 90.0
OFFLINE_S = (100.0, 160.0)
JUDGED_AFTER_S = LATE_S + 150.0
"""How long after the target the last behaviour is judged: late departure, proof, a margin."""


class Acting(Protocol):
    """What a behaviour may do with a crew."""

    vehicle: Vehicle
    rng: random.Random

    async def pause(self, low_s: float, high_s: float) -> None:
        """Take one's time."""

    def press(self, assignment_id: str, step: str, **body: Any) -> None:
        """Press a button on the phone."""

    def go_dark(self) -> None:
        """Lose the signal."""

    def come_back(self) -> None:
        """Find it again."""

    def mock(self, *, mocking: bool) -> None:
        """Make positions up."""

    def place_of(self, assignment: Assignment) -> Point:
        """Find out where to go."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A way to act. `verdicts`: those that are right once it was judged.

    `dark`: the phones have no signal already when the unit is sent. `stays_open`: the crew never
    closes the assignment itself; the dispatcher does, once it was judged.
    """

    name: str
    act: Callable[[Acting, Assignment], Awaitable[None]]
    verdicts: frozenset[str]
    dark: bool = False
    stays_open: bool = False


async def drive_there(crew: Acting, assignment: Assignment) -> None:
    """Set out at once, press en-route on the way, on-scene at the place."""
    drive = crew.vehicle.drive_to(crew.place_of(assignment), starts_s=time.time())
    await crew.pause(1.0, 4.0)
    crew.press(assignment["id"], "en-route")
    await asyncio.sleep(max(0.0, drive.arrives_s - time.time()))
    await crew.pause(2.0, 8.0)
    crew.press(assignment["id"], "on-scene")


async def finish(crew: Acting, assignment: Assignment) -> None:
    """Work at the place for a few minutes and report it done."""
    await crew.pause(90.0, 240.0)
    crew.press(assignment["id"], "complete", note="Penanganan selesai, tim kembali ke pos.")


async def drives(crew: Acting, assignment: Assignment) -> None:
    """Acknowledge, get in, drive, work, report: as it should be."""
    await crew.pause(2.0, 6.0)
    crew.press(assignment["id"], "acknowledge")
    await crew.pause(4.0, 10.0)
    await drive_there(crew, assignment)
    await finish(crew, assignment)


async def drives_at_once(crew: Acting, assignment: Assignment) -> None:
    """Acknowledge and be on the road within seconds: a crew that sat in the vehicle already."""
    await crew.pause(2.0, 4.0)
    crew.press(assignment["id"], "acknowledge")
    await crew.pause(4.0, 8.0)
    await drive_there(crew, assignment)
    await finish(crew, assignment)


async def stays_parked(crew: Acting, assignment: Assignment) -> None:
    """Acknowledge, claim to be on the way, and go nowhere."""
    await crew.pause(3.0, 15.0)
    crew.press(assignment["id"], "acknowledge")
    await crew.pause(20.0, 60.0)
    crew.press(assignment["id"], "en-route")


async def never_answers(crew: Acting, assignment: Assignment) -> None:
    """Leave the phone on the table: it receives and reports, nobody looks at it."""


async def moves_late(crew: Acting, assignment: Assignment) -> None:
    """Acknowledge, and leave a minute and a half after the ten minutes are over."""
    await crew.pause(3.0, 15.0)
    crew.press(assignment["id"], "acknowledge")
    leaves_s = epoch_s(assignment["move_by"]) + LATE_S
    await asyncio.sleep(max(0.0, leaves_s - time.time()))
    await drive_there(crew, assignment)
    await finish(crew, assignment)


async def offline_then_uploads(crew: Acting, assignment: Assignment) -> None:
    """Drive out of the network's reach; what the phone saw arrives when it is back."""
    await crew.pause(2.0, 6.0)
    crew.press(assignment["id"], "acknowledge")
    await crew.pause(4.0, 10.0)
    crew.go_dark()
    driving = asyncio.ensure_future(drive_there(crew, assignment))
    try:
        await crew.pause(*OFFLINE_S)
        crew.come_back()
        await driving
    finally:
        driving.cancel()
    await finish(crew, assignment)


async def declines(crew: Acting, assignment: Assignment) -> None:
    """Say no, with a reason."""
    await crew.pause(3.0, 12.0)
    reasons = ("Ban kendaraan bocor.", "Pompa rusak.", "Masih menangani kejadian lain.")
    crew.press(assignment["id"], "decline", reason=crew.rng.choice(reasons))


async def mocks(crew: Acting, assignment: Assignment) -> None:
    """Report a drive that an app makes up, as the phone admits."""
    crew.mock(mocking=True)
    await crew.pause(2.0, 6.0)
    crew.press(assignment["id"], "acknowledge")
    await drive_there(crew, assignment)


MOVED = frozenset({"moved"})
DRIVES = Behaviour("drives", drives, MOVED)
DRIVES_AT_ONCE = Behaviour("drives_at_once", drives_at_once, MOVED)
WRONG_CLOCK = Behaviour("wrong_clock", drives, MOVED)
OFFLINE = Behaviour("offline_then_uploads", offline_then_uploads, MOVED)
MOVES_LATE = Behaviour("moves_late", moves_late, frozenset({"moved_late"}))
PARKED = Behaviour("stays_parked", stays_parked, frozenset({"stationary"}), stays_open=True)
NEVER_ANSWERS = Behaviour(
    "never_answers", never_answers, frozenset({"stationary"}), stays_open=True
)
SILENT = Behaviour("silent", never_answers, frozenset({"unverifiable"}), dark=True, stays_open=True)
DECLINES = Behaviour("declines", declines, frozenset({"unverifiable", "pending"}))
MOCKS = Behaviour("mocks", mocks, frozenset({"unverifiable"}), stays_open=True)

SHORT = (DRIVES, OFFLINE, DRIVES, DECLINES, DRIVES)
"""Behaviours that are judged within minutes."""
WHOLE = (DRIVES, PARKED, OFFLINE, NEVER_ANSWERS, DRIVES, MOCKS, DECLINES, SILENT, MOVES_LATE)
"""All of them; to be judged they need the ten minutes and a little more."""


def cycle_for(*, watched_s: float, target_s: float) -> tuple[Behaviour, ...]:
    """Give the behaviours that can be judged if each is watched for so long."""
    return WHOLE if watched_s >= target_s + JUDGED_AFTER_S else SHORT
