"""The one door from the event loop to the database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from channels.db import database_sync_to_async

Answer = TypeVar("Answer")

# Threads of its own: what else waits in the process never holds an alarm up.
_THREADS = ThreadPoolExecutor(6, thread_name_prefix="stream-database")


async def on_database(work: Callable[..., Answer], *args: Any, **kwargs: Any) -> Answer:
    """Run a function that reads or writes the database in a thread; return or raise as it does."""
    run = database_sync_to_async(work, thread_sensitive=False, executor=_THREADS)
    return await run(*args, **kwargs)
