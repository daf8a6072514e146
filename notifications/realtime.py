"""Wake whoever waits for the journal. A wake-up carries nothing and may get lost.

In the server's own process it goes straight onto the server's loop; to other processes it goes
through the channel layer, capped in time. Never raises: the change it tells of is committed.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from asgiref.sync import async_to_sync
from channels.layers import BaseChannelLayer, InMemoryChannelLayer, get_channel_layer

logger = logging.getLogger(__name__)

JOURNAL_GROUP = "journal"
WAKE_MESSAGE = {"type": "journal.wake"}
CAP_S = 0.5
REST_AFTER_FAILURE_S = 5.0  # a layer that hangs must not cost every commit its cap


class _Process:
    """What this process knows: the server's loop, who is poked on it, when the layer failed."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.pokes: list[Callable[[], None]] = []
        self.layer_rests_until = 0.0


_process = _Process()


def capture_loop(loop: asyncio.AbstractEventLoop | None = None) -> None:
    """Remember the loop that serves sockets in this process (the running one, if none is given)."""
    loop = loop or asyncio.get_running_loop()
    if _process.loop is not loop:
        _process.loop = loop
        _process.pokes = []


def on_wake(poke: Callable[[], None]) -> None:
    """Have `poke` called on the captured loop at every wake-up."""
    if poke not in _process.pokes:
        _process.pokes.append(poke)


def off_wake(poke: Callable[[], None]) -> None:
    """Stop calling `poke`."""
    if poke in _process.pokes:
        _process.pokes.remove(poke)


def wake() -> None:
    """Tell all hubs that the journal has grown. From any thread, after the commit."""
    try:
        _wake()
    except Exception:
        _process.layer_rests_until = time.monotonic() + REST_AFTER_FAILURE_S
        logger.warning("a wake-up was lost; pollers will look within a second", exc_info=True)


def _wake() -> None:
    loop = _process.loop
    if loop is not None and not loop.is_running():
        loop = None
    if loop is not None:
        loop.call_soon_threadsafe(_poke_all)
    layer = get_channel_layer()
    if layer is None or time.monotonic() < _process.layer_rests_until:
        return
    if loop is not None:
        asyncio.run_coroutine_threadsafe(_tell(layer), loop)
    elif not isinstance(layer, InMemoryChannelLayer):
        async_to_sync(_tell)(layer)


def _poke_all() -> None:
    for poke in list(_process.pokes):
        poke()


async def _tell(layer: BaseChannelLayer) -> None:
    try:
        async with asyncio.timeout(CAP_S):
            await layer.group_send(JOURNAL_GROUP, WAKE_MESSAGE)
    except Exception:
        _process.layer_rests_until = time.monotonic() + REST_AFTER_FAILURE_S
        logger.warning("the channel layer took no wake-up; pollers will look within a second")
