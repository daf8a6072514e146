"""What the embedded default does with 200 phones, as ratios and latencies of one run.

    python -m tests.bench.embedded [--phones 200] [--assignments 60] [--rounds 30]

Two claims are measured side by side against one real server: the commit of an assignment to the
frame on an idle phone's socket (p99 under 100 ms with 200 phones connected), and the cost of a
batch of 100 check-ins against one check-in (under 5 times). Exit 1 where a claim does not hold.
"""

import argparse
import asyncio
import json
import math
import platform
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from websockets.asyncio.client import connect

from responders.wire_time import to_wire
from tests.server import Desk, Server

FRAME_P99_MS = 100.0
BATCH_RATIO = 5.0


def main(words: list[str] | None = None) -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--phones", type=int, default=200)
    options.add_argument("--assignments", type=int, default=60)
    options.add_argument("--rounds", type=int, default=30)
    chosen = options.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="gerak112-bench-") as folder:
        server = Server(Path(folder), GERAK_THROTTLE="1000000/min").start()
        try:
            return asyncio.run(measure(server, chosen))
        finally:
            server.stop()


async def measure(server: Server, chosen: argparse.Namespace) -> int:
    desk = Desk(server)
    unit = desk.unit("Damkar 1")
    tokens = enrol(server, desk, unit, chosen.phones)
    async with asyncio.TaskGroup() as group:
        phones = [Idle(server, token) for token in tokens]
        tasks = [group.create_task(phone.stay()) for phone in phones]
        await asyncio.gather(*(phone.ready.wait() for phone in phones))
        frames = await frame_latencies(desk, unit, phones[0], chosen.assignments)
        for task in tasks:
            task.cancel()
    one, hundred = await asyncio.to_thread(batch_costs, server, tokens[-1], chosen.rounds)
    return report(chosen, frames, one, hundred)


class Idle:
    """A phone that holds its socket, acknowledges events, and keeps when each came."""

    def __init__(self, server: Server, token: str) -> None:
        self.url = f"ws://127.0.0.1:{server.port}/ws/stream/"
        self.headers = {"Authorization": f"Bearer {token}"}
        self.ready, self.heard = asyncio.Event(), asyncio.Queue()

    async def stay(self) -> None:
        async with connect(self.url, additional_headers=self.headers, open_timeout=60) as socket:
            await socket.send('{"type": "resume", "after": 0}')
            async for text in socket:
                frame, at = json.loads(text), datetime.now(UTC)
                if frame["type"] == "caught_up":
                    self.ready.set()
                elif frame["type"] == "event":
                    await socket.send(json.dumps({"type": "received", "seq": frame["seq"]}))
                    self.heard.put_nowait((frame, at))


def enrol(server: Server, desk: Desk, unit: dict, count: int) -> list[str]:
    """Enrol one phone a person for the measured unit, and the rest for the other crews in turn."""
    units = [row for row in desk.call("GET", "units")[1]["results"] if row["id"] != unit["id"]]
    others = [person["username"] for row in units for person in row["crew"]]
    mine = [person["username"] for person in unit["crew"]]
    names = mine + [others[n % len(others)] for n in range(count - len(mine))]
    codes = server.manage_all("enrol_code", *names)
    body = {"name": "bench", "platform": "android"}
    answers = [
        server.call("POST", "/api/v1/devices/enrol", body | {"code": code}) for code in codes
    ]
    return [answer[1]["token"] for answer in answers]


async def frame_latencies(desk: Desk, unit: dict, phone: Idle, count: int) -> list[float]:
    """Return milliseconds from the clock reading before the commit to the frame on the phone."""
    incident = await asyncio.to_thread(desk.opens, type="lainnya")
    latencies = []
    for _ in range(count):
        status, assignment = await asyncio.to_thread(desk.sends, unit, incident)
        if status != 201:
            raise RuntimeError(assignment)
        sent_at = datetime.fromisoformat(assignment["dispatched_at"])
        while True:
            frame, at = await asyncio.wait_for(phone.heard.get(), 10)
            if frame["kind"] == "assignment.dispatched":
                break
        latencies.append((at - sent_at).total_seconds() * 1000)
        cancel = f"assignments/{assignment['id']}/cancel"
        await asyncio.to_thread(desk.call, "POST", cancel, {"reason": "bench"})
        await asyncio.sleep(0.05)
    return latencies


def batch_costs(server: Server, token: str, rounds: int) -> tuple[list[float], list[float]]:
    """Return milliseconds of one check-in and of a batch of 100, interleaved."""
    costs: dict[int, list[float]] = {1: [], 100: []}
    for _ in range(rounds):
        for size, kept in costs.items():
            items = [
                {
                    "id": str(uuid4()),
                    "recorded_at": to_wire(datetime.now(UTC)),
                    "lat": -0.8,
                    "lon": 100.6,
                }
                for _ in range(size)
            ]
            began = time.perf_counter()
            status, answer = server.call("POST", "/api/v1/check-ins", {"check_ins": items}, token)
            kept.append((time.perf_counter() - began) * 1000)
            if status != 200 or {row["status"] for row in answer["results"]} != {"stored"}:
                raise RuntimeError(answer)
    return costs[1], costs[100]


def nearest_rank(samples: list[float], percent: float) -> float:
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def report(
    chosen: argparse.Namespace, frames: list[float], one: list[float], hundred: list[float]
) -> int:
    """Print the table; return 0 where both claims hold."""
    p99 = nearest_rank(frames, 99)
    ratio = statistics.median(hundred) / statistics.median(one)
    rows = [
        ("assignment → frame, p50 ms", f"{statistics.median(frames):.1f}", ""),
        ("assignment → frame, p99 ms", f"{p99:.1f}", f"< {FRAME_P99_MS:.0f}"),
        ("one check-in, median ms", f"{statistics.median(one):.1f}", ""),
        ("batch of 100, median ms", f"{statistics.median(hundred):.1f}", ""),
        ("batch of 100 ÷ one", f"{ratio:.2f}", f"< {BATCH_RATIO:.0f}"),
    ]
    print(f"{chosen.phones} phones, {platform.machine()}, Python {platform.python_version()}")
    for name, value, target in rows:
        print(f"  {name:30s} {value:>8s}  {target}")
    return 0 if p99 < FRAME_P99_MS and ratio < BATCH_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
