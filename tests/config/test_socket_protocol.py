"""uvicorn's websocket as we run it: the frames of a page leave in one write, in their order."""

import asyncio

from uvicorn.config import Config
from uvicorn.server import ServerState

from config.socket_protocol import SocketProtocol
from tests.bench.listeners import request_of
from tests.bench.sockets import CLOSE, TEXT, frame_at


class Line(asyncio.Transport):
    """The other side of a connection: every write by itself."""

    def __init__(self):
        super().__init__()
        self.writes, self.closed = [], False

    def write(self, data):
        self.writes.append(bytes(data))

    def close(self):
        self.closed = True

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


async def told(*messages):
    """Return what each write after the handshake held, where an application sends these."""
    line = Line()

    async def application(_scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        for message in messages:
            await send(message)

    settings = Config(application, ws=SocketProtocol, ws_ping_interval=None, log_config=None)
    settings.load()
    state = ServerState()
    protocol = SocketProtocol(settings, state, {}, asyncio.get_running_loop())
    protocol.connection_made(line)
    protocol.data_received(request_of(8121, "/ws/stream/", []))
    await asyncio.gather(*state.tasks)
    protocol.stop_keepalive()
    protocol.connection_lost(None)
    return [list(frames_in(data)) for data in line.writes[1:]]


def frames_in(data):
    at = 0
    while (frame := frame_at(data, at)) is not None:
        opcode, payload, at = frame
        yield opcode, bytes(payload)


def text(said, *, more=False):
    return {"type": "websocket.send", "text": said, "more": more}


async def test_frames_with_more_to_come_leave_with_the_last():
    assert await told(text("a", more=True), text("b", more=True), text("c"), text("d")) == [
        [(TEXT, b"a"), (TEXT, b"b"), (TEXT, b"c")],
        [(TEXT, b"d")],
    ]


async def test_a_close_takes_along_what_was_held_back():
    closing = {"type": "websocket.close", "code": 4403}

    ((frame, (opcode, reason)),) = await told(text("a", more=True), closing)

    assert (frame, opcode, reason) == ((TEXT, b"a"), CLOSE, (4403).to_bytes(2, "big"))
