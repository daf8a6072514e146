"""A coroutine that is begun at once, and goes on in a task where it must wait."""

import asyncio

import pytest

from notifications.consumers.eager import begin


class Story:
    """What happened, in order; it may have to wait for a gate."""

    def __init__(self):
        self.told, self.gate = [], asyncio.Event()

    async def tell(self, *, fails=False):
        self.told.append("begun")
        await self.gate.wait()
        if fails:
            raise OSError("the line is down")
        self.told.append("over")


async def test_what_need_not_wait_is_over_at_once_without_a_task():
    story = Story()
    story.gate.set()

    rest = begin(story.tell())

    assert (rest, story.told) == (None, ["begun", "over"])


async def test_what_must_wait_goes_on_in_a_task():
    story = Story()

    rest = begin(story.tell())
    story.told.append("others")
    story.gate.set()
    await rest

    assert story.told == ["begun", "others", "over"]


async def test_the_task_fails_as_the_work_does():
    story = Story()

    rest = begin(story.tell(fails=True))
    story.gate.set()

    with pytest.raises(OSError, match="the line is down"):
        await rest


async def test_a_cancelled_task_ends_the_work_and_frees_what_it_held():
    story, lock = Story(), asyncio.Lock()

    async def hold():
        async with lock:
            await story.tell()

    rest = begin(hold())
    assert lock.locked()
    rest.cancel()
    await asyncio.gather(rest, return_exceptions=True)

    assert (story.told, lock.locked()) == (["begun"], False)


async def test_what_fails_before_it_waits_raises_at_once():
    story = Story()
    story.gate.set()

    with pytest.raises(OSError, match="the line is down"):
        begin(story.tell(fails=True))
