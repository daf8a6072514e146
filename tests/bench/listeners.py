"""Thousands of websockets in a process of their own, by bare epoll: a few microseconds a frame.

One JSON line in, one out (`world.Helper`). While it waits for a message at every socket it reads
and looks for the mark alone; what came is taken apart after that: whole frames, numbers in order,
each once. Events have our shape at the peers, too. `take` says what was wrong since it was last
asked.
"""

import base64
import json
import os
import select
import socket
import time

import msgspec

from tests.bench.sockets import BINARY, CLOSE, PING, PONG, TEXT, frame_at, masked

AT_ONCE = 256  # handshakes in flight; performance study, 5
OPENED_WITHIN_S, HEARD_WITHIN_S = 60.0, 30.0
READ_BYTES = 16_384
WRONG_KEPT = 5


class Frame(msgspec.Struct):
    """What the checks need of a frame."""

    type: str
    seq: int = 0
    previous: int = 0


DECODE = msgspec.json.Decoder(Frame).decode


class Line:
    """One socket: what it read, where it stands."""

    __slots__ = ("began", "events", "hello", "opened", "ready", "seq", "socket", "unread")

    def __init__(self, port, request, hello, seq):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect_ex(("127.0.0.1", port))
        self.hello, self.seq, self.unread, self.events = hello, seq, request, 0
        self.opened = self.ready = False
        self.began = time.monotonic()

    def send(self, payload, opcode=TEXT):
        self.socket.send(masked(payload, opcode))


class Listeners:
    """All sockets to one server."""

    def __init__(self):
        self.lines, self.epoll, self.wrong = {}, select.epoll(), []
        self.epoll.register(0, select.EPOLLIN)
        self.mark = b""
        self.sample = ""

    # --- what it is asked

    def open(self, *, port, path, headers, count, hello, ready, after):
        """Open so many more sockets; `hello`: base64 frames to say, (opcode, payload) each."""
        said = [(opcode, base64.b64decode(text)) for opcode, text in hello]
        self.mark = ready.encode("latin-1")
        began, waiting, delays, refused = time.monotonic(), count, [], 0
        opening = {}
        while waiting or opening:
            while waiting and len(opening) < AT_ONCE:
                mine = headers[(count - waiting) % len(headers)] if headers else []
                line = Line(port, request_of(port, path, mine), said, after)
                opening[line.socket.fileno()] = line
                self.epoll.register(line.socket, select.EPOLLOUT)
                waiting -= 1
            for number, event in self.epoll.poll(1):
                line = opening.get(number) or self.lines.get(number)
                if line is None:
                    continue
                if not self._step(line, event):
                    refused += opening.pop(number, None) is not None
                elif line.ready and number in opening:
                    delays.append((time.monotonic() - line.began) * 1000)
                    self.lines[number] = opening.pop(number)
            if time.monotonic() - began > OPENED_WITHIN_S:
                refused += len(opening) + waiting
                break
        seconds = time.monotonic() - began
        return {"seconds": seconds, "refused": refused, "delays_ms": delays}

    def hear(self, *, mark):
        """Wait until a text was read at every socket; say when it was at the last."""
        wanted, missing, lines = mark.encode(), len(self.lines), self.lines
        say({"armed": True})
        until = time.monotonic() + HEARD_WITHIN_S
        last = None
        while missing and time.monotonic() < until:
            for number, _event in self.epoll.poll(0.5):
                if number == 0:
                    continue
                line = lines[number]
                data = line.socket.recv(READ_BYTES)
                if not data:
                    self._lost(line, "hung up")
                line.unread += data
                if wanted in data:
                    missing -= 1
            last = time.monotonic()
        for line in list(lines.values()):
            self._take(line)
        return {"last": None if missing else last, "missing": missing, "sample": self.sample}

    def confirm(self):
        """Say of every socket that its events arrived."""
        for line in self.lines.values():
            line.send(b'{"type":"received","seq":%d}' % line.seq)
        return {}

    def take(self):
        """Return what was wrong, and how many events each socket had since it was asked."""
        wrong, self.wrong = self.wrong, []
        counts = sorted(line.events for line in self.lines.values())
        for line in self.lines.values():
            line.events = 0
        return {"wrong": wrong, "least": counts[0] if counts else 0, "most": (counts or [0])[-1]}

    def close(self):
        for line in self.lines.values():
            line.socket.close()
        self.lines = {}
        return {}

    # --- how

    def serve(self):
        """Answer what is asked; between that, read what comes."""
        buffered = b""
        while True:
            for number, event in self.epoll.poll(5):
                if number:
                    if line := self.lines.get(number):  # None: it was closed a moment ago
                        self._step(line, event)
                    continue
                data = os.read(0, 1 << 20)
                if not data:
                    return
                buffered += data
                if buffered.endswith(b"\n"):
                    asked, buffered = json.loads(buffered), b""
                    say(getattr(self, asked.pop("do"))(**asked))

    def _step(self, line, event):
        """Do what a socket is ready for; return whether it still lives."""
        try:
            if event & select.EPOLLOUT:
                line.socket.send(line.unread)
                line.unread = b""
                self.epoll.modify(line.socket, select.EPOLLIN)
                return True
            data = line.socket.recv(READ_BYTES)
        except OSError as error:
            return self._lost(line, repr(error))
        if not data:
            return self._lost(line, "hung up")
        line.unread += data
        return self._take(line)

    def _take(self, line):
        """Take apart what was read."""
        buffer, at = line.unread, 0
        if not line.opened:
            at = buffer.find(b"\r\n\r\n") + 4
            if at < 4:
                return True
            if b" 101 " not in buffer[:20]:
                return self._lost(line, buffer[:60].decode(errors="replace"))
            line.opened, line.ready = True, not self.mark
            for opcode, payload in line.hello:
                line.send(payload, opcode)
        while (frame := frame_at(buffer, at)) is not None:
            opcode, payload, at = frame
            if opcode == PING:
                line.send(payload, PONG)
            elif opcode == CLOSE:
                return self._lost(line, f"closed: {payload[:2].hex()}")
            elif opcode in (TEXT, BINARY):
                self._hear(line, payload)
        line.unread = buffer[at:]
        return True

    def _hear(self, line, payload):
        if not line.ready:
            line.ready = self.mark in payload
        start = payload.find(b"{")
        if start < 0:
            return
        frame = DECODE(payload[start:] if start else payload)
        if frame.type == "event":
            if frame.previous != line.seq or frame.seq <= line.seq:
                self._note(f"{frame.previous} after {line.seq}")
            line.seq = frame.seq
            line.events += 1
            self.sample = payload[start:].decode()
        elif frame.type in ("error", "reset"):
            self._note(payload.decode())

    def _lost(self, line, why):
        self._note(f"lost a socket: {why}")
        self.lines.pop(line.socket.fileno(), None)
        line.socket.close()
        return False

    def _note(self, said):
        if len(self.wrong) < WRONG_KEPT:
            self.wrong.append(said)


def request_of(port, path, headers):
    """Return a handshake's request."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def say(answer):
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    Listeners().serve()
