"""A full disk, a clock that steps, clients that never read: the embedded server goes on.

The short form is part of the suite; GERAK_TEST_KILLS asks for more clients and for the
clock, whose steps take libfaketime.
"""

import glob
import socket
import time
from pathlib import Path

import pytest

from tests.flows.test_server_killed import Listener, every_event
from tests.kept import LONG, asked_for
from tests.load import PLACE, Walker, patiently
from tests.server import Desk, Phone, Server
from tests.small_disk import fill, small_disk

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(600)]

DISK_MIB = 48
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
HOURS = 3_600
STEPS_S = (50 * HOURS, 25 * HOURS, 25 * HOURS + 61, 0)  # ahead of the day it was set up
SLOW, DEAF, LARGE, ROUNDS = (200, 100, 8, 30) if LONG else (20, 5, 1, 3)


@pytest.fixture
def disk():
    """A disk of the server's own."""
    with small_disk(mib=DISK_MIB) as place:
        yield place


def test_on_a_full_disk_reads_go_on_writes_are_refused_and_nothing_answered_is_lost(disk):
    server = Server(disk)
    server.start()
    try:
        desk = Desk(server)
        unit = desk.unit("Damkar 1")
        phone = Phone(server, unit["crew"][0]["username"])
        incident = desk.opens(**PLACE)
        walker = Walker(phone)
        assert walker.post([walker.item()])

        ballast = fill(disk)
        refused = until_refused(walker)
        read = desk.call("GET", f"incidents/{incident['id']}")[0]
        sent = desk.sends(unit, incident)
        alarm = wait_for(lambda: problems(server), 20)
        ballast.unlink()
        again_s = wait_for(lambda: walker.post([walker.item()]), 20)
        calm_s = wait_for(lambda: not problems(server), 20)

        print(
            f"\ndisk full: {len(walker.stored)} check-ins answered, then {refused[0]}; red after "
            f"{alarm:.1f} s; with room stored after {again_s:.1f} s, calm after {calm_s:.1f} s"
        )
        assert read == 200
        assert (refused[0], refused[1]["code"]) == (503, "busy")
        assert (sent[0], sent[1]["code"]) == (503, "busy")
        assert walker.lost() == set()
        assert desk.sends(unit, incident)[0] == 201
        assert "The journal holds" in server.manage("verify_journal")
    finally:
        server.stop()


def until_refused(walker):
    """Post until the disk takes no more; return that answer."""
    for _ in range(5_000):
        status, body = walker.phone.call(
            "POST", "/api/v1/check-ins", {"check_ins": [walker.item() for _ in range(50)]}
        )
        if status != 200:
            return status, body
        walker.stored |= {row["id"] for row in body["results"]}
    raise AssertionError("the disk never filled")


def problems(server):
    """Return what /readyz names: what keeps work away, and what is red."""
    body = server.call("GET", "/readyz")[1]
    return body.get("problems", []) + [one for one in body["warnings"] if one["level"] == "red"]


