"""Assignments under SIGKILL at named points: each is received, or red, within thirty seconds.

The short form is part of the suite. The long form, a thousand assignments in the embedded and in
the production shape (PostgreSQL, Redis, two servers, worker and beat), is asked for:
GERAK_TEST_KILLS=1000 python -m pytest -s tests/flows/test_kill_points.py
"""

import json
import os
import random
import threading
import time
from datetime import datetime
from uuid import uuid4

import pytest

from tests.flows.test_server_killed import Listener
from tests.kept import SEED, Shape, production
from tests.server import Desk, Phone

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(7_200)]

LONG = int(os.environ.get("GERAK_TEST_KILLS", "0"))
RED_S = 30.0
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


def patiently(desk, method, path, body=None, seconds=180):
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
    """Sends one unit again and again: waits until it is received, or red is due, then ends it.

    Red is due in seconds of a server that is up: one that starts slowly is not called late.
    """

    def __init__(self, desk, unit, count, incident, shape):
        super().__init__(daemon=True)
        self.shape = shape
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
        while without_downtime(started, time.time(), downtimes(self.shape)) < RED_S + 3:
            if patiently(self.desk, "GET", path)[1]["delivered_at"]:
                return
            time.sleep(0.3)


def without_downtime(start, end, down):
    """Return the seconds between two moments in which a server was up."""
    return end - start - sum(max(0.0, min(end, b) - max(start, a)) for a, b in down)


def downtimes(shape):
    """Return when the servers of a shape were down, as far as they came up again."""
    return [one for kept in shape.kept if kept.name.startswith("server") for one in kept.down]


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
        Sender(desks[n % len(desks)], desks[0].unit(name), share, incident, shape)
        for n, name in enumerate(hearing)
    ]
    deaf = [Sender(desks[0], desks[0].unit(name), count, incident, shape) for name in DEAF]
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
    down = downtimes(shape)
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
    with production(tmp_path) as shape:
        judge(shape, run(shape, LONG))
