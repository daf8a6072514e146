"""Assignments under SIGKILL at named points: each is received, or red, within thirty seconds.

The short form is part of the suite. The long form, a thousand assignments in the embedded and in
the production shape (PostgreSQL, Redis, two servers, worker and beat), is asked for:
GERAK_TEST_KILLS=1000 python -m pytest -s tests/flows/test_kill_points.py
"""

import random
import signal
import time

import pytest

from tests.flows.test_server_killed import Listener
from tests.kept import LONG, SEED, Shape, asked_for, production
from tests.load import PLACE, RED_S, Sender, downtimes, ledger_of, without_downtime
from tests.server import Desk, Phone, Server

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(7_200)]

HEARING = ("Damkar 1", "Rescue 1", "Ambulans PSC 1", "Satpol PP 1")
MORE = ("Ambulans PSC 2", "BPBD TRC 1", "BPBD TRC 2", "Dishub 1", "PDAM 1", "PKLH 1", "Tagana 1")
DEAF = ("Damkar 2",)


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
    found = ledger_of(shape.servers[0])
    found["gaps"] = [gap for listener in listeners for gap in listener.gaps]
    found["sent"] = sum((thread.sent for thread in (*senders, *deaf)), [])
    found["heard"] = {event["data"]["id"] for phone in phones for event in phone.events}
    return found


def judge(shape, found):
    """Hold the promise against the rows, and print what was measured."""
    down = downtimes(shape)
    took, red, unproven = [], 0, set()
    for pk, sent_at, received_at, red_at in found["assignments"]:
        proofs = [at for at in (received_at, red_at) if at is not None]
        assert proofs, "neither received nor red"
        red += received_at is None
        if received_at is None and pk in found["heard"]:
            unproven.add(pk)
        took.append(without_downtime(sent_at, min(proofs), down))
    deaths = {name or "start": 0 for kept in shape.kept for name in kept.deaths}
    for kept in shape.kept:
        for name, count in kept.deaths.items():
            deaths[name or "start"] += count
    took.sort()
    print(
        f"\n{len(took)} assignments, {red} red, {len(unproven)} of them though a "
        f"phone had it, {sum(deaths.values())} kills of "
        f"{len(shape.kept)} processes; commit to proof p50 {took[len(took) // 2]:.2f} s, "
        f"p99 {took[int(len(took) * 0.99)]:.2f} s, longest {took[-1]:.2f} s (server up); "
        f"{found['turns']} ladder turns, {found['turns_twice']} twice\nkills by point: {deaths}"
    )
    assert {row[0] for row in found["assignments"]} >= set(found["sent"])
    assert took[-1] <= RED_S
    assert [found[name] for name in ("turns_twice", "said_twice", "relayed_twice")] == [0, 0, 0]
    assert found["posts"] <= 3
    assert found["gaps"] == []
    assert unproven == set()
    assert sum(deaths.values()) > 0


def test_the_embedded_server_killed_at_every_point(tmp_path):
    shape = Shape(tmp_path, random.Random(SEED))
    shape.server("server", ["serve"]).fill()
    try:
        judge(shape, run(shape, LONG or 24))
    finally:
        shape.stop()


def dies_once_a_phone_heard(server):
    """Send a unit to a server armed to die of it; return desk, phone, and the way to the row."""
    server.command = ["-m", "tests.kill_points", "serve"]
    server.start()
    desk = Desk(server)
    unit = desk.unit("Damkar 1")
    phone = Phone(server, unit["crew"][0]["username"])
    phone.listen()
    path = f"assignments/{desk.sends(unit, desk.opens())[1]['id']}"
    phone.waits_for("assignment.dispatched")
    assert server.process.wait(10) == -signal.SIGKILL
    return desk, phone, path


def test_a_receipt_that_died_with_the_server_is_made_good_when_the_phone_comes_back(tmp_path):
    server = Server(tmp_path, GERAK_TEST_KILL="receipt heard:1")
    try:
        desk, phone, path = dies_once_a_phone_heard(server)

        server.environment["GERAK_TEST_KILL"] = ""
        server.start()
        before = desk.call("GET", path)[1]["delivered_at"]
        phone.listen()
        after = desk.call("GET", path)[1]["delivered_at"]

        assert (before, after is None) == (None, False)
    finally:
        server.stop()


def test_a_receipt_is_made_good_though_the_server_dies_again_on_the_way(tmp_path):
    server = Server(tmp_path, GERAK_TEST_KILL="ledger not written:2")
    try:
        desk, phone, path = dies_once_a_phone_heard(server)

        server.environment["GERAK_TEST_KILL"] = "receipt heard:1"
        server.start()
        phone.socket = phone.open_stream()
        time.sleep(2)  # it is marked as online again, and has said nothing yet
        phone.say({"type": "resume", "after": phone.seq})
        assert server.process.wait(10) == -signal.SIGKILL

        server.environment["GERAK_TEST_KILL"] = ""
        server.start()
        phone.listen()
        assert desk.call("GET", path)[1]["delivered_at"] is not None
    finally:
        server.stop()


@asked_for
def test_the_production_shape_with_worker_and_broker_killed(tmp_path):
    with production(tmp_path) as shape:
        judge(shape, run(shape, LONG))
