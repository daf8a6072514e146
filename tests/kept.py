"""Processes that are started again whenever they die: the embedded and the production shape."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager

import pytest

from tests.kill_points import POINTS
from tests.ports import free_port
from tests.postgres import NoPostgres, private_cluster
from tests.server import ROOT, Server

# The long forms are asked for by the number of assignments to send under kills.
LONG = int(os.environ.get("GERAK_TEST_KILLS", "0"))
asked_for = pytest.mark.skipif(
    not LONG, reason="the long form is asked for: make faults, or GERAK_TEST_KILLS=1000"
)
SEED = int(os.environ.get("GERAK_TEST_KILL_SEED", "112"))
LIFE_S = (3.0, 8.0)  # a life whose point is not passed ends by a kill at a random time


class Kept(threading.Thread):
    """A process that is started again whenever it dies, and killed when it lives too long."""

    def __init__(self, name, words, environment, log, *, ready, chance, points=tuple(POINTS)):
        super().__init__(daemon=True, name=name)
        self.words, self.environment, self.log = words, environment, log
        self.ready, self.chance, self.points = ready, chance, points
        self.over, self.calm, self.up = threading.Event(), threading.Event(), threading.Event()
        self.held = threading.Event()  # while set, what died stays dead
        self.down, self.deaths, self.process = [], {}, None

    def run(self):
        fell_at = time.time()
        while not self.over.is_set():
            while self.held.is_set():
                time.sleep(0.05)
            point = None if self.calm.is_set() else self.chance.choice(self.points)
            armed = f"{point}:{self.chance.randint(1, 6)}" if point else ""
            process = self.process = subprocess.Popen(
                self.words,
                cwd=ROOT,
                env=self.environment | {"GERAK_TEST_KILL": armed},
                stdout=self.log,
                stderr=self.log,
            )
            while process.poll() is None and not self.ready():
                time.sleep(0.05)
            self.down.append((fell_at, time.time()))
            self.up.set()
            self._live(process)
            fell_at = time.time()
            self.up.clear()
            if process.returncode == -signal.SIGKILL and not self.calm.is_set():
                self.deaths[point] = self.deaths.get(point, 0) + 1

    def _live(self, process):
        """Wait for the end; a life that began in calm ends when the calm does."""
        began_calm = self.calm.is_set()
        until = time.monotonic() + self.chance.uniform(*LIFE_S)
        while process.poll() is None and not self.over.is_set():
            if not self.calm.is_set() and (began_calm or time.monotonic() > until):
                break
            time.sleep(0.05)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM if self.over.is_set() else signal.SIGKILL)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Shape:
    """The processes of one way to run the product; `servers` are what phones and desk speak to."""

    def __init__(self, folder, chance):
        self.folder, self.chance, self.kept, self.servers = folder, chance, [], []
        self.log = (folder / "server.log").open("ab")

    def server(self, name, words, **environment):
        server = Server(
            self.folder, GERAK_PROCESS_NAME=name, GERAK_THROTTLE="100000/min", **environment
        )
        self.servers.append(server)
        words = [part.format(port=server.port) for part in words]
        self.keep(name, words, server.environment, ready=lambda: answers(server))
        return server

    def keep(self, name, words, environment, *, ready=lambda: True, **more):
        runs = words if words[0].startswith("/") else [sys.executable, "-m", "tests.kill_points"]
        words = words if words[0].startswith("/") else [*runs, *words]
        self.kept.append(
            Kept(name, words, environment, self.log, ready=ready, chance=self.chance, **more)
        )

    def calm_down(self):
        for one in self.kept:
            one.calm.set()

    def stop(self):
        for one in self.kept:
            one.over.set()
        for one in self.kept:
            one.join(30)
        self.log.close()


def answers(server):
    try:
        return server.call("GET", "/healthz")[0] == 200
    except OSError:
        return False


@contextmanager
def production(folder, *, disk=None):
    """Give the production shape: PostgreSQL (on `disk`), Redis, two servers, worker and beat."""
    redis = shutil.which("redis-server")
    if redis is None:
        pytest.skip("no redis-server")
    with ExitStack() as running:
        try:
            url = running.enter_context(private_cluster(install=False, place=disk))
        except NoPostgres as reason:
            pytest.skip(str(reason))
        port = free_port()
        outside = {
            "DATABASE_URL": url,
            "REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "GERAK_SECRET_KEY": "a key for a test of kills, long enough to sign",
            "GERAK_TELEPHONY_SECRET": "a secret for a test of kills",
            "GERAK_ALLOWED_HOSTS": "127.0.0.1",
            "GERAK_SSL_REDIRECT": "0",
        }
        shape = Shape(folder, random.Random(SEED))
        web = ["uvicorn", "config.asgi:application", "--port", "{port}", "--no-access-log"]
        first = shape.server("server-a", web, **outside)
        shape.server("server-b", web, **outside)
        environment = first.environment | {"GERAK_PROCESS_NAME": "worker-a"}
        shape.keep("beat", ["celery", "beat", "--schedule", str(folder / "beat")], environment)
        worker = ["celery", "worker", "--pool", "threads", "--concurrency", "2"]
        shape.keep("worker", worker, environment)
        broker = [redis, "--port", str(port), "--save", "", "--dir", str(folder)]
        shape.keep("redis", broker, dict(os.environ), points=(None,))
        for words in (["migrate", "-v", "0"], ["seed"]):
            first.manage_all(*words)
        try:
            yield shape
        finally:
            shape.stop()
