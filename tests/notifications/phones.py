"""A phone on a socket, as a test speaks through it."""

import asyncio
import contextlib

from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from notifications.routing import websocket_urlpatterns

ROUTES = URLRouter(websocket_urlpatterns)


def in_database(work):
    """Run a function in a thread with a connection of its own, as a view or a task would."""
    return database_sync_to_async(work, thread_sensitive=False)


class Phone:
    """One socket to /ws/stream/."""

    def __init__(self, token=None, *, headers=(), subprotocols=None, path="/ws/stream/"):
        sent = list(headers)
        if token is not None:
            sent.append((b"authorization", f"Bearer {token}".encode()))
        self.socket = WebsocketCommunicator(ROUTES, path, headers=sent, subprotocols=subprotocols)

    async def open(self):
        accepted, self.subprotocol = await self.socket.connect(timeout=5)
        assert accepted
        return self

    async def say(self, kind, **frame):
        await self.socket.send_json_to({"type": kind, **frame})

    async def hear(self, timeout=5):
        return await self.socket.receive_json_from(timeout=timeout)

    async def hear_until(self, kind):
        """Return the frames up to and with the first of a kind."""
        frames = []
        while not frames or frames[-1]["type"] != kind:
            frames.append(await self.hear())
        return frames

    async def resume(self, after=0, **more):
        """Resume and return what came up to the end of the replay."""
        await self.say("resume", after=after, **more)
        return await self.hear_until("caught_up")

    async def closed_with(self, timeout=6):
        """Wait for the close and return its code; what else comes before is left aside."""
        while True:
            message = await self.socket.receive_output(timeout=timeout)
            if message["type"] == "websocket.close":
                return message["code"]

    async def silent(self, for_s=0.3):
        return await self.socket.receive_nothing(timeout=for_s)

    async def hang_up(self):
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await self.socket.disconnect(timeout=5)


@contextlib.asynccontextmanager
async def phone_on(token, **how):
    """Hold a socket open for the length of a test."""
    phone = await Phone(token, **how).open()
    try:
        yield phone
    finally:
        await phone.hang_up()
