"""The rows of the board, read once for all screens of a scope, and what changed since.

A feed belongs to one event loop and one scope (incidents/board_scope.py). A wake-up makes it read
at once what the journal names; once a second it goes round all that is open, part by part, for what
comes by time or stands in no journal. It reads news between two parts: no change waits for a round.
"""

import asyncio
import contextlib
import logging
import time
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from incidents.board_scope import BoardScope, health_shown_to
from notifications.consumers.board_health import board_health
from notifications.consumers.board_reading import (
    SECTIONS,
    Look,
    Row,
    Rows,
    parts_of,
    read_extent,
    read_news,
    read_part,
)
from notifications.database import on_database
from notifications.ending import end_tasks
from notifications.policy import BOARD
from responders.wire_time import to_wire

logger = logging.getLogger(__name__)


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
        self._seq: int | None = None
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
                await self._go_round()
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
            await end_tasks(tasks)
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
        round_at_s = time.monotonic() + BOARD.look_s
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, round_at_s - time.monotonic())):
                    await self._woken.wait()
            try:
                await self._read_news()
                if time.monotonic() >= round_at_s:
                    await self._go_round()
                    round_at_s = time.monotonic() + BOARD.look_s
            except Exception:
                logger.warning("the board could not be read; again soon", exc_info=True)
                await asyncio.sleep(BOARD.look_s)
            await asyncio.sleep(BOARD.least_pause_s)

    async def _beat_forever(self) -> None:
        while True:
            await asyncio.sleep(BOARD.heartbeat_s)
            self._tell(_encoded("heartbeat", self.version, {"health": self.health()}))

    async def _read_news(self) -> bool:
        """Read what the journal names since the last time, and tell it. Returns whether it did."""
        self._woken.clear()
        if self._seq is None:
            return False
        shown = self._rows["assignments"]
        seq, look = await on_database(read_news, self.scope, self._seq, shown, datetime.now(UTC))
        if look is not None:
            self._take(look)
        if seq - self._seq >= BOARD.news_rows:
            self._woken.set()  # there may be more
        self._seq = seq
        return look is not None

    async def _go_round(self) -> None:
        """Read everything, part by part, and tell what is unlike before."""
        began = datetime.now(UTC)
        extent = await on_database(read_extent, self.scope)
        if self._seq is None or extent.seq < self._seq:  # a restored database counts from behind
            self._seq = extent.seq
        for part in parts_of(extent, self._rows):
            look = await on_database(read_part, self.scope, part, datetime.now(UTC))
            if await self._read_news():  # told whole and first; the look may be half of it
                look = await on_database(read_part, self.scope, part, datetime.now(UTC))
            self._take(look)
        told, self._health = _codes(self._health), await on_database(board_health, began)
        self._looked_at_s = time.monotonic()
        if told != _codes(self._health):
            self._tell_change({})

    def _take(self, look: Look) -> None:
        """Keep the rows of one look, and tell what is unlike before."""
        self._looked_at_s = time.monotonic()
        self._hold_positions(look.rows["units"])
        changes = {}
        for section in SECTIONS:
            kept, seen = self._rows[section], look.rows[section]
            changed = [row for key, row in seen.items() if kept.get(key) != row]
            unseen = [(key, row) for key, row in kept.items() if key not in seen]
            gone = [key for key, row in unseen if look.part.holds(section, row)]
            kept.update((row["id"], row) for row in changed)
            for key in gone:
                del kept[key]
            if changed or gone:
                changes[section] = changed + [{"id": key, "removed": True} for key in gone]
        if changes:
            self._tell_change(changes)

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

    def _tell_change(self, changes: dict[str, list[Row]]) -> None:
        self.version += 1
        self._tell(_encoded("change", self.version, changes | {"health": self.health()}))

    def _tell(self, text: str) -> None:
        for screen in list(self._screens):
            screen.offer(text)


def _codes(health: dict[str, Any]) -> list[str]:
    """Return which problems there are; how old they are travels with the heartbeat."""
    return [problem["code"] for problem in health["problems"]]


def _encoded(kind: str, version: int, content: dict[str, Any]) -> str:
    frame = {"type": kind, "version": version, "server_time": to_wire(datetime.now(UTC)), **content}
    return msgspec.json.encode(frame).decode()
