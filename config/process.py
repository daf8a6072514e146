"""What a server process has beside its doors: a sweeper, a watch, a settled heap, an orderly end.

Under uvicorn the lifespan messages start and end it; daphne sends none, so the first connection
does. `manage.py serve` starts it itself.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

from config.clerk import CLERK_THREAD
from config.engine import BMKG_THREAD, SWEEPER_THREAD
from config.heartbeat import HEARTBEAT_THREAD
from config.loop_watch import LOOP_WATCH
from responders.ingest.queue import COMMIT_QUEUE

# Fewer collections, none over what start-up made (source: performance study), and each over little:
# while 5,000 phones connect, nearly all that is made stays, and (50_000, 20) gathered a million
# objects for one pause of 0.48 s where these pause for 0.03 s.
GC_THRESHOLDS = (10_000, 10, 1_000)
# With these, what is old is hardly ever looked at, and a socket that closes is old. What it leaves
# in circles (measured: 5 KB under uvicorn, 18 under daphne) is taken away once so many have closed.
# Own choice: 36 MB at most, for a pause of some 0.1 s.
SOCKETS_CLOSED_MAX = 2_000
CLOSED_FOR_S = 1.0  # by then the server itself has let go of the last one
DRAIN_S = 4.0
THREADS_END_S = 3.0

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


def settle_heap() -> None:
    """Take what start-up made out of the garbage collector's sight."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def drain() -> bool:
    """Refuse new check-ins and commit those that wait; say if all went out. Blocks."""
    return COMMIT_QUEUE.drain(timeout_s=DRAIN_S)


class ServerProcess:
    """An ASGI application that wakes its process at the first connection."""

    def __init__(self, inner: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._inner = inner
        self._awake = False
        self._closed = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._awake:
            self.wake()
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        try:
            await self._inner(scope, receive, send)
        finally:
            if scope["type"] == "websocket":
                self._note_closed()

    def _note_closed(self) -> None:
        self._closed += 1
        if self._closed >= SOCKETS_CLOSED_MAX:
            self._closed = 0
            asyncio.get_running_loop().call_later(CLOSED_FOR_S, gc.collect)

    def wake(self) -> None:
        """Start the sweeper, unless the settings leave it to other processes, and the watch."""
        self._awake = True
        settle_heap()
        if settings.GERAK_SWEEP:
            SWEEPER_THREAD.start()
            CLERK_THREAD.start()
            LOOP_WATCH.start()
            if settings.GERAK_BMKG:
                BMKG_THREAD.start()
            if settings.GERAK_HEARTBEAT_URL:
                HEARTBEAT_THREAD.start()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await asyncio.to_thread(drain)
                SWEEPER_THREAD.ask_to_stop()
                CLERK_THREAD.ask_to_stop()
                BMKG_THREAD.ask_to_stop()
                await asyncio.to_thread(SWEEPER_THREAD.join, timeout_s=THREADS_END_S)
                await LOOP_WATCH.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return
