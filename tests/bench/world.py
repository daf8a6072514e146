"""What is measured, started for it alone: a durable PostgreSQL, Redis, our servers, the inside.

Everything listens on free loopback ports or a socket in one temporary folder, and is ended by its
process id.
"""

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_urlsafe

from tests.deployment import BIN, command_of, example_environment, redis, until
from tests.postgres import private_cluster
from tests.server import ROOT, Desk, Server

TICKS = os.sysconf("SC_CLK_TCK")
DAPHNE = (
    "daphne -e tcp:port={}:interface=127.0.0.1:backlog=4096"
    " --no-server-name config.asgi:application"
)
CALL_SIGN = "Damkar 1"  # the unit with one phone
KINDS = ("uvicorn", "daphne")
END_S = 20


class PortTaken(Exception):
    """Something answers where ours was to listen: a leftover would be measured in its place."""


def claim_port():
    """Return a free loopback port that nothing answers at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with socket.socket() as asker:
        asker.settimeout(1)
        if asker.connect_ex(("127.0.0.1", port)) == 0:
            raise PortTaken(f"port {port} answers already")
    return port


def spawn(command, log, **options):
    """Start a program with its output in a file."""
    with log.open("ab") as out:
        return subprocess.Popen(command, stdout=out, stderr=out, **options)


def end_process(process):
    """End a program that we started."""
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def cpu_s(process):
    """Return user and system time that a process and its children used so far, in seconds."""
    pids, used = [process.pid], 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            used += int(fields[11]) + int(fields[12])
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            pids += map(int, children)
    return used / TICKS


def resident_kb(process):
    """Return the resident memory of a process and its children."""
    pids, used = [process.pid], 0
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text()
        used += int(status.split("VmRSS:")[1].split()[0])
        pids += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return used


class Helper:
    """A module of ours in a process of its own: one JSON line in, one out."""

    def __init__(self, module, environment, log):
        self._module, self._log = module, log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
            )

    def __call__(self, do, **asked):
        self.process.stdin.write(json.dumps({"do": do} | asked) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self):
        """Return what it says next."""
        line = self.process.stdout.readline()
        if not line:
            told = self._log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self._module} ended: {told}")
        return json.loads(line)

    def stop(self):
        self.process.stdin.close()
        end_process(self.process)


class World(Server):
    """The production shape on one machine, without nginx and TLS: pages, and a door of each kind.

    `ports[kind]` is where the sockets and check-ins of `uvicorn` or `daphne` come in; `port` is the
    pages' door, which the desk uses.
    """

    def __init__(self, folder, database_url, redis_url):
        super().__init__(folder)
        self.ports = {kind: claim_port() for kind in KINDS}
        self.database_url = database_url
        for name in ("secret_key", "telephony_secret"):
            (self.folder / name).write_text(token_urlsafe(48))
        self.environment |= example_environment() | {
            "GERAK_DATA_DIR": str(self.folder / "data"),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GERAK_SECRET_KEY_FILE": str(self.folder / "secret_key"),
            "GERAK_TELEPHONY_SECRET_FILE": str(self.folder / "telephony_secret"),
            "GERAK_SIGNING_KEY_FILE": "",
            "GERAK_REQUIRE_2FA": "0",
            "GERAK_SSL_REDIRECT": "0",
            "GERAK_STATIC_ROOT": str(self.folder / "static"),
            "GERAK_THROTTLE": "1000000/min",
        }
        self.processes = {}
        self.desk = self.inside = None
        self.tokens = []

    def start(self, *, phones):
        self.manage_all("migrate", "-v0")
        self.manage_all("seed")
        for kind in KINDS:
            self._run_door(kind)
        pages = [
            word.replace("8113", str(self.port)) for word in command_of("gerak112-web.service")
        ]
        pages = [word.replace("/srv/gerak112/.venv/bin", str(BIN)) for word in pages]
        self._run("pages", pages)
        for port in (*self.ports.values(), self.port):
            until(lambda port=port: self._ready(port), seconds=90, told=self.log)
        self.desk = Desk(self)
        self.inside = self.helper("tests.bench.inside")
        self.tokens = self.inside("fill", phones=phones)
        return self

    def helper(self, module):
        return Helper(module, self.environment, self.folder / "server.log")

    def cpu_s(self, kind):
        return cpu_s(self.processes[kind])

    def restart(self, kind):
        """Begin a door of one kind anew, with nothing in its memory."""
        end_process(self.processes[kind])
        self._run_door(kind)
        until(lambda: self._ready(self.ports[kind]), seconds=90, told=self.log)

    def _run_door(self, kind):
        port = str(self.ports[kind])
        sockets = programs("gerak112-sockets@.service")
        commands = {
            "uvicorn": [word.replace("%i", port) for word in sockets],
            "daphne": f"{BIN}/{DAPHNE.format(port)}".split(),
        }
        self._run(kind, commands[kind])

    def _run(self, name, command):
        added = {"GERAK_PROCESS_NAME": name}
        self.processes[name] = spawn(
            command, self.folder / "server.log", cwd=ROOT, env=self.environment | added
        )

    def _ready(self, port):
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            line.sendall(b"GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return b" 200 " in line.recv(100)

    def stop(self):
        if self.inside:
            self.inside.stop()
        for process in reversed(self.processes.values()):
            end_process(process)


def programs(unit):
    """Return the documented command of a unit, with our Python's own programs."""
    return [word.replace("/srv/gerak112/.venv/bin", str(BIN)) for word in command_of(unit)]


@contextmanager
def world(folder, *, phones):
    """Run all of it while the block runs."""
    with private_cluster(durable=True) as database_url, redis(folder) as redis_url:
        made = World(folder, database_url, redis_url)
        try:
            yield made.start(phones=phones)
        finally:
            made.stop()