def wait_for(holds, seconds):
    """Wait until something holds; return for how long."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds
        time.sleep(0.2)
    return time.monotonic() - began


@asked_for
@pytest.mark.skipif(FAKETIME is None, reason="no libfaketime here: apt-get install libfaketime")
def test_a_clock_that_steps_loses_and_doubles_nothing(tmp_path):
    shift = tmp_path / "shift"
    shift.write_text("+0")
    server = Server(
        tmp_path,
        LD_PRELOAD=FAKETIME,
        FAKETIME_TIMESTAMP_FILE=str(shift),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
        GERAK_THROTTLE="100000/min",
    ).start()
    try:
        desk = Desk(server)
        units = [desk.unit(name) for name in ("Damkar 1", "Rescue 1", "Damkar 2")]
        phones = [Phone(server, unit["crew"][0]["username"]) for unit in units[:2]]
        listeners, walkers = [Listener(one) for one in phones], [Walker(one) for one in phones]
        for thread in (*listeners, *walkers):
            thread.start()
        incident = desk.opens(**PLACE)
        took = []
        for step_s in STEPS_S:
            deaf = desk.sends(units[2], incident)[1]
            shift.write_text(f"{step_s:+d}")
            took += [received_after(desk, unit, incident) for unit in units[:2]]
            red_s = wait_for(lambda deaf=deaf: is_red(desk, incident, deaf), 31)
            end(desk, deaf)
            print(f"\nclock {step_s:+d} s: received after {took[-1]:.1f} s, the deaf one red "
                  f"after {red_s:.1f} s")  # fmt: skip
        for walker in walkers:
            walker.over.set()
            walker.join(60)
        wanted = [every_event(phone) for phone in phones]
        wait_for(lambda: [[e["seq"] for e in one.events] for one in phones] == wanted, 30)
        for listener in listeners:
            listener.over.set()
            listener.join(10)
        assert [walker.lost() for walker in walkers] == [set(), set()]
        assert min(len(walker.stored) for walker in walkers) > 0
        assert sum((listener.gaps for listener in listeners), []) == []
        assert "The journal holds" in server.manage("verify_journal")
    finally:
        server.stop()


def received_after(desk, unit, incident):
    """Send a unit and call it back; return for how many seconds it was not received."""
    sent = desk.sends(unit, incident)[1]
    path = f"assignments/{sent['id']}"
    took_s = wait_for(lambda: patiently(desk, "GET", path)[1]["delivered_at"], 31)
    end(desk, sent)
    return took_s


def end(desk, assignment):
    cancel = f"assignments/{assignment['id']}/cancel"
    assert patiently(desk, "POST", cancel, {"reason": "uji"})[0] == 200


def is_red(desk, incident, assignment):
    timeline = desk.call("GET", f"incidents/{incident['id']}/timeline?limit=500")[1]["results"]
    return any(
        one["kind"] == "deadline.missed" and one["assignment"] == assignment["id"]
        for one in timeline
    )


def test_slow_and_large_clients_harm_only_themselves(tmp_path):
    server = Server(tmp_path, GERAK_THROTTLE="100000/min").start()
    try:
        desk = Desk(server)
        unit = desk.unit("Damkar 1")
        phone, deaf = (Phone(server, unit["crew"][0]["username"]) for _ in range(2))
        listener = Listener(phone)
        listener.start()
        incident = desk.opens(**PLACE)
        before_mib, began = memory_mib(server), time.monotonic()

        slow = [half_a_request(server) for _ in range(SLOW)]
        for _ in range(DEAF):
            deaf.socket = deaf.open_stream()  # it asks for everything and reads nothing
            deaf.say({"type": "resume", "after": 0})
        large = [huge_body(server, phone) for _ in range(LARGE)]
        took = sorted(received_after(desk, unit, incident) for _ in range(ROUNDS))

        print(
            f"\n{SLOW} half requests, {DEAF} sockets that never read, {LARGE} bodies of 30 MB: "
            f"received after p50 {took[ROUNDS // 2]:.2f} s, longest {took[-1]:.2f} s; "
            f"memory {before_mib:.0f} → {memory_mib(server):.0f} MiB"
        )
        assert set(large) <= {400, 413, None}
        listener.over.set()
        listener.join(10)
        assert listener.gaps == []
        if LONG:
            closed_s = wait_for(lambda: all(is_closed(one) for one in slow), 75)
            print(f"the last half request was closed after {time.monotonic() - began:.0f} s "
                  f"(waited {closed_s:.0f} s)")  # fmt: skip
    finally:
        server.stop()


def half_a_request(server):
    one = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    one.sendall(b"POST /api/v1/check-ins HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    return one


def is_closed(one):
    one.setblocking(False)
    try:
        return one.recv(4096) == b"" or is_closed(one)
    except BlockingIOError:
        return False
    except OSError:
        return True


def huge_body(server, phone):
    """Return the status that 30 MB are answered with; None where the line is cut instead."""
    try:
        return phone.call("POST", "/api/v1/check-ins", b"[" + b" " * (30 << 20) + b"]")[0]
    except OSError:
        return None


def memory_mib(server):
    pages = Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]
    return int(pages) * 4 / 1024
