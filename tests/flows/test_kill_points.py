"""Assignments under SIGKILL at named points: each is received, or red, within thirty seconds.

The short form is part of the suite. The long form, a thousand assignments in the embedded and in
the production shape (PostgreSQL, Redis, two servers, worker and beat), is asked for:
GERAK_TEST_KILLS=1000 python -m pytest -s tests/flows/test_kill_points.py
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from datetime import datetime
from uuid import uuid4

import pytest

from tests.flows.test_server_killed import Listener
from tests.kill_points import POINTS
from tests.postgres import NoPostgres, private_cluster
from tests.server import ROOT, Desk, Phone, Server

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(7_200)]

LONG = int(os.environ.get("GERAK_TEST_KILLS", "0"))
SEED = int(os.environ.get("GERAK_TEST_KILL_SEED", "112"))
RED_S = 30.0
LIFE_S = (3.0, 8.0)  # a life whose point is not passed ends by a kill at a random time
PLACE = {"lat": -0.800065, "lon": 100.64983}
HEARING = ("Damkar 1", "Rescue 1", "Ambulans PSC 1", "Satpol PP 1")
MORE = ("Ambulans PSC 2", "BPBD TRC 1", "BPBD TRC 2", "Dishub 1", "PDAM 1", "PKLH 1", "Tagana 1")
DEAF = ("Damkar 2",)
READ = """
import json
from django.db.models import Count
from incidents.models import Assignment, IncidentEvent, Timer
from notifications.models import Delivery, LadderTurn, OutsideMessage
fired = dict(Timer.objects.filter(kind="delivery").values_list("assignment", "fired_at"))
rows = [[str(a.pk), a.dispatched_at.timestamp(), a.delivered_at and a.delivered_at.timestamp(),
         fired.get(a.pk) and fired[a.pk].timestamp()] for a in Assignment.objects.all()]
twice = lambda rows, *by: rows.values(*by).annotate(n=Count("pk")).filter(n__gt=1).count()
print(json.dumps({"assignments": rows,
  "turns": LadderTurn.objects.count(), "turns_twice": twice(LadderTurn.objects, "ladder", "step"),
  "said_twice": twice(OutsideMessage.objects, "ladder", "step", "to_name"),
  "relayed_twice": IncidentEvent.objects.filter(kind="assignment.relayed").values("assignment")
      .annotate(n=Count("seq")).filter(n__gt=1).count(),
  "posts": max(Delivery.objects.values_list("attempts_made", flat=True), default=0)}))
"""


class Kept(threading.Thread):
    """A process that is started again whenever it dies, and killed when it lives too long."""

    def __init__(self, name, words, environment, log, *, ready, chance, points=tuple(POINTS)):
        super().__init__(daemon=True, name=name)
        self.words, self.environment, self.log = words, environment, log
        self.ready, self.chance, self.points = ready, chance, points
        self.over, self.calm, self.up = threading.Event(), threading.Event(), threading.Event()
        self.down, self.deaths = [], {}

    def run(self):
        fell_at = time.time()
        while not self.over.is_set():
            point = None if self.calm.is_set() else self.chance.choice(self.points)
            armed = f"{point}:{self.chance.randint(1, 6)}" if point else ""
            process = subprocess.Popen(
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
        until = time.monotonic() + self.chance.uniform(*LIFE_S)
        while process.poll() is None and not self.over.is_set():
            if time.monotonic() > until and not self.calm.is_set():
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


def patiently(desk, method, path, body=None, seconds=60):
    """Try until the server answers something that is no 5xx."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            status, answer = desk.call(method, path, body)
            if status < 500:
                return status, answer
        except OSError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)


class Sender(threading.Thread):
    """Sends one unit again and again: waits until it is received, or red is due, then ends it."""

    def __init__(self, desk, unit, count, incident):
        super().__init__(daemon=True)
        self.desk, self.unit, self.count, self.incident = desk, unit, count, incident
        self.sent, self.over = [], threading.Event()

    def run(self):
        while len(self.sent) < self.count and not self.over.is_set():
            body = {"id": str(uuid4()), "unit": self.unit["id"]}
            path = f"incidents/{self.incident['id']}/assignments"
            status, answer = patiently(self.desk, "POST", path, body)
            assert status in (200, 201), answer
            self.sent.append(answer["id"])
            self.waits(answer)
            cancel = f"assignments/{answer['id']}/cancel"
            status, answer = patiently(self.desk, "POST", cancel, {"reason": "uji"})
            assert status == 200, answer

    def waits(self, assignment):
        started = datetime.fromisoformat(assignment["dispatched_at"]).timestamp()
        path = f"assignments/{assignment['id']}"
        while time.time() - started < RED_S + 3:
            if patiently(self.desk, "GET", path)[1]["delivered_at"]:
                return
            time.sleep(0.3)


def without_downtime(start, end, down):
    """Return the seconds between two moments in which a server was up."""
    return end - start - sum(max(0.0, min(end, b) - max(start, a)) for a, b in down)


