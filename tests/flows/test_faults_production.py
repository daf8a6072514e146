"""Parts that die, hang or restart under load, in the production shape: nothing is lost.

Asked for: `make faults`, or GERAK_TEST_KILLS=1 python -m pytest -s FILE
"""

import random
import signal
import time
from uuid import uuid4

import pytest

from tests.flows.test_engine_stops import said, until
from tests.flows.test_server_killed import Listener, every_event
from tests.kept import asked_for, production
from tests.load import PLACE, RED_S, Door, Sender, Walker, ledger_of, patiently
from tests.postgres import crash_and_start
from tests.server import Desk, Phone

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(1_800), asked_for]

UNITS = ("Damkar 1", "Rescue 1", "Ambulans PSC 1", "Satpol PP 1")
GONE_S = 60
HANGS_S = 25
CALM_S = 120


class City:
    """The production shape, with four units whose phones listen and walk."""

    def __init__(self, shape):
        self.shape = shape
        for one in shape.kept:
            one.calm.set()
            one.start()
        for one in shape.kept:
            assert one.up.wait(120)
        self.desk = Desk(Door(shape.servers))
        self.units = [self.desk.unit(name) for name in UNITS]
        self.phones = [
            Phone(Door(shape.servers, first=n), unit["crew"][0]["username"])
            for n, unit in enumerate(self.units)
        ]

    def part(self, name):
        return next(one for one in self.shape.kept if one.name == name)

    def memory_mib(self):
        """Return the resident memory of the largest server process."""
        sizes = []
        for one in self.shape.kept:
            if one.name.startswith("server"):
                with open(f"/proc/{one.process.pid}/statm") as pages:
                    sizes.append(int(pages.read().split()[1]) * 4 / 1024)
        return max(sizes)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    with production(tmp_path_factory.mktemp("city")) as shape:
        yield City(shape)


def redis_gone_for_five_minutes(city):
    gone(city, "redis", seconds=5 * GONE_S)


def redis_hangs(city):
    hangs(city, "redis")


def worker_and_beat_gone(city):
    gone(city, "worker", "beat")


def worker_frozen(city):
    hangs(city, "worker")


def one_server_frozen(city):
    hangs(city, "server-b")


def the_database_crashes_three_times(city):
    url = city.shape.servers[0].environment["DATABASE_URL"]
    for _ in range(3):
        crash_and_start(url)
        time.sleep(10)


def a_rolling_restart(city):
    for name in ("server-a", "server-b"):
        part = city.part(name)
        part.up.clear()
        part.process.send_signal(signal.SIGTERM)
        assert part.up.wait(120)
        time.sleep(5)


def ten_times_the_load(city):
    """Open incidents and post whole batches as fast as two threads each are answered."""
    crowd = [Crowd(city, number) for number in range(4)]
    for thread in crowd:
        thread.start()
    time.sleep(GONE_S)
    for thread in crowd:
        thread.over.set()
        thread.join(60)
    done = {kind: sum(one.done for one in crowd if one.kind == kind) for kind in ("fix", "case")}
    print(
        f"\nbeside it: {done['fix'] / GONE_S:.0f} fixes/s, {done['case'] / GONE_S:.1f} incidents/s"
    )


class Crowd(Walker):
    """Uploads of fifty fixes, or incidents, one after the other."""

    def __init__(self, city, number):
        super().__init__(city.phones[number])
        self.kind, self.desk, self.done = ("fix", "case")[number % 2], city.desk, 0

    def run(self):
        while not self.over.is_set():
            if self.kind == "fix":
                items = [self.item() for _ in range(50)]
                self.done += 50 * self.post(items)
            else:
                report = {"id": str(uuid4()), "type": "lainnya", "summary": "Uji", **PLACE}
                self.done += patiently(self.desk, "POST", "incidents", report)[0] == 201


def gone(city, *names, seconds=GONE_S):
    for name in names:
        city.part(name).held.set()
        city.part(name).process.kill()
    time.sleep(seconds)
    for name in names:
        city.part(name).held.clear()
        assert city.part(name).up.wait(120)


