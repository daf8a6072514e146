"""Tasks that are told to end, also where a library eats the first telling."""

import asyncio

from notifications.ending import end_tasks


async def gives_in_at(nth, cancelled):
    """Swallow each cancellation before the nth."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(nth)
            if cancelled.count(nth) == nth:
                raise


async def fails(_nth, cancelled):
    try:
        await asyncio.Event().wait()
    finally:
        cancelled.append("failed")
        raise OSError("the line is down")


async def test_each_is_told_until_it_has_ended():
    cancelled = []
    tasks = [asyncio.create_task(gives_in_at(nth, cancelled)) for nth in (1, 3)]
    tasks.append(asyncio.create_task(fails(0, cancelled)))
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await end_tasks(tasks, again_s=0.01)

    assert sorted(map(str, cancelled)) == ["1", "3", "3", "3", "failed"]
    assert [task.done() for task in tasks] == [True] * 3
