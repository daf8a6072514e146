"""C-1, C-2: every phone reconnects at once to a server that was just started.

Each shakes hands with its token, asks for what came after the last it had, and is ready when ten
events are replayed and it is told that it has caught up. The server has met none of them before.
The same sockets to a server that knows nothing (`websockets`) stand beside it.
"""

import time

from tests.bench.fanout import resume
from tests.bench.figures import Figure, nearest_rank
from tests.bench.peers import Broadcast
from tests.bench.world import KINDS

SIZES = (1_000, 5_000)
REPLAYED = 10
READY_S = {"uvicorn": 4.0, "daphne": 5.0}
CPU_US = 1_000.0  # a phone
LINEAR = 5.5  # of five times as many phones
SETTLED_WITHIN_S = 60.0


class Storm:
    """The figures of a reconnect, filled a round at a time."""

    rounds_at_most = 3

    def __init__(self, world, folder, phones):
        self.world, self.sizes = world, [min(size, phones) for size in SIZES]
        self.left_out = {}
        self.crowd = world.helper("tests.bench.listeners")
        self.bare = Broadcast(folder)
        self.bare.start()
        self.ready = {kind: self._figure("C-1", "all ready", kind, READY_S[kind]) for kind in KINDS}
        self.cpu = {
            kind: Figure("C-1", "the server's CPU a phone", kind, "µs", CPU_US, False)
            for kind in KINDS
        }
        self.slow = {kind: Figure("C-1", "ready, p99 of the phones", kind, "ms") for kind in KINDS}
        self.plain = {
            kind: self._figure("C-1", "the same", kind, None, against="a bare handshake")
            for kind in KINDS
        }
        self.linear = {
            kind: self._figure(
                "C-2", f"{self.sizes[-1]:,} ÷ {self.sizes[0]:,}", kind, LINEAR, against="fewer"
            )
            for kind in KINDS
        }
        self.after = self._tell_everybody()

    def figures(self):
        kept = (self.ready, self.cpu, self.slow, self.plain, self.linear)
        return [figure for some in kept for figure in some.values()]

    async def round(self):
        size = self.sizes[-1]
        bare = self.crowd("open", count=size, after=0, **self.bare.opening())["seconds"]
        self.crowd("close")
        for kind in KINDS:
            few, *_ = self._reconnect(kind, self.sizes[0])
            seconds, cpu_us, delays_ms, wrong = self._reconnect(kind, size)
            self.ready[kind].add(seconds, wrong=wrong)
            self.cpu[kind].add(cpu_us, wrong=wrong)
            self.slow[kind].add(nearest_rank(delays_ms or [0.0], 99), wrong=wrong)
            self.plain[kind].add(seconds, beside=bare, wrong=wrong)
            self.linear[kind].add(seconds, beside=few, wrong=wrong)

    def stop(self):
        self.crowd.stop()
        self.bare.stop()

    def _reconnect(self, kind, size):
        """Return seconds until all were ready, CPU a phone, each one's delay, what was wrong."""
        world = self.world
        world.restart(kind)
        before = world.cpu_s(kind)
        opened = open_phones(world, self.crowd, kind, world.tokens[:size], self.after)
        used = world.cpu_s(kind) - before
        took = self.crowd("take")
        self.crowd("close")
        wrong = ""
        if opened["refused"] or took["wrong"]:
            wrong = f"{opened['refused']} refused: {took['wrong']}"
        elif not took["least"] == took["most"] == REPLAYED:
            wrong = f"between {took['least']} and {took['most']} of {REPLAYED} events"
        return opened["seconds"], used / size * 1e6, opened["delays_ms"], wrong

    def _tell_everybody(self):
        """Make what is replayed: events that every phone had and confirmed. Return what it had."""
        world, size = self.world, self.sizes[-1]
        world.inside("on_shift", phones=size)
        after = world.inside("head")
        open_phones(world, self.crowd, KINDS[0], world.tokens[:size], after)
        for _ in range(REPLAYED):
            self.crowd("hear", mark='"type":"event"')
            told = world.inside("alarm")
            if not self.crowd.answer()["last"]:
                raise RuntimeError(f"an event never reached all: {self.crowd('take')}")
            self.crowd("confirm")
            settle(world, told["seq"], size)
        self.crowd("take")
        self.crowd("close")
        world.inside("settle")
        return after

    def _figure(self, number, what, kind, line, *, against=""):
        named = f"{self.sizes[-1]:,} phones reconnect, {what}" if number == "C-1" else what
        return Figure(number, named, kind, "s", line, more_is_better=False, against=against)


def open_phones(world, crowd, kind, tokens, after):
    """Open one socket a token, each ready when it has caught up."""
    return crowd(
        "open",
        port=world.ports[kind],
        path="/ws/stream/",
        headers=[[f"Authorization: Bearer {token}"] for token in tokens],
        count=len(tokens),
        hello=resume(after),
        ready='"caught_up"',
        after=after,
    )


def settle(world, seq, size):
    """Wait until the ledger has every phone's receipt of an event."""
    until = time.monotonic() + SETTLED_WITHIN_S
    while (received := world.inside("received", seq=seq)) < size:
        if time.monotonic() > until:
            raise RuntimeError(f"the ledger has {received} of {size} receipts")
        time.sleep(0.1)