def hangs(city, name):
    process = city.part(name).process
    process.send_signal(signal.SIGSTOP)
    time.sleep(HANGS_S)
    process.send_signal(signal.SIGCONT)


FAULTS = (
    redis_gone_for_five_minutes,
    redis_hangs,
    the_database_crashes_three_times,
    worker_and_beat_gone,
    worker_frozen,
    one_server_frozen,
    a_rolling_restart,
    ten_times_the_load,
)


class Load:
    """Every phone of a city listens and posts, and every unit is sent, until it ends."""

    def __init__(self, city, desk=None):
        self.city, self.before_mib = city, city.memory_mib()
        self.listeners = [Listener(phone) for phone in city.phones]
        self.walkers = [Walker(phone) for phone in city.phones]
        incident = city.desk.opens(type="lainnya", **PLACE)
        self.senders = [
            Sender(desk or city.desk, unit, 10_000, incident, city.shape) for unit in city.units
        ]
        for thread in (*self.listeners, *self.walkers, *self.senders):
            thread.start()

    def end(self):
        """Stop sending, wait until every phone has every event, and hang up."""
        for thread in (*self.walkers, *self.senders):
            thread.over.set()
        for thread in (*self.walkers, *self.senders):
            thread.join(120)
            assert not thread.is_alive()
        assert [gap for listener in self.listeners for gap in listener.gaps] == []
        for phone in self.city.phones:
            until(lambda phone=phone: [e["seq"] for e in phone.events] == every_event(phone), 60)
        for listener in self.listeners:
            listener.over.set()
            listener.join(40)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_nothing_is_lost_under(city, fault):
    calm(city)
    load = Load(city, Desk(city.shape.servers[0]) if fault is one_server_frozen else None)
    time.sleep(random.uniform(3, 5))
    fault(city)
    time.sleep(5)
    load.end()
    judge(fault.__name__, load)
    calm_s = calm(city)
    print(f"all calm {calm_s:.1f} s after; largest server {load.before_mib:.0f} → "
          f"{city.memory_mib():.0f} MiB")  # fmt: skip


def calm(city):
    """Wait until nothing is red; return for how long."""
    red = []

    def nothing():
        red[:] = said(city.shape)
        return not red

    try:
        return until(nothing, CALM_S)
    except AssertionError:
        raise AssertionError(f"red after {CALM_S} s: {red}") from None


def judge(name, load, *, away_s=0.0):
    """Hold the promises against the rows, and print what was measured.

    `away_s`: for how long nothing could be written, neither a receipt nor red.
    """
    ledger = ledger_of(load.city.shape.servers[0])
    walkers = load.walkers
    sent = {one for thread in load.senders for one in thread.sent}
    took, red = [], 0
    for pk, sent_at, received_at, red_at in ledger["assignments"]:
        if pk in sent:
            proofs = [at for at in (received_at, red_at) if at is not None]
            assert proofs, "neither received nor red"
            took.append(min(proofs) - sent_at)
            red += received_at is None or (red_at is not None and red_at < received_at)
    took.sort()
    stored = sum(len(walker.stored) for walker in walkers)
    print(
        f"\n{name}: {len(took)} assignments, {red} red first; commit to proof "
        f"p50 {took[len(took) // 2]:.2f} s, p99 {took[int(len(took) * 0.99)]:.2f} s, longest "
        f"{took[-1]:.2f} s; {stored} check-ins answered, longest wait "
        f"{max(walker.slowest_s for walker in walkers):.1f} s; "
        f"{sum(one.opened - 1 for one in load.listeners)} sockets opened anew"
    )
    assert len(took) == len(sent)
    assert took[-1] <= RED_S + away_s
    assert [walker.lost() for walker in walkers] == [set()] * len(walkers)
    assert [ledger[key] for key in ("turns_twice", "said_twice", "relayed_twice")] == [0, 0, 0]
