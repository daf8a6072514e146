"""The real server in a process of its own, spoken to through its public doors only."""

import hashlib
import hmac
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

from websockets.sync.client import connect

from tests.city import DATABASE, ROOT, environment_of, manage, seeded_city
from tests.ports import free_port

CODES_LAST_S = 480  # of the ten minutes that a code is good for


class Server:
    """`manage.py serve` on a folder of its own; can be killed and started again."""

    def __init__(self, folder, **environment):
        self.port = free_port()
        self.folder = Path(folder)
        self.environment = environment_of(folder, GERAK_PORT=str(self.port), **environment)
        self.command = ["manage.py", "serve"]
        self.process = None
        self._codes, self._codes_until = {}, 0.0

    def fill(self):
        """Put a seeded city into the folder where nothing is yet."""
        if not (self.folder / DATABASE).exists():
            shutil.copytree(seeded_city().folder, self.folder, dirs_exist_ok=True)
        return self

    def start(self, *, seconds=60):
        self.fill()
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(self.log())
            try:
                if self.call("GET", "/readyz")[0] == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.1)
        self.kill()
        raise RuntimeError(f"not ready after {seconds} s: {self.log()}")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def log(self):
        return (self.folder / "server.log").read_text(errors="replace")[-4000:]

    def manage(self, *words):
        """Run a management command beside the server; return the last line of its output."""
        return self.manage_all(*words)[-1]

    def manage_all(self, *words):
        """Run a management command beside the server; return the lines of its output."""
        return manage(self.environment, *words)

    def code_for(self, username):
        """Return a fresh code that enrols a phone: one command makes those of the whole city."""
        if username not in self._codes or time.monotonic() > self._codes_until:
            names = dict.fromkeys((username, *seeded_city().people))
            self._codes = dict(zip(names, self.manage_all("enrol_code", *names), strict=True))
            self._codes_until = time.monotonic() + CODES_LAST_S
        return self._codes.pop(username)

    def token_for(self, username):
        """Return a token with a staff user's rights; the city's dispatcher has one."""
        if username == "dispatcher" and (self.folder / DATABASE).exists():
            return seeded_city().token
        return self.manage("service_token", username)

    @property
    def logins(self):
        """Return username to password of the staff."""
        lines = (self.folder / "logins.txt").read_text(encoding="utf-8").splitlines()
        return dict(line.split() for line in lines)

    def call(self, method, path, body=None, token=None, headers=None):
        """Return (status, parsed body)."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = self.request(method, path, data)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with self.open(request) as answer:
                status, text = answer.status, answer.read()
        except HTTPError as error:
            status, text = error.code, error.read()
        try:
            return status, json.loads(text) if text else None
        except ValueError:
            return status, text.decode(errors="replace")

    def request(self, method, path, body):
        return Request(f"http://127.0.0.1:{self.port}{path}", data=body, method=method)

    def open(self, request):
        return urlopen(request, timeout=30)

    def rings(self, call_id, event, at, **over):
        """Let the telephone exchange say something, signed."""
        secret = (self.folder / "gerak_telephony_secret.txt").read_text().strip()
        body = json.dumps({"call_id": call_id, "event": event, "at": at} | over).encode()
        stamp = str(int(time.time()))
        v1 = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return self.call(
            "POST",
            "/api/v1/telephony/calls",
            body,
            headers={"X-Gerak-Signature": f"t={stamp},v1={v1}"},
        )


class Phone:
    """A phone that is enrolled with a code and listens on the stream."""

    def __init__(self, server, username):
        self.server = server
        code = server.code_for(username)
        status, body = server.call(
            "POST", "/api/v1/devices/enrol", {"code": code, "name": "Redmi", "platform": "android"}
        )
        if status != 201:
            raise RuntimeError(body)
        self.token, self.device_id = body["token"], body["device_id"]
        self.seq, self.events, self.socket = 0, [], None

    def call(self, method, path, body=None):
        return self.server.call(method, path, body, token=self.token)

    def listen(self):
        """Open the stream and take in everything up to caught_up."""
        self.socket = self.open_stream()
        self.say({"type": "resume", "after": self.seq})
        while self.hear()["type"] != "caught_up":
            pass

    def open_stream(self):
        return connect(
            f"ws://127.0.0.1:{self.server.port}/ws/stream/",
            additional_headers={"Authorization": f"Bearer {self.token}"},
            open_timeout=20,
            legacy=True,
        )

    def say(self, frame):
        self.socket.send(json.dumps(frame))

    def hear(self, seconds=10):
        """Return the next frame; events are kept and acknowledged."""
        frame = json.loads(self.socket.recv(timeout=seconds))
        if frame["type"] == "event":
            assert frame["previous"] == self.seq
            self.seq = frame["seq"]
            self.events.append(frame)
            self.say({"type": "received", "seq": self.seq})
        return frame

    def waits_for(self, kind, seconds=10):
        """Return the first event of a kind, from those heard or yet to come."""
        deadline = time.monotonic() + seconds
        while True:
            for event in self.events:
                if event["kind"] == kind:
                    return event
            assert time.monotonic() < deadline, f"{kind} was not heard: {self.events}"
            self.hear(max(0.1, deadline - time.monotonic()))


class Desk:
    """Another system at the desk, with a dispatcher's rights."""

    def __init__(self, server, username="dispatcher"):
        self.server = server
        self.token = server.token_for(username)

    def call(self, method, path, body=None):
        return self.server.call(method, f"/api/v1/desk/{path}", body, token=self.token)

    def unit(self, call_sign):
        units = self.call("GET", "units")[1]["results"]
        return next(unit for unit in units if unit["call_sign"] == call_sign)

    def opens(self, **over):
        report = {"id": str(uuid4()), "type": "kebakaran_bangunan", "summary": "Rumah terbakar"}
        status, incident = self.call("POST", "incidents", report | over)
        assert status == 201, incident
        return incident

    def sends(self, unit, incident):
        return self.call(
            "POST",
            f"incidents/{incident['id']}/assignments",
            {"id": str(uuid4()), "unit": unit["id"]},
        )
