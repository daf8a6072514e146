"""Thousands of open sockets: our phones, which check order and confirm, or a peer's subscribers."""

import asyncio
import time

import msgspec

from tests.bench.sockets import Refused, close_all, open_socket

HANDSHAKES_AT_ONCE = 256  # performance study, 5
READY_WITHIN_S = 60.0


class Phones:
    """Our phones on one server: each resumes after a number and is ready when caught up."""

    path = "/ws/stream/"

    def __init__(self, port, tokens, *, after=0):
        self.port, self.tokens, self.after = port, tokens, after
        self.sockets, self.wrong, self.refused = [], [], 0
        self.ready_ms = []
        self.heard, self._wanted, self._all = {}, None, None
        self._count = self.replayed = 0
        self.first_heard = asyncio.Queue()

    async def connect(self):
        """Connect all and wait until each is ready; return the seconds it took."""
        gate, began = asyncio.Semaphore(HANDSHAKES_AT_ONCE), time.perf_counter()

        async def one(number):
            async with gate:
                asked = time.perf_counter()
                try:
                    socket = await self.open(number)
                    async with asyncio.timeout(READY_WITHIN_S):
                        await socket.ready
                except (Refused, OSError, TimeoutError) as error:
                    self.refused += 1
                    self.wrong.append(f"refused: {error!r}"[:120])
                    return
                self.sockets.append(socket)
                self.ready_ms.append((time.perf_counter() - asked) * 1000)

        await asyncio.gather(*(one(number) for number in range(len(self.tokens))))
        return time.perf_counter() - began

    async def open(self, number):
        header = f"Authorization: Bearer {self.tokens[number]}"
        socket = await open_socket(self.port, self.path, self.on_frame, header)
        socket.number, socket.seq = number, self.after
        socket.ready = asyncio.get_running_loop().create_future()
        socket.send(b'{"type":"resume","after":%d}' % self.after)
        socket.ended.add_done_callback(lambda _: socket.ready.done() or socket.ready.cancel())
        return socket

    def on_frame(self, socket, payload):
        at = time.time()
        frame = msgspec.json.decode(payload)
        if frame["type"] == "event":
            if frame["previous"] != socket.seq or frame["seq"] <= socket.seq:
                self.wrong.append(f"order: {frame['previous']} after {socket.seq}")
            socket.seq = frame["seq"]
            socket.send(b'{"type":"received","seq":%d}' % socket.seq)
            if not socket.ready.done():
                self.replayed += 1
            elif socket.number == 0:
                self.first_heard.put_nowait((frame, at))
            self._tell(frame["kind"], at)
        elif frame["type"] == "caught_up":
            socket.ready.set_result(None)
        elif frame["type"] in ("error", "reset"):
            self.wrong.append(str(frame))

    def await_all(self, kind):
        """Start to wait for one event of a kind at every socket; give the time of the last."""
        self._wanted, self._count = kind, 0
        self._all = asyncio.get_running_loop().create_future()
        return self._all

    def _tell(self, kind, at):
        if kind == self._wanted:
            self._count += 1
            if self._count == len(self.sockets):
                self._all.set_result(at)

    async def leave(self):
        await close_all(self.sockets)
