"""Kill -9 in the middle: what was answered is there, what was sent arrives once or shows red."""

import threading
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from websockets.exceptions import WebSocketException

from responders.wire_time import to_wire
from tests.server import Desk, Phone, Server

pytestmark = pytest.mark.embedded

CHECK_INS = 1_000
ASSIGNMENTS = 100
KILLS = 3
PLACE = {"lat": -0.800065, "lon": 100.64983}


def now():
    return datetime.now(UTC)


class Listener(threading.Thread):
    """A phone that always comes back and asks for what it missed."""

    def __init__(self, phone):
        super().__init__(daemon=True)
        self.phone, self.over, self.gaps, self.opened = phone, threading.Event(), [], 0

    def run(self):
        while not self.over.is_set():
            try:
                self.phone.listen()
                self.opened += 1
                while not self.over.is_set():
                    try:
                        self.phone.hear(0.5)
                    except TimeoutError:
                        continue
            except AssertionError as gap:
                self.gaps.append(gap)
                return
            except (OSError, WebSocketException):
                time.sleep(0.2)


class Poster(threading.Thread):
    """Posts check-ins one by one and remembers which were answered as stored."""

    def __init__(self, phone, count):
        super().__init__(daemon=True)
        self.phone, self.count, self.stored = phone, count, set()

    def run(self):
        for number in range(self.count):
            item = {
                "id": str(uuid4()),
                "recorded_at": to_wire(now()),
                "lat": PLACE["lat"] + number * 1e-5,
                "lon": PLACE["lon"],
            }
            while item["id"] not in self.stored:
                try:
                    status, body = self.phone.call(
                        "POST", "/api/v1/check-ins", {"check_ins": [item]}
                    )
                except OSError:
                    time.sleep(0.1)
                    continue
                if status == 200 and body["results"][0]["status"] in ("stored", "duplicate"):
                    self.stored.add(item["id"])


class Dispatcher(threading.Thread):
    """Sends units over and over, calling each back after a moment; repeats what got no answer."""

    def __init__(self, desk, units, count):
        super().__init__(daemon=True)
        self.desk, self.units, self.count, self.sent = desk, units, count, []

    def patiently(self, method, path, body):
        while True:
            try:
                status, answer = self.desk.call(method, path, body)
            except OSError:
                time.sleep(0.1)
                continue
            if status != 503:
                return status, answer

    def run(self):
        report = {"id": str(uuid4()), "type": "lainnya", "summary": "Uji"} | PLACE
        incident = self.patiently("POST", "incidents", report)[1]
        for number in range(self.count):
            unit = self.units[number % len(self.units)]
            body = {"id": str(uuid4()), "unit": unit["id"]}
            status, answer = self.patiently("POST", f"incidents/{incident['id']}/assignments", body)
            assert status in (200, 201), answer
            self.sent.append(answer["id"])
            time.sleep(0.02)
            cancel = f"assignments/{answer['id']}/cancel"
            assert self.patiently("POST", cancel, {"reason": "uji"})[0] == 200


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path).start()
    yield server
    server.stop()


def test_nothing_answered_is_lost_and_nothing_arrives_twice(server):
    desk = Desk(server)
    units = [desk.unit(name) for name in ("Damkar 1", "Damkar 2", "Rescue 1", "Ambulans PSC 1")]
    phones = [Phone(server, unit["crew"][0]["username"]) for unit in units]
    listeners = [Listener(phone) for phone in phones]
    posters = [Poster(phone, CHECK_INS // len(phones)) for phone in phones]
    dispatcher = Dispatcher(desk, units, ASSIGNMENTS)
    for thread in (*listeners, *posters, dispatcher):
        thread.start()

    for _ in range(KILLS):
        time.sleep(1.5)
        server.kill()
        time.sleep(0.3)
        server.start()
    for thread in (*posters, dispatcher):
        thread.join(180)
        assert not thread.is_alive()

    assert len(set(dispatcher.sent)) == ASSIGNMENTS
    for phone, poster in zip(phones, posters, strict=True):
        listed = phone.call("GET", "/api/v1/check-ins?limit=10000")[1]["check_ins"]
        ids = [row["id"] for row in listed]
        assert len(ids) == len(set(ids))
        assert poster.stored == set(ids)

    deadline = time.monotonic() + 30
    for phone in phones:
        wanted = every_event(phone)
        while [event["seq"] for event in phone.events] != wanted:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    for listener in listeners:
        listener.over.set()
        listener.join(5)
        assert listener.gaps == []

    for assignment_id in dispatcher.sent:
        body = desk.call("GET", f"assignments/{assignment_id}")[1]
        assert body["delivered_at"] is not None or is_red(desk, body), body


def every_event(phone):
    """Return the numbers of all that this person can see, by the plain door."""
    numbers, after = [], 0
    while True:
        events = phone.call("GET", f"/api/v1/events?after={after}&limit=100")[1]["events"]
        if not events:
            return numbers
        numbers += [event["seq"] for event in events]
        after = numbers[-1]


def is_red(desk, assignment):
    """Say whether the journal holds that this one did not arrive in time, or was called back."""
    timeline = desk.call("GET", f"incidents/{assignment['incident']['id']}/timeline")[1]["results"]
    kinds = {event["kind"] for event in timeline if event["assignment"] == assignment["id"]}
    return bool(kinds & {"deadline.missed", "assignment.cancelled"})
