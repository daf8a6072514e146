"""Asking whether the channel layer carries leaves nothing behind: it is asked every few seconds."""

import socket
from shutil import which

import pytest
from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.asyncio import Redis

from config import readiness
from tests.deployment import redis, until


async def test_in_memory_no_channel_is_left(monkeypatch):
    layer = InMemoryChannelLayer()
    monkeypatch.setattr(readiness, "get_channel_layer", lambda: layer)

    assert [await readiness._layer_problem() for _ in range(5)] == [None] * 5
    assert layer.channels == {}


@pytest.mark.skipif(not which("redis-server"), reason="no redis-server on this machine")
async def test_on_redis_no_channel_and_no_subscription_is_left(monkeypatch, tmp_path):
    with redis(tmp_path) as url:
        port = int(url.split(":")[2].split("/")[0])
        until(lambda: socket.create_connection(("127.0.0.1", port)).close() is None)
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
