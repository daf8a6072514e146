"""What many sockets ask at once, answered together: what gathers during one answer is in the next.

A question alone waits for nothing; after an answer the next ones have a moment to come together,
since a query for one costs nearly what it costs for a hundred. A drill that rings five thousand
phones is a few commits of receipts, and a server that comes back signs its phones in by a few
queries, however many they are.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from django.db import Error as DatabaseError

from notifications.policy import STREAM

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Gathering(Generic[Question, Answer]):
    """Gather the questions of one event loop. `answer` returns one answer each, in their order."""

    def __init__(self, answer: Callable[[list[Question]], Awaitable[list[Answer]]]) -> None:
        self._answer = answer
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._worker: asyncio.Task[None] | None = None
        self._rests_until_s = 0.0

    async def ask(self, question: Question) -> Answer:
        """Return the answer to one question. Raises as `answer` does."""
        done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, done))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await done

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(max(0.0, self._rests_until_s - time.monotonic()))
            batch = self._waiting[: STREAM.gathered_max]
            del self._waiting[: STREAM.gathered_max]
            await self._settle(batch)
            self._rests_until_s = time.monotonic() + STREAM.gathering_s

    async def _settle(self, batch: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
        """Answer all of them; where one cannot be answered, the others still are."""
        try:
            answers = await self._answer([question for question, _ in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, DatabaseError):
                for one in batch:
                    await self._settle([one])
                return
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
        else:
            for (_, done), answer in zip(batch, answers, strict=True):
                if not done.done():
                    done.set_result(answer)
