"""What closed sockets leave is taken away, though the collector seldom looks at what is old."""

import asyncio
import gc
import weakref

import pytest

from config import process
from config.process import ServerProcess


class Leftover:
    """What a server keeps of a socket, in a circle."""

    def __init__(self):
        self.itself = self


@pytest.fixture
def seldom():
    """Collections as in a server that has settled."""
    thresholds = gc.get_threshold()
    gc.set_threshold(*process.GC_THRESHOLDS)
    yield
    gc.set_threshold(*thresholds)


async def test_leftovers_of_sockets_are_taken_away_once_many_have_closed(monkeypatch, seldom):
    monkeypatch.setattr(process, "SOCKETS_CLOSED_MAX", 2)
    monkeypatch.setattr(process, "CLOSED_FOR_S", 0.0)
    monkeypatch.setattr(ServerProcess, "wake", lambda _self: None)
    left = []

    async def socket(scope, receive, send):
        one = Leftover()
        left.append(weakref.ref(one))
        gc.collect()  # it has lived through the collections of a busy server: it is old

    server = ServerProcess(socket)
    await server({"type": "websocket"}, None, None)
    await asyncio.sleep(0.05)
    assert left[0]() is not None

    await server({"type": "websocket"}, None, None)
    await asyncio.sleep(0.05)
    assert [one() for one in left] == [None, None]
