"""End tasks for certain."""

import asyncio
from collections.abc import Iterable
from typing import Any

# Own choice: longer than a task takes to give its channel back (layer_channel.py), well below the
# 20 s after which systemd kills.
AGAIN_S = 5.0


async def end_tasks(tasks: Iterable[asyncio.Task[Any]], *, again_s: float = AGAIN_S) -> None:
    """Cancel tasks until they have ended; what they raise is dropped.

    Once is not enough: a library that is just connecting may swallow a cancellation, and whoever
    then waited for the end would wait for good (seen: a socket process whose port was taken stayed
    in its shutdown, alive and deaf).
    """
    ending = list(tasks)
    pending = set(ending)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=again_s)
    await asyncio.gather(*ending, return_exceptions=True)
