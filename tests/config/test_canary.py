"""Asking whether the channel layer carries leaves nothing behind: it is asked every few seconds."""

import asyncio
import socket
import time
from contextlib import contextmanager, suppress
from shutil import which

import pytest
from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.asyncio import Redis
from redis.exceptions import RedisError

from config import readiness
from notifications.consumers import board_hub
from notifications.layer_channel import own_channel
from notifications.policy import BoardPolicy
from tests.deployment import redis, until


async def test_in_memory_no_channel_is_left(monkeypatch):
    layer = InMemoryChannelLayer()
    monkeypatch.setattr(readiness, "get_channel_layer", lambda: layer)

    assert [await readiness._layer_problem() for _ in range(5)] == [None] * 5
    assert layer.channels == {}


needs_redis = pytest.mark.skipif(
    not which("redis-server"), reason="no redis-server on this machine"
)


@contextmanager
def running_redis(folder):
    """Give the URL of a Redis that answers."""
    with redis(folder) as url:
        port = int(url.split(":")[2].split("/")[0])
        until(lambda: socket.create_connection(("127.0.0.1", port)).close() is None)
        yield url


@needs_redis
async def test_on_redis_no_channel_and_no_subscription_is_left(monkeypatch, tmp_path):
    with running_redis(tmp_path) as url:
        async with Redis.from_url(url) as asked:
            layer = RedisPubSubChannelLayer(hosts=[url])
            monkeypatch.setattr(readiness, "get_channel_layer", lambda: layer)
            stays = await layer.new_channel()

            assert [await readiness._layer_problem() for _ in range(5)] == [None] * 5

            assert list(layer.channels) == [stays]
            # Redis takes the commands of one connection in order: before it knows the last
            # subscription, it has seen every one before it end.
            await layer.new_channel("last.")
            left = []
            while not any("last." in name for name in left):
                left = [name.decode() for name in await asked.pubsub_channels()]
            assert [name for name in left if "last." not in name] == [stays]
            await layer.flush()


async def test_without_redis_no_channel_is_left(monkeypatch):
    layer = RedisPubSubChannelLayer(hosts=["redis://127.0.0.1:1/0"])
    monkeypatch.setattr(readiness, "get_channel_layer", lambda: layer)

    told = [await readiness._layer_problem() for _ in range(3)]

    assert {problem["code"] for problem in told} == {"channel_layer"}
    assert layer.channels == {}


@needs_redis
async def test_a_layer_that_dies_under_a_group_keeps_nothing_of_it(tmp_path):
    with running_redis(tmp_path) as url:
        layer = RedisPubSubChannelLayer(hosts=[url])
        with suppress(RedisError):
            async with own_channel(layer, within_s=2, group="g") as channel:
                async with Redis.from_url(url) as asked:
                    await asked.shutdown(nosave=True)
                await layer.send(channel, {"type": "song"})
        # A subscription is written and not waited for: the first to a socket that the other end
        # has just closed may still seem to go out.
        with pytest.raises(RedisError):
            async with asyncio.timeout(10):
                while True:
                    async with own_channel(layer, within_s=2, group="g"):
                        await asyncio.sleep(0.01)

        assert (layer.channels, layer.groups) == ({}, {})
        await layer.flush()


@needs_redis
async def test_a_quiet_board_hears_its_canary_again_and_again(monkeypatch, tmp_path):
    """Nobody else speaks: what it hears after the first beat is its own song."""
    with running_redis(tmp_path) as url:
        layer = RedisPubSubChannelLayer(hosts=[url])
        monkeypatch.setattr(board_hub, "get_channel_layer", lambda: layer)
        monkeypatch.setattr(board_hub, "BOARD", BoardPolicy(heartbeat_s=0.1))
        hub = board_hub.BoardHub()
        listening = asyncio.create_task(hub._listen())
        await asyncio.sleep(1)
        heard_s = time.monotonic() - hub._heard_at_s
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

        assert heard_s < 0.5
        assert (layer.channels, layer.groups) == ({}, {})
        await layer.flush()
