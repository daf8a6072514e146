"""The kernel's bound on what one address may hold open, tried in a network of its own."""

import os
import subprocess
import sys
from shutil import which

import pytest

from tests.deployment import FILES

RULES = FILES / "gerak112.nft"
MAX = 800
HERE = """
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
def held(family, source, port=443):
    listener = socket.create_server((there[family], port), family=family, backlog=2000)
    held, refused = [], 0
    for _ in range(int(sys.argv[1]) + 20):
        one = socket.socket(family)
        one.bind((source, 0))
        try:
            one.connect((there[family], port))
            held.append(one)
        except ConnectionRefusedError:
            refused += 1
    if family == socket.AF_INET:
        socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.2", 0))
    return len(held), refused
there = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
print(held(socket.AF_INET, "127.0.0.1"), held(socket.AF_INET6, "::1"))
print(held(socket.AF_INET, "127.0.0.1", 80))
"""


@pytest.mark.skipif(
    os.geteuid() != 0 or not (which("nft") and which("unshare") and which("ip")),
    reason="a network of its own with rules needs root, nft (package nftables), unshare and ip",
)
def test_what_one_address_holds_over_the_bound_is_refused_and_others_get_in():
    world = f'ip link set lo up && nft -f {RULES} && nft -f {RULES} && exec "$@"'
    told = subprocess.run(
        ["unshare", "-n", "sh", "-c", world, "sh", sys.executable, "-c", HERE, str(MAX)],
        capture_output=True,
        text=True,
        timeout=120,
    )

    both = (MAX, 20)
    assert told.stdout.split("\n")[:2] == [f"{both} {both}", f"{(MAX + 20, 0)}"], told.stderr
