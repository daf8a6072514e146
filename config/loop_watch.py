"""The loop's own signs of life: that it turns, and that the channel layer carries to it.

A canary goes to the group that every process listens to, and comes back to this one; the rows that
tell of it are written by the process whose loop it is, so a dead process is missed by the others.
"""

import asyncio
import contextlib
import logging
import time
from datetime import UTC, datetime

from channels.layers import get_channel_layer

from config.process_name import process_name
from notifications.database import on_database
from notifications.ending import end_tasks
from notifications.layer_channel import own_channel
from notifications.policy import WATCH
from notifications.services.beats import forget_beats, write_beat

logger = logging.getLogger(__name__)

GROUP = "canary"
MESSAGE = {"type": "canary"}


class LoopWatch:
    """Beat for one event loop: `sockets` while it turns, `layer` while its canary is heard."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._heard_at_s: float | None = None

    def start(self) -> None:
        """Start on the running loop; nothing where it runs already."""
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(job()) for job in (self._beat_forever, self._listen_forever)
            ]

    async def stop(self) -> None:
        """End, and take this process's signs of life away."""
        tasks, self._tasks = self._tasks, []
        await end_tasks(tasks)
        with contextlib.suppress(Exception):
            await on_database(forget_beats, process=process_name())

    async def _beat_forever(self) -> None:
        while True:
            await asyncio.sleep(WATCH.beat_every_s)
            now = datetime.now(UTC)
            try:
                await on_database(write_beat, "sockets", process=process_name(), now=now)
                if self._hears():
                    await on_database(write_beat, "layer", process=process_name(), now=now)
            except Exception:
                logger.warning("the loop's sign of life could not be written; again soon")

    def _hears(self) -> bool:
        heard = self._heard_at_s
        return heard is not None and time.monotonic() - heard < WATCH.canary_wait_s

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except Exception as error:
                logger.warning("the canary does not come through: %s", type(error).__name__)
            await asyncio.sleep(WATCH.beat_every_s / 2)

    async def _listen(self) -> None:
        """Sing into the group and listen. Raises what the layer raises, and TimeoutError."""
        layer = get_channel_layer()
        async with own_channel(layer, within_s=WATCH.canary_wait_s, group=GROUP) as channel:
            while True:
                async with asyncio.timeout(WATCH.canary_wait_s):
                    await layer.group_send(GROUP, MESSAGE)
                    await layer.receive(channel)
                self._heard_at_s = time.monotonic()
                await asyncio.sleep(WATCH.beat_every_s / 2)


LOOP_WATCH = LoopWatch()
