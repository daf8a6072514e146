"""A small websocket client: thousands of sockets in one process, each frame a few microseconds.

Only what the measured servers need: whole frames, no compression, a mask of zeros.
"""

import asyncio
import base64
import os
import struct
from collections.abc import Callable

OPENED_WITHIN_S = 60.0
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Refused(Exception):
    """The server answered the handshake with something else than 101, or hung up."""


class Socket(asyncio.Protocol):
    """One websocket. `on_frame(socket, payload)` is called for each text or binary frame."""

    def __init__(self, request: bytes, on_frame: Callable[["Socket", bytes], None]) -> None:
        self._request, self.on_frame = request, on_frame
        self._buffer, self._open = b"", False
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.closed_with: int | None = None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(Refused("hung up during the handshake"))
        if not self.ended.done():
            self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open and not self._handshake():
            return
        buffer, at = self._buffer, 0
        while True:
            frame = frame_at(buffer, at)
            if frame is None:
                break
            opcode, payload, at = frame
            if opcode in (TEXT, BINARY):
                self.on_frame(self, payload)
            elif opcode == PING:
                self.send(payload, PONG)
            elif opcode == CLOSE:
                self.closed_with = int.from_bytes(payload[:2], "big")
                self.transport.close()
                return
        self._buffer = buffer[at:]

    def _handshake(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            self.opened.set_exception(Refused(head.split(b"\r\n", 1)[0].decode()))
            self.transport.close()
            return False
        self._open = True
        self.opened.set_result(None)
        return True

    def send(self, payload: bytes, opcode: int = TEXT) -> None:
        self.transport.write(masked(payload, opcode))


def masked(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return a client's frame; the mask is zeros."""
    size, first = len(payload), 0x80 | opcode
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, 0xFE, size)
    else:
        head = struct.pack("!BBQ", first, 0xFF, size)
    return head + b"\0\0\0\0" + payload


def frame_at(buffer: bytes, at: int) -> tuple[int, bytes, int] | None:
    """Return (opcode, payload, where the next one starts); None while it is not whole."""
    if len(buffer) < at + 2:
        return None
    opcode, size, start = buffer[at] & 15, buffer[at + 1] & 127, at + 2
    if size == 126:
        size, start = int.from_bytes(buffer[start : start + 2], "big"), start + 2
    elif size == 127:
        size, start = int.from_bytes(buffer[start : start + 8], "big"), start + 8
    if len(buffer) < start or len(buffer) < start + size:
        return None
    return opcode, buffer[start : start + size], start + size


async def open_socket(
    port: int, path: str, on_frame: Callable[[Socket, bytes], None], *headers: str
) -> Socket:
    """Connect and shake hands. Raises Refused, OSError, TimeoutError."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        *headers,
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(OPENED_WITHIN_S):
        _, socket = await loop.create_connection(
            lambda: Socket(request, on_frame), "127.0.0.1", port
        )
        await socket.opened
    return socket


async def close_all(sockets: list[Socket]) -> None:
    """Hang up, a few hundred at a time, and wait until every line is down."""
    for start in range(0, len(sockets), 500):
        for socket in sockets[start : start + 500]:
            socket.transport.abort()
        await asyncio.gather(*(socket.ended for socket in sockets[start : start + 500]))
