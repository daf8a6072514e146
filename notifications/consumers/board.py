"""The board on one socket: who may watch, then frames as they come. Plain ASGI.

The rights are read from the session's own row, at the start and every 30 s: what the handshake saw
goes stale. A screen that takes nothing gets a fresh snapshot instead of a long queue.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error as DatabaseError

from incidents.selectors.access import is_operator
from notifications.consumers.board_feed import BoardFeed
from notifications.consumers.board_hub import BoardHub, board_hub
from notifications.database import on_database
from notifications.policy import BOARD
from responders.models import User

UNKNOWN, FORBIDDEN, SERVER_FAULT = 4401, 4403, 1011
PERMISSION = "incidents.view_incident"
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Watcher:
    """What a session may watch. agency_id: None for everything."""

    agency_id: int | None


class NotAllowed(Exception):
    """This session may not watch. `code` is the close code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def watcher_of(session_key: str | None) -> Watcher:
    """Read anew what a session may watch. Raises NotAllowed: 4401 a stranger, 4403 no right."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    user = get_user(SimpleNamespace(session=store(session_key)))  # type: ignore[arg-type]
    if not user.is_authenticated:
        raise NotAllowed(UNKNOWN)
    if not (user.is_active and user.is_staff and user.role == User.Role.STAFF):
        raise NotAllowed(FORBIDDEN)
    if not user.has_perm(PERMISSION):
        raise NotAllowed(FORBIDDEN)
    return Watcher(user.agency_id if is_operator(user) else None)


async def board_application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve /ws/board/: the ASGI application behind the route."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    session_key = getattr(scope.get("session"), "session_key", None)
    try:
        watcher = await on_database(watcher_of, session_key)
    except NotAllowed as refusal:
        await send({"type": "websocket.close", "code": refusal.code})
    except DatabaseError:
        await send({"type": "websocket.close", "code": SERVER_FAULT})
    else:
        await BoardSocket(watcher, session_key, receive=receive, send=send).run(board_hub())


class BoardSocket:
    """One watching screen until it closes."""

    def __init__(
        self, watcher: Watcher, session_key: str | None, *, receive: Receive, send: Send
    ) -> None:
        self._watcher = watcher
        self._session_key = session_key
        self._receive = receive
        self._send = send
        self._feed: BoardFeed | None = None
        self._queue: asyncio.Queue[str] = asyncio.Queue(BOARD.queue_max)
        self._code = SERVER_FAULT
        self._gone = False

    def offer(self, text: str) -> None:
        """Take one frame; where too many wait, drop them for one that holds everything."""
        if self._queue.full() and self._feed is not None:
            while not self._queue.empty():
                self._queue.get_nowait()
            text = self._feed.snapshot()
        self._queue.put_nowait(text)

    async def run(self, hub: BoardHub) -> None:
        """Show until one side ends it; leaves no task and no screen behind."""
        jobs: list[asyncio.Task[None]] = []
        try:
            self._feed = await hub.join(self._watcher.agency_id, self)
            jobs = [asyncio.create_task(job()) for job in (self._hear, self._show, self._recheck)]
            await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        except DatabaseError:
            self._code = SERVER_FAULT
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            if self._feed is not None:
                await hub.leave(self._feed, self)
        if not self._gone:
            await self._send({"type": "websocket.close", "code": self._code})

    async def _hear(self) -> None:
        """Wait for the screen to go; whatever it says means nothing."""
        while (await self._receive())["type"] != "websocket.disconnect":
            pass
        self._gone = True

    async def _show(self) -> None:
        while True:
            await self._send({"type": "websocket.send", "text": await self._queue.get()})

    async def _recheck(self) -> None:
        """End where the session, the right or its extent is no longer what it was."""
        while True:
            await asyncio.sleep(BOARD.recheck_s)
            try:
                watcher = await on_database(watcher_of, self._session_key)
            except NotAllowed:
                watcher = None
            except DatabaseError:
                continue
            if watcher != self._watcher:
                self._code = FORBIDDEN
                return
