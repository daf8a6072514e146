"""Ports for servers that are started, killed and started again."""

import random
import socket
from contextlib import suppress

# Below what a kernel gives to connections that go out: none of those ever sits on a port of ours.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """Return a port of the loopback address that nobody holds now."""
    chance = random.SystemRandom()
    while True:
        port = chance.choice(PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
