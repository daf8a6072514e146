"""A small HTTP client: each keep-alive connection posts again when it was answered."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

ANSWER_WITHIN_S = 30.0


@dataclass
class Answers:
    """What came back: how many of each status, the items said to be stored, and the delays."""

    statuses: Counter[int] = field(default_factory=Counter)
    stored: int = 0
    delays_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def refused(self) -> int:
        return sum(count for status, count in self.statuses.items() if status != 200)


class Poster(asyncio.Protocol):
    """One connection. `next_request()` returns the bytes to send, None when it is over.

    With `once` it is done after each answer, until it is told to post `again`.
    """

    def __init__(
        self, next_request: Callable[[], bytes | None], answers: Answers, *, once: bool = False
    ) -> None:
        self._next, self._answers, self._once = next_request, answers, once
        self._buffer, self._began = b"", 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self._post()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self._answers.statuses[0] += 1  # hung up before the answer
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        size = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        if len(self._buffer) < end + 4 + size:
            return
        answers = self._answers
        answers.statuses[int(head[9:12])] += 1
        answers.stored += self._buffer.count(b'"stored"', end)
        answers.delays_ms.append((time.perf_counter() - self._began) * 1000)
        self._buffer = b""
        if self._once:
            self.done.set_result(None)
        else:
            self._post()

    def again(self) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._post()

    def _post(self) -> None:
        request = self._next()
        if request is None:
            self.done.set_result(None)
            self.transport.close()
            return
        self._began = time.perf_counter()
        self.transport.write(request)


async def post_for(
    seconds: float, port: int, connections: int, make: Callable[[], bytes]
) -> Answers:
    """Post as fast as answers come; every request that was sent is waited for."""
    answers, loop = Answers(), asyncio.get_running_loop()
    began = time.perf_counter()
    until = began + seconds

    def next_request() -> bytes | None:
        return make() if time.perf_counter() < until else None

    made = [
        await loop.create_connection(lambda: Poster(next_request, answers), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.wait_for(
        asyncio.gather(*(poster.done for _, poster in made)), seconds + ANSWER_WITHIN_S
    )
    answers.seconds = time.perf_counter() - began
    return answers
