"""The rows of the board, read once for all screens of a scope, and what changed since.

A feed belongs to one event loop and one scope (incidents/board_scope.py). A wake-up
makes it look at once, but not oftener than every 200 ms; without one it looks every second.
"""

import asyncio
import contextlib
import logging
import time
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from incidents.board_scope import BoardScope, health_shown_to, shown_to
from incidents.selectors.board import board_snapshot
from notifications.consumers.board_health import board_health
from notifications.database import on_database
from notifications.instructions import instruction_rows
from notifications.policy import BOARD
from responders.wire_time import to_wire

logger = logging.getLogger(__name__)

SECTIONS = ("incidents", "assignments", "units", "calls", "alerts", "instructions")
Row = dict[str, Any]
Rows = dict[str, dict[Any, Row]]


class Screen(Protocol):
    """One open board."""

    def offer(self, text: str) -> None:
        """Take one frame; never waits."""
        ...


class BoardFeed:
    """What one scope of the board shows now, and who watches it."""

    def __init__(self, scope: BoardScope) -> None:
        self.scope = scope
        self.version = 0
        self._rows: Rows = {section: {} for section in SECTIONS}
        self._health: dict[str, Any] = {"as_of": None, "problems": []}
        self._moved_at_s: dict[Any, float] = {}
        self._looked_at_s = 0.0
        self._screens: set[Screen] = set()
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._starting = asyncio.Lock()
        self.layer_problem: Row | None = None

    async def join(self, screen: Screen) -> None:
        """Give a screen everything, then every change. Raises what the first look raises."""
        async with self._starting:
            if not self._tasks:
                await self._look()
                jobs = (self._look_forever, self._beat_forever)
                self._tasks = [asyncio.create_task(job()) for job in jobs]
            self._screens.add(screen)
            screen.offer(self.snapshot())

    async def leave(self, screen: Screen) -> bool:
        """Take a screen out. Returns whether nobody watches any more; the feed then rests."""
        async with self._starting:
            self._screens.discard(screen)
            if self._screens:
                return False
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            return True

    def poke(self) -> None:
        """Look soon."""
        self._woken.set()

    def snapshot(self) -> str:
        """Return everything as one frame."""
        sections = {section: list(self._rows[section].values()) for section in SECTIONS}
        return _encoded("snapshot", self.version, sections | {"health": self.health()})

    def health(self) -> dict[str, Any]:
        """Return the health of the last look as this scope may know it, with what only we know."""
        problems = list(self._health["problems"])
        age_s = time.monotonic() - self._looked_at_s
        if age_s > BOARD.stale_s:
            problems.append({"code": "database", "level": "red", "seconds": round(age_s)})
        if self.layer_problem is not None:
            problems.append(self.layer_problem)
        return health_shown_to(self.scope, self._health | {"problems": problems})

    async def _look_forever(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BOARD.look_s):
                    await self._woken.wait()
            self._woken.clear()
            try:
                await self._look()
            except Exception:
                logger.warning("the board could not be read; again soon", exc_info=True)
            await asyncio.sleep(BOARD.least_pause_s)

    async def _beat_forever(self) -> None:
        while True:
            await asyncio.sleep(BOARD.heartbeat_s)
            self._tell(_encoded("heartbeat", self.version, {"health": self.health()}))

    async def _look(self) -> None:
        """Read the rows, and tell what is unlike before."""
        rows, health = await on_database(read_board, self.scope, datetime.now(UTC))
        self._hold_positions(rows["units"])
        changes = _changes(self._rows, rows)
        told, self._health = _codes(self._health), health
        self._rows, self._looked_at_s = rows, time.monotonic()
        if changes or told != _codes(health):
            self.version += 1
            self._tell(_encoded("change", self.version, changes | {"health": self.health()}))

    def _hold_positions(self, units: dict[Any, Row]) -> None:
        """Keep a unit where it was shown until a second has passed since it last moved there."""
        now_s = time.monotonic()
        for unit_id, row in units.items():
            shown = self._rows["units"].get(unit_id)
            if shown is None or shown["position"] == row["position"]:
                continue
            if now_s - self._moved_at_s.get(unit_id, -1e9) < BOARD.position_every_s:
                row["position"] = shown["position"]
            else:
                self._moved_at_s[unit_id] = now_s

    def _tell(self, text: str) -> None:
        for screen in list(self._screens):
            screen.offer(text)


def read_board(scope: BoardScope, now: datetime) -> tuple[Rows, dict[str, Any]]:
    """Read rows and health for one scope."""
    shown = shown_to(scope, board_snapshot(scope.agency_id, now))
    if not scope.is_wall:  # whom to call, and where, stays in the room
        shown["instructions"] = instruction_rows(scope.agency_id)
    rows = {section: {row["id"]: row for row in shown.get(section, ())} for section in SECTIONS}
    return rows, board_health(now)


def _changes(old: Rows, new: Rows) -> dict[str, list[Row]]:
    """Return, a section, the rows that are new or unlike before, and the ids that are gone."""
    changes = {}
    for section in SECTIONS:
        changed = [row for key, row in new[section].items() if old[section].get(key) != row]
        gone = [{"id": key, "removed": True} for key in old[section] if key not in new[section]]
        if changed or gone:
            changes[section] = changed + gone
    return changes


def _codes(health: dict[str, Any]) -> list[str]:
    """Return which problems there are; how old they are travels with the heartbeat."""
    return [problem["code"] for problem in health["problems"]]


def _encoded(kind: str, version: int, content: dict[str, Any]) -> str:
    frame = {"type": kind, "version": version, "server_time": to_wire(datetime.now(UTC)), **content}
    return msgspec.json.encode(frame).decode()
