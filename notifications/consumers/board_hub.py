"""One board hub a process: the feeds that are watched, and the wake-ups they share."""

import asyncio
import logging
import time
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer

from incidents.board_scope import BoardScope
from notifications.consumers.board_feed import BoardFeed, Screen
from notifications.ending import end_tasks
from notifications.layer_channel import own_channel
from notifications.policy import BOARD
from notifications.realtime import JOURNAL_GROUP, capture_loop, off_wake, on_wake

logger = logging.getLogger(__name__)

CANARY = "board.canary"


class BoardHub:
    """The watched feeds of one event loop, woken together."""

    def __init__(self) -> None:
        self._feeds: dict[BoardScope, BoardFeed] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._heard_at_s = 0.0
        self._lock = asyncio.Lock()

    async def join(self, scope: BoardScope, screen: Screen) -> BoardFeed:
        """Let a screen watch a scope."""
        async with self._lock:
            feed = self._feeds.get(scope) or BoardFeed(scope)
            await feed.join(screen)
            self._feeds[scope] = feed
            if not self._tasks:
                self._start()
        return feed

    async def leave(self, feed: BoardFeed, screen: Screen) -> None:
        """Take a screen out; the last one puts the hub to rest."""
        async with self._lock:
            if await feed.leave(screen):
                self._feeds.pop(feed.scope, None)
            if not self._feeds:
                await self._stop()

    def poke(self) -> None:
        """Have every feed look soon. On the loop."""
        for feed in self._feeds.values():
            feed.poke()

    def _start(self) -> None:
        capture_loop()
        on_wake(self.poke)
        self._heard_at_s = time.monotonic()
        self._tasks = [asyncio.create_task(self._listen_forever())]

    async def _stop(self) -> None:
        off_wake(self.poke)
        tasks, self._tasks = self._tasks, []
        await end_tasks(tasks)

    async def _listen_forever(self) -> None:
        """Hear wake-ups of other processes, and our own canary: the layer carries."""
        while True:
            try:
                await self._listen()
            except Exception:
                logger.warning("the board does not hear the channel layer; again soon")
            self._judge_layer()
            await asyncio.sleep(BOARD.look_s)

    async def _listen(self) -> None:
        """Sing and hear until the layer fails.

        The hearing is not cut short for the next song: the layer would take the channel back.
        """
        layer, beat_s = get_channel_layer(), BOARD.heartbeat_s
        async with own_channel(layer, within_s=beat_s, group=JOURNAL_GROUP) as channel:
            hearing = asyncio.create_task(self._hear(layer, channel))
            try:
                while not hearing.done():
                    async with asyncio.timeout(beat_s):
                        await layer.send(channel, {"type": CANARY})
                    await asyncio.wait([hearing], timeout=beat_s)
                    self._judge_layer()
            finally:
                await end_tasks([hearing])

    async def _hear(self, layer: object, channel: str) -> None:
        """Take messages."""
        while True:
            message = await layer.receive(channel)  # type: ignore[attr-defined]
            self._heard_at_s = time.monotonic()
            if message["type"] != CANARY:
                self.poke()

    def _judge_layer(self) -> None:
        silent_s = time.monotonic() - self._heard_at_s
        problem = None
        if silent_s > BOARD.canary_age_s:
            problem = {"code": "layer", "level": "red", "seconds": round(silent_s)}
        for feed in self._feeds.values():
            feed.layer_problem = problem


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, BoardHub] = WeakKeyDictionary()


def board_hub() -> BoardHub:
    """Return the hub of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = BoardHub()
    return _hubs[loop]