def run(shape, count):
    """Send `count` assignments under kills; return what the database says in the end."""
    for one in shape.kept:
        one.calm.set()
        one.start()
    for one in shape.kept:
        assert one.up.wait(120)
    hearing = HEARING + MORE if LONG else HEARING
    desks = [Desk(server) for server in shape.servers]
    phones = [
        Phone(shape.servers[n % len(shape.servers)], desks[0].unit(name)["crew"][0]["username"])
        for n, name in enumerate(hearing)
    ]
    listeners = [Listener(phone) for phone in phones]
    incident = desks[0].opens(type="lainnya", **PLACE)
    share = -(-count // len(hearing))
    senders = [
        Sender(desks[n % len(desks)], desks[0].unit(name), share, incident)
        for n, name in enumerate(hearing)
    ]
    deaf = [Sender(desks[0], desks[0].unit(name), count, incident) for name in DEAF]
    for thread in (*listeners, *senders, *deaf):
        thread.start()
    for one in shape.kept:
        one.calm.clear()
    for thread in senders:
        thread.join(6_000)
        assert not thread.is_alive()
    shape.calm_down()
    for thread in deaf:
        thread.over.set()
        thread.join(120)
        assert not thread.is_alive()
    for listener in listeners:
        listener.over.set()
        listener.join(10)
    found = json.loads(shape.servers[0].manage("shell", "-v", "0", "-c", READ))
    found["gaps"] = [gap for listener in listeners for gap in listener.gaps]
    found["sent"] = sum((thread.sent for thread in (*senders, *deaf)), [])
    return found


def judge(shape, found):
    """Hold the promise against the rows, and print what was measured."""
    down = [one for kept in shape.kept if kept.name.startswith("server") for one in kept.down]
    took, red = [], 0
    for _pk, sent_at, received_at, red_at in found["assignments"]:
        proofs = [at for at in (received_at, red_at) if at is not None]
        assert proofs, "neither received nor red"
        red += received_at is None
        took.append(without_downtime(sent_at, min(proofs), down))
    deaths = {name or "start": 0 for kept in shape.kept for name in kept.deaths}
    for kept in shape.kept:
        for name, count in kept.deaths.items():
            deaths[name or "start"] += count
    took.sort()
    print(
        f"\n{len(took)} assignments, {red} red, {sum(deaths.values())} kills of "
        f"{len(shape.kept)} processes; commit to proof p50 {took[len(took) // 2]:.2f} s, "
        f"p99 {took[int(len(took) * 0.99)]:.2f} s, longest {took[-1]:.2f} s (server up); "
        f"{found['turns']} ladder turns, {found['turns_twice']} twice\nkills by point: {deaths}"
    )
    assert {row[0] for row in found["assignments"]} >= set(found["sent"])
    assert took[-1] <= RED_S
    assert [found[name] for name in ("turns_twice", "said_twice", "relayed_twice")] == [0, 0, 0]
    assert found["posts"] <= 3
    assert found["gaps"] == []
    assert sum(deaths.values()) > 0


def test_the_embedded_server_killed_at_every_point(tmp_path):
    shape = Shape(tmp_path, random.Random(SEED))
    shape.server("server", ["serve"])
    try:
        judge(shape, run(shape, LONG or 24))
    finally:
        shape.stop()


@pytest.mark.skipif(not LONG, reason="the long form is asked for: GERAK_TEST_KILLS=1000")
def test_the_production_shape_with_worker_and_broker_killed(tmp_path):
    redis = shutil.which("redis-server")
    if redis is None:
        pytest.skip("no redis-server")
    with ExitStack() as running:
        try:
            url = running.enter_context(private_cluster(install=False))
        except NoPostgres as reason:
            pytest.skip(str(reason))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        outside = {
            "DATABASE_URL": url,
            "REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "GERAK_SECRET_KEY": "a key for a test of kills, long enough to sign",
            "GERAK_TELEPHONY_SECRET": "a secret for a test of kills",
            "GERAK_ALLOWED_HOSTS": "127.0.0.1",
            "GERAK_SSL_REDIRECT": "0",
        }
        shape = Shape(tmp_path, random.Random(SEED))
        web = ["uvicorn", "config.asgi:application", "--port", "{port}", "--no-access-log"]
        first = shape.server("server-a", web, **outside)
        shape.server("server-b", web, **outside)
        environment = first.environment | {"GERAK_PROCESS_NAME": "worker-a"}
        beat = ["celery", "beat", "--schedule", str(tmp_path / "beat")]
        shape.keep("beat", beat, environment)
        worker = ["celery", "worker", "--pool", "threads", "--concurrency", "2"]
        shape.keep("worker", worker, environment)
        broker = [
            redis,
            "--port",
            str(port),
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(tmp_path),
        ]
        shape.keep("redis", broker, dict(os.environ), points=(None,))
        for words in (["migrate", "-v", "0"], ["seed"]):
            first.manage_all(*words)
        try:
            judge(shape, run(shape, LONG))
        finally:
            shape.stop()
