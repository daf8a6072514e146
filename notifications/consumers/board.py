"""The board on one socket: who may watch, then frames as they come. Plain ASGI.

The rights are read at the start and anew while it is open (board_watchers.py). A screen that takes
nothing gets a fresh snapshot instead of a long queue.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import Error as DatabaseError

from incidents.board_scope import BoardScope
from notifications.consumers.board_feed import BoardFeed
from notifications.consumers.board_hub import BoardHub, board_hub
from notifications.consumers.board_watchers import (
    FORBIDDEN,
    NotAllowed,
    Ticket,
    scope_of,
    ticket_of,
)
from notifications.database import on_database
from notifications.policy import BOARD

SERVER_FAULT = 1011
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def board_application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve /ws/board/: the ASGI application behind the route."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    ticket = ticket_of(scope)
    try:
        watched = await on_database(scope_of, ticket)
    except NotAllowed as refusal:
        await send({"type": "websocket.close", "code": refusal.code})
    except DatabaseError:
        await send({"type": "websocket.close", "code": SERVER_FAULT})
    else:
        await BoardSocket(watched, ticket, receive=receive, send=send).run(board_hub())


class BoardSocket:
    """One watching screen until it closes."""

    def __init__(self, scope: BoardScope, ticket: Ticket, *, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._ticket = ticket
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
            self._feed = await hub.join(self._scope, self)
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
            await asyncio.sleep(self._ticket.recheck_s)
            try:
                scope = await on_database(scope_of, self._ticket)
            except NotAllowed:
                scope = None
            except DatabaseError:
                continue
            if scope != self._scope:
                self._code = FORBIDDEN
                return
