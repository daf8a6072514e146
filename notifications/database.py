"""The one door from the event loop to the database."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from django.db import Error as DatabaseError
from django.db import connections

Answer = TypeVar("Answer")

# Threads of its own: what else waits in the process never holds an alarm up.
_THREADS = ThreadPoolExecutor(6, thread_name_prefix="stream-database")


async def on_database(work: Callable[..., Answer], *args: Any, **kwargs: Any) -> Answer:
    """Run a function that reads or writes the database in a thread; return or raise as it does."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, _run, partial(work, *args, **kwargs))


def _run(work: Callable[[], Answer]) -> Answer:
    """Keep the thread's connection for the next time, unless the database had an error."""
    try:
        return work()
    except DatabaseError:
        connections.close_all()
        raise
