"""A-1, A-2, A-3, A-4: durable check-ins, alone, in batches and on the open socket."""

import asyncio
import random
import time
from datetime import UTC, datetime

import msgspec

from responders.wire_time import to_wire
from tests.bench.crowd import Phones
from tests.bench.figures import Figure, nearest_rank
from tests.bench.limits import Pgbench
from tests.bench.posts import post_for
from tests.bench.world import KINDS

CLIENTS = 64
PHONES = 1_000  # the server knows them already, as it does between two check-ins of a phone
WARM_UP_S = 2.0
SECONDS = 3
BATCH = 50
IN_FLIGHT = 8  # uploads of one socket that the server works on at once
SINGLE = {"uvicorn": 0.70, "daphne": 0.20}
SINGLE_P99_MS = {"uvicorn": 20.0, "daphne": 100.0}
BATCHES = {"uvicorn": 0.45, "daphne": 0.30}
FRAMES = {"uvicorn": 0.60, "daphne": 0.50}


def check_ins(count):
    """Return the JSON of so many check-ins of now, each with an id of its own."""
    now = to_wire(datetime.now(UTC))
    item = (
        '{"id":"%08x-%04x-4000-8000-%012x","recorded_at":"%s","lat":-0.79,"lon":100.65,'
        '"accuracy_m":12,"speed_mps":8.5,"heading_deg":90,"battery_pct":80,"source":"gps"}'
    )
    draw = random.getrandbits
    return ",".join(item % (draw(32), draw(16), draw(48), now) for _ in range(count))


def upload(tokens, count):
    """Return a maker of requests, each with so many check-ins of one of the phones."""

    def make():
        body = f'{{"check_ins":[{check_ins(count)}]}}'
        return (
            "POST /api/v1/check-ins HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {random.choice(tokens)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    return make


def made_before(make, count):
    """Return a maker that has so many requests ready: pgbench does not write JSON either."""
    ready = [make() for _ in range(count)]
    return lambda: ready.pop() if ready else make()


class Ingest:
    """The figures of the check-ins, filled a round at a time."""

    def __init__(self, world, folder):
        self.world = world
        self.pgbench = Pgbench(folder, world.database_url)
        self.left_out = {"pgbench": self.pgbench.missing} if self.pgbench.missing else {}
        self.limits = {
            "statements": Figure("A-1", "one check-in, same statements", "pgbench", "tps"),
            "rows": Figure("A-1", "one check-in, INSERT alone", "pgbench", "tps"),
            "batches": Figure("A-3", f"rows, {BATCH} a commit, 2 clients", "pgbench", "rows/s"),
        }
        self.ours = {kind: _figures(kind) for kind in KINDS}

    def figures(self):
        return [*self.limits.values(), *(f for made in self.ours.values() for f in made.values())]

    async def round(self):
        limit = {}
        if not self.pgbench.missing:
            rate = self.pgbench.rate
            for script in ("rows", "statements"):
                limit[script] = rate(script, clients=CLIENTS, seconds=SECONDS)
            limit["batches"] = rate("batches", clients=2, seconds=SECONDS) * BATCH
        for script, value in limit.items():
            self.limits[script].add(value)
        for kind in KINDS:
            await self._posts(kind, 1, "single", limit.get("statements"))
            await self._posts(kind, BATCH, "batch", limit.get("batches"))
            await self._frames(kind, limit.get("statements"))

    async def _posts(self, kind, size, name, limit):
        world = self.world
        make = upload(world.tokens[:PHONES], size)
        warm = await post_for(WARM_UP_S, world.ports[kind], CLIENTS, make)
        make = made_before(make, int(len(warm.delays_ms) / warm.seconds * SECONDS * 1.5))
        before, used = world.inside("rows"), world.cpu_s(kind)
        answers = await post_for(SECONDS, world.ports[kind], CLIENTS, make)
        used = world.cpu_s(kind) - used
        wrong = _wrong(before, world.inside("rows"), answers.stored, answers.refused)
        into = self.ours[kind]
        rate = answers.stored / answers.seconds
        per_row = used / max(1, answers.stored) * 1e6
        into[name].add(rate, beside=limit, cpu_us=per_row, wrong=wrong)
        if name == "single":
            into["rows"].add(rate, beside=self.limits["rows"].rounds[-1] if limit else None)
            into["p99"].add(nearest_rank(answers.delays_ms, 99), wrong=wrong)

    async def _frames(self, kind, limit):
        world = self.world
        before, crowd = world.inside("rows"), Uploaders(world.ports[kind], world.tokens[:CLIENTS])
        await crowd.connect()
        used = world.cpu_s(kind)
        seconds = await crowd.upload_for(SECONDS)
        used = world.cpu_s(kind) - used
        await crowd.leave()
        wrong = _wrong(before, world.inside("rows"), crowd.stored, len(crowd.wrong))
        per_row = used / max(1, crowd.stored) * 1e6
        rate = crowd.stored / seconds
        self.ours[kind]["frames"].add(rate, beside=limit, cpu_us=per_row, wrong=wrong)

    def stop(self):
        """Nothing of its own runs."""


class Uploaders(Phones):
    """Phones that send one check-in a frame, a few in flight each."""

    stored = 0
    _until = 0.0
    _sent = 0
    _idle = None

    async def upload_for(self, seconds):
        began = time.perf_counter()
        self._until, self._idle = began + seconds, asyncio.Event()
        for socket in self.sockets:
            for _ in range(IN_FLIGHT):
                self._send(socket)
        await asyncio.wait_for(self._idle.wait(), seconds + 30)
        return time.perf_counter() - began

    def _send(self, socket):
        self._sent += 1
        socket.send(f'{{"type":"check_ins","ref":1,"check_ins":[{check_ins(1)}]}}'.encode())

    def on_frame(self, socket, payload):
        if b"check_ins_result" not in payload:
            if msgspec.json.decode(payload)["type"] != "event":
                super().on_frame(socket, payload)
            return
        self._sent -= 1
        self.stored += payload.count(b'"stored"')
        if time.perf_counter() < self._until:
            self._send(socket)
        elif not self._sent:
            self._idle.set()


def _figures(kind):
    of = "rows/s"
    return {
        "single": Figure("A-1", "POST of one, 64 connections", kind, of, SINGLE[kind],
                         against="pgbench, same statements"),
        "rows": Figure("A-1", "the same", kind, of, against="pgbench, INSERT alone"),
        "p99": Figure("A-2", "the same, p99", kind, "ms", SINGLE_P99_MS[kind],
                      more_is_better=False),
        "batch": Figure("A-3", f"POST of {BATCH}", kind, of, BATCHES[kind],
                        against="pgbench, batches"),
        "frames": Figure("A-4", "frames on 64 open sockets", kind, of, FRAMES[kind],
                         against="pgbench, same statements"),
    }  # fmt: skip


def _wrong(before, after, acknowledged, refused):
    """Say what the table and the answers disagree on."""
    stored = after["stored"] - before["stored"]
    if refused:
        return f"{refused} were refused"
    if stored != acknowledged:
        return f"{stored} rows, {acknowledged} acknowledged"
    return f"{after['twins']} twins" if after["twins"] else ""
