"""The loop beats while it turns, its layer while the canary comes back; the watcher outside."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from config import heartbeat, loop_watch
from config.loop_watch import LoopWatch
from notifications.database import on_database
from notifications.models import EngineBeat
from notifications.policy import WatchPolicy

FAST = WatchPolicy(beat_every_s=0.05, canary_wait_s=0.1)


@pytest.fixture(autouse=True)
def fast(monkeypatch, settings):
    monkeypatch.setattr(loop_watch, "WATCH", FAST)
    settings.GERAK_PROCESS_NAME = "test"


class DeafLayer:
    """Takes everything and brings nothing: a broker that hangs."""

    channels = ()

    async def new_channel(self, _prefix):
        return "nowhere"

    async def group_add(self, *_):
        return None

    group_discard = group_send = group_add

    async def receive(self, _):
        await asyncio.Event().wait()


async def names_once(count):
    """Return the engines that have beaten, waiting for so many."""
    while True:
        names = await on_database(lambda: sorted(EngineBeat.objects.values_list("name", flat=True)))
        if len(names) >= count:
            return names
        await asyncio.sleep(0.02)


@pytest.mark.django_db(transaction=True)
async def test_it_beats_for_the_loop_and_for_the_layer_and_leaves_in_order():
    watch = LoopWatch()
    watch.start()
    async with asyncio.timeout(10):
        names = await names_once(2)
    await watch.stop()

    assert names == ["layer@test", "sockets@test"]
    assert await on_database(EngineBeat.objects.count) == 0


@pytest.mark.django_db(transaction=True)
async def test_a_layer_that_hangs_stops_beating_alone(monkeypatch):
    monkeypatch.setattr(loop_watch, "get_channel_layer", DeafLayer)
    watch = LoopWatch()
    watch.start()
    async with asyncio.timeout(10):
        first = await names_once(1)
        at = await on_database(lambda: EngineBeat.objects.get().at)
        while await on_database(lambda: EngineBeat.objects.get().at) == at:
            await asyncio.sleep(0.02)
    await watch.stop()

    assert first == ["sockets@test"]


@pytest.mark.django_db
def test_the_watcher_outside_is_told_only_while_nothing_is_red():
    now = datetime.now(UTC)
    EngineBeat.objects.create(name="sweeper@test", at=now)

    assert heartbeat.is_well(now)
    assert not heartbeat.is_well(now + timedelta(seconds=30))


def test_a_watcher_that_is_not_there_is_no_error(monkeypatch):
    def fail(*_args, **_how):
        raise httpx.ConnectTimeout("no")

    monkeypatch.setattr(httpx, "get", fail)

    assert heartbeat.ping("https://watcher.example/x") is False
