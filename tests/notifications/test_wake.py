"""Wake-ups: harmless where nobody listens, quick where the layer hangs."""

import asyncio
import time

import pytest

from notifications import realtime


class HangingLayer:
    def __init__(self):
        self.asked = 0

    async def group_send(self, _group, _message):
        self.asked += 1
        await asyncio.sleep(60)


@pytest.fixture
def layer(monkeypatch):
    hanging = HangingLayer()
    monkeypatch.setattr(realtime, "_process", realtime._Process())
    monkeypatch.setattr(realtime, "get_channel_layer", lambda: hanging)
    return hanging


def test_a_layer_that_hangs_costs_one_commit_half_a_second_and_the_next_nothing(layer):
    began = time.monotonic()
    realtime.wake()
    first_s = time.monotonic() - began
    realtime.wake()
    second_s = time.monotonic() - began - first_s

    assert 0.4 < first_s < 1.0
    assert second_s < 0.1
    assert layer.asked == 1


async def test_in_the_servers_process_a_commit_waits_for_nothing(layer):
    poked = asyncio.Event()
    realtime.capture_loop()
    realtime.on_wake(poked.set)

    began = time.monotonic()
    await asyncio.to_thread(realtime.wake)

    assert time.monotonic() - began < 0.2
    await asyncio.wait_for(poked.wait(), 1)


def test_without_a_layer_and_a_server_a_wake_up_is_nothing(monkeypatch):
    monkeypatch.setattr(realtime, "_process", realtime._Process())
    monkeypatch.setattr(realtime, "get_channel_layer", lambda: None)

    assert realtime.wake() is None
