"""Check-ins at an even rate, posted by a process of its own beside what is measured.

One JSON line in, one out (`world.Helper`): `start`; then `stop` says how they were answered.
"""

import asyncio
import contextlib
import json
import sys
import time

import uvloop

from tests.bench.figures import nearest_rank
from tests.bench.ingest import made_before, upload
from tests.bench.posts import Answers, Poster

CONNECTIONS = 128
READY = 4_000  # requests made before the clock starts


class Pacer:
    """So many single check-ins a second, whoever is slow."""

    def __init__(self, *, port, tokens, rate):
        self.port, self.rate, self.make = port, rate, made_before(upload(tokens, 1), READY)
        self.answers, self.posters, self.late = Answers(), [], 0
        self.task = asyncio.create_task(self.run())

    async def run(self):
        loop = asyncio.get_running_loop()
        self.began = time.perf_counter()
        for _ in range(CONNECTIONS):
            made = lambda: Poster(self.make, self.answers, once=True)  # noqa: E731
            self.posters.append((await loop.create_connection(made, "127.0.0.1", self.port))[1])
        number = CONNECTIONS
        while True:
            due = self.began + number / self.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            while self.began + number / self.rate <= time.perf_counter():
                poster = next((one for one in self.posters if one.done.done()), None)
                if poster is None:
                    break  # all wait for an answer: what is late now is made up for
                poster.again()
                self.posters.remove(poster)
                self.posters.append(poster)
                number += 1

    async def stop(self):
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        seconds = time.perf_counter() - self.began
        await asyncio.wait_for(asyncio.gather(*(one.done for one in self.posters)), 30)
        delays = self.answers.delays_ms
        return {
            "rate": self.answers.stored / seconds,
            "refused": self.answers.refused,
            "p99_ms": nearest_rank(delays, 99) if delays else 0.0,
        }


async def serve():
    pacer = None
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        if asked.pop("do") == "start":
            pacer = Pacer(**asked)
            answer = {}
        else:
            answer = await pacer.stop()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(serve())
