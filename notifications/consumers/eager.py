"""Begin a coroutine at once, and go on in a task only where it must wait.

What an eager task is from Python 3.12 on: thousands of frames then cost no task each.
"""

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any


def begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Run it up to where it would wait; return the task that goes on from there, None at its end.

    Raises what the work raises before that. It must not ask for the current task: it has none yet.
    """
    try:
        waited_for = work.send(None)
    except StopIteration:
        return None
    rest = asyncio.ensure_future(_go_on(work, waited_for))
    rest.add_done_callback(lambda _: work.close())  # also where it never came to its first step
    return rest


async def _go_on(work: Coroutine[Any, Any, None], waited_for: Any) -> None:
    await _rest(work, waited_for)


@types.coroutine
def _rest(work: Coroutine[Any, Any, None], waited_for: Any) -> Generator[Any, None, None]:
    yield waited_for
    yield from work.__await__()
