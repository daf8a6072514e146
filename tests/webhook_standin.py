"""A receiver of webhooks on loopback, with moods. As a fixture: `receiver`."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

HANG_S = 30.0


@dataclass(frozen=True)
class Arrived:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Serve while the context is open. A mood is a status, or hang, drip, garbage, huge, drop.

    `mood` holds for every request; `next_moods` come first, one a request. `arrived` are all
    requests, `connections` the number of connections opened.
    """

    def __init__(self):
        self.mood = 204
        self.next_moods = deque()
        self.answer_headers = {}
        self.arrived = []
        self.connections = 0
        self.released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.receiver = self
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def next_mood(self):
        return self.next_moods.popleft() if self.next_moods else self.mood


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    receiver: Receiver

    def process_request(self, request, client_address):
        self.receiver.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request, client_address):
        pass  # the sender hung up


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):  # noqa: N802
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.arrived.append(Arrived(self.path, dict(self.headers), body))
        self.close_connection = True
        mood = receiver.next_mood()
        if isinstance(mood, int):
            self._answer(mood, receiver.answer_headers)
        else:
            getattr(self, f"_{mood}")(receiver)

    def _answer(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang(self, receiver):
        receiver.released.wait(HANG_S)

    def _drip(self, receiver):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not receiver.released.wait(0.05):
            self.wfile.write(b"x")
            self.wfile.flush()

    def _garbage(self, _receiver):
        self.wfile.write(b"\x00\xff not http at all\r\n\r\n")

    def _huge(self, _receiver):
        self._answer(200, {}, b"x" * 5_000_000)

    def _drop(self, _receiver):
        time.sleep(0)

    def log_message(self, *_args):
        pass


@pytest.fixture
def receiver(settings):
    """Return a receiver on loopback, to which the settings allow posting."""
    settings.GERAK_WEBHOOK_PRIVATE = True
    with Receiver() as running:
        yield running
