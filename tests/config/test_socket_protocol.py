"""uvicorn's websocket as we run it: the frames of a page leave in one write, in their order."""

import asyncio

import pytest
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
    line = await line_after("/ws/stream/", [], *messages)
    return [list(frames_in(data)) for data in line.writes[1:]]


async def line_after(path, headers, *messages):
    """Return the line over which somebody connected and an application sent these."""
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
    protocol.data_received(request_of(8121, path, headers))
    await asyncio.gather(*state.tasks)
    protocol.stop_keepalive()
    protocol.connection_lost(None)
    return line


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


@pytest.mark.parametrize(
    ("path", "compressed"), [("/ws/stream/", False), ("/ws/stream/?a", False), ("/ws/board/", True)]
)
async def test_an_offer_to_compress_is_taken_up_for_the_board_alone(path, compressed):
    offer = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]

    line = await line_after(path, offer)

    assert line.writes[0].startswith(b"HTTP/1.1 101 ")
    assert (b"permessage-deflate" in line.writes[0]) is compressed
