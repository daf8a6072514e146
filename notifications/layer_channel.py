"""A channel of one's own on the channel layer, given back whatever happens.

A layer takes a channel back only where its `receive` is cancelled. One that is merely left keeps
its queue, and while it stands in a group that queue grows with every message to it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4


@asynccontextmanager
async def own_channel(
    layer: Any, *, within_s: float, group: str | None = None
) -> AsyncIterator[str]:
    """Give a channel, in a group where one is named.

    Raises what the layer raises, and TimeoutError where it takes longer than `within_s`.
    """
    mark = f"own.{uuid4().hex}"  # by which one is found whose making failed half way
    names: set[str] = set()
    try:
        async with asyncio.timeout(within_s):
            channel = await layer.new_channel(mark)
            names.add(channel)
            if group is not None:
                await layer.group_add(group, channel)
        yield channel
    finally:
        left = {name for name in layer.channels if mark in name}
        if group is not None:
            for name in names | left:
                await _at_last(layer.group_discard(group, name), within_s)
        for name in left:
            await _at_last(_drain(layer, name), within_s)


async def _at_last(giving_back: Any, within_s: float) -> None:
    """Give back what a layer that is down or hangs may not take: here it is forgotten first."""
    with suppress(Exception):
        async with asyncio.timeout(within_s):
            await giving_back


async def _drain(layer: Any, name: str) -> None:
    """Empty a channel and be cancelled at its end."""
    with suppress(TimeoutError):
        async with asyncio.timeout(0):
            while True:
                await layer.receive(name)
