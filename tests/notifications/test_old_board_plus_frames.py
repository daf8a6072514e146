"""A desk that kept its board and heard every frame since shows what a fresh one would.

The seam is the hub's: join with a scope and a screen, frames come. How it reads is its own affair.
"""

import asyncio
import json
import time
from unittest.mock import patch

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from hypothesis import example, given, settings
from hypothesis.extra.django import TestCase

from incidents.board_scope import WALL, BoardScope
from notifications.consumers import board_feed, board_hub
from notifications.policy import BoardPolicy
from tests.notifications.any_history import World
from tests.notifications.test_old_state_plus_events import acts, any_history

pytestmark = pytest.mark.django_db
QUICK = BoardPolicy(least_pause_s=0.005, position_every_s=0.01)
CATCHES_UP_S = 3.0  # longest that a desk may show what a fresh one would not


class Desk:
    """A screen with a hub of its own: the snapshot, then every change, as a browser keeps them."""

    def __init__(self):
        self.hub, self.rows, self.problems, self.version = board_hub.BoardHub(), {}, [], None

    def offer(self, text):
        frame = json.loads(text)
        if frame["type"] == "snapshot":
            self.rows = {}
        elif frame["type"] == "change":
            assert frame["version"] == self.version + 1
        self.version = frame["version"]
        self.problems = sorted(problem["code"] for problem in frame["health"]["problems"])
        for section, rows in frame.items():
            if isinstance(rows, list):
                self.take(section, rows)

    def take(self, section, rows):
        for row in rows:
            key = (section, row["id"])
            if "removed" in row:
                del self.rows[key]
            else:
                self.rows[key] = row

    async def opened(self, scope):
        self.feed = await self.hub.join(scope, self)
        return self

    async def closed(self):
        await self.hub.leave(self.feed, self)
        return self

    async def looks(self):
        """Have it look, as a wake-up does, and give it the time to."""
        self.hub.poke()
        await asyncio.sleep(3 * QUICK.least_pause_s)

    def shown(self):
        return self.rows, self.problems


async def here(work, *args, **kwargs):
    """Read in the thread of the test, whose transaction nobody else sees."""
    return await sync_to_async(work, thread_sensitive=True)(*args, **kwargs)


async def catches_up(desk, scope):
    """Return what an old desk and a fresh one show, once they agree or time is up."""
    until = time.monotonic() + CATCHES_UP_S
    while True:
        await desk.looks()
        fresh = await (await Desk().opened(scope)).closed()
        if desk.shown() == fresh.shown() or time.monotonic() > until:
            return desk.shown(), fresh.shown()


class AnyBoard(TestCase):
    @settings(any_history, max_examples=12)
    @given(acts, acts)
    @example(["stand"], ["drive"])  # another number of unsent fixes
    @example([], ["ask"])
    @example(["ask"], ["answer"])
    def test_an_old_board_and_its_frames_are_a_fresh_board(self, before, after):
        world = World()
        for name in ["dispatch", *before]:
            world.act(name)
        with (
            patch.object(board_feed, "on_database", here),
            patch.object(board_feed, "BOARD", QUICK),
        ):
            async_to_sync(self.watched)(world, [*after, "sweep"])

    async def watched(self, world, after):
        """Compare at every third fact: several may fall between two looks."""
        agency_id = world.units[1].agency_id
        scopes = [BoardScope(None, True, True), BoardScope(agency_id, sees_alerts=True), WALL]
        desks = [await Desk().opened(scope) for scope in scopes]
        for number, name in enumerate(after):
            await here(world.act, name)
            if number % 3 == 2 or name == after[-1]:
                for desk, scope in zip(desks, scopes, strict=True):
                    old, fresh = await catches_up(desk, scope)
                    assert old == fresh
        for desk in desks:
            await desk.closed()
