"""Phones that listen and post, and a desk that sends them, while something breaks.

What is judged stands in the rows afterwards; what was measured is printed.
"""

import json
import threading
import time
from datetime import UTC, datetime
from http.client import HTTPException
from uuid import uuid4

from responders.wire_time import to_wire

RED_S = 30.0
PLACE = {"lat": -0.800065, "lon": 100.64983}
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


def ledger_of(server):
    """Return what the database says of all assignments, and what in it stands twice."""
    return json.loads(server.manage("shell", "-v", "0", "-c", READ))


class Door:
    """What a balancer does: the next server where one refuses. Speaks as a Server does."""

    def __init__(self, servers, first=0):
        self.servers, self.at = list(servers), first
        one = self.servers[0]
        self.manage, self.token_for, self.code_for = one.manage, one.token_for, one.code_for

    @property
    def port(self):
        """The next server's, so that a phone that comes back tries another."""
        self.at += 1
        return self._server().port

    def call(self, *words, **more):
        for _ in self.servers[1:]:
            try:
                return self._server().call(*words, **more)
            except (OSError, HTTPException):
                self.at += 1
        return self._server().call(*words, **more)

    def _server(self):
        return self.servers[self.at % len(self.servers)]


def patiently(desk, method, path, body=None, seconds=180):
    """Try until the server answers something that is no 5xx."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            status, answer = desk.call(method, path, body)
            if status < 500:
                return status, answer
        except (OSError, HTTPException):
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
        started = time.time()
        path = f"assignments/{assignment['id']}"
        while without_downtime(started, time.time(), downtimes(self.shape)) < RED_S + 3:
            if patiently(self.desk, "GET", path)[1]["delivered_at"]:
                return
            time.sleep(0.3)


def without_downtime(start, end, down):
    """Return the seconds between two moments in which a server was up."""
    return end - start - sum(max(0.0, min(end, b) - max(start, a)) for a, b in down)


def downtimes(shape):
    """Return when no server of a shape was up, as far as they came up again."""
    servers = [kept.down for kept in shape.kept if kept.name.startswith("server")]
    common = list(servers[0])
    for down in servers[1:]:
        both = [(max(a, c), min(b, d)) for a, b in common for c, d in list(down)]
        common = [one for one in both if one[0] < one[1]]
    return common


class Walker(threading.Thread):
    """Posts a check-in five times a second; repeats each until it is answered as stored."""

    def __init__(self, phone):
        super().__init__(daemon=True)
        self.phone, self.stored, self.slowest_s = phone, set(), 0.0
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(0.2):
            items, began = [self.item()], time.monotonic()
            while not self.post(items) and not self.over.is_set():
                time.sleep(0.1)
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)

    def item(self):
        return {"id": str(uuid4()), "recorded_at": to_wire(datetime.now(UTC)), **PLACE}

    def post(self, items):
        """Post them; say whether they were answered, and remember those that are stored."""
        body = {"check_ins": items, "sent_at": to_wire(datetime.now(UTC))}
        try:
            status, answer = self.phone.call("POST", "/api/v1/check-ins", body)
        except (OSError, HTTPException):
            return False
        if status == 200:
            kept = ("stored", "duplicate")
            self.stored |= {row["id"] for row in answer["results"] if row["status"] in kept}
        return status == 200

    def lost(self):
        """Return what was answered as stored and is not known when it is posted again."""
        ids, unknown = sorted(self.stored), set()
        for start in range(0, len(ids), 500):
            items = [self.item() | {"id": one} for one in ids[start : start + 500]]
            answer = self.phone.call("POST", "/api/v1/check-ins", {"check_ins": items})[1]
            unknown |= {row["id"] for row in answer["results"] if row["status"] != "duplicate"}
        return unknown
