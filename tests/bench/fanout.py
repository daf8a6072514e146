"""B-2, B-4, B-5: one event to every open socket, beside what would be taken instead.

Ours goes the product's whole way: a drill is committed with one delivery row a person, the wake-up
goes through Redis, the hub reads the rows and sends. Its time runs from before the commit to the
last phone's frame; phones confirm after that, and the next event waits until the ledger has it of
every phone. The peers are told the same bytes.
"""

import base64
import re
import statistics
import time

from tests.bench.figures import Figure
from tests.bench.peers import PEERS
from tests.bench.world import KINDS, resident_kb

SIZES = (1_000, 5_000)
SENDS = 4  # a drill's begin and end, twice
SETTLED_WITHIN_S = 60.0
TIMES = {"uvicorn": 1.5, "daphne": 2.5}  # of nchan
LINEAR = 1.2
KB_A_SOCKET = 35.0
NUMBERS = re.compile(r'^\{"type":"event","seq":\d+,"previous":\d+,')


class Fanout:
    """The figures of the fan-out, filled a round at a time."""

    def __init__(self, world, folder, phones):
        self.world, self.sizes = world, [min(size, phones) for size in SIZES]
        made = [Peer(folder) for Peer in PEERS]
        self.left_out = {peer.name: peer.missing for peer in made if peer.missing}
        self.peers = [peer for peer in made if not peer.missing]
        self.crowd = world.helper("tests.bench.listeners")
        self.text = ""
        self.last = {
            (name, size): _last(name, size)
            for size in self.sizes
            for name in (*KINDS, *(peer.name for peer in self.peers))
        }
        self.told = {(kind, size): _told(kind, size) for size in self.sizes for kind in KINDS}
        asked = "the same, from the request"
        self.asked = {kind: Figure("B-2", asked, kind, "ms") for kind in KINDS}
        self.linear = {kind: _linear(kind, self.sizes) for kind in KINDS}
        self.memory = {kind: _memory(kind) for kind in KINDS}
        self.fresh_kb = {}
        for peer in self.peers:
            peer.start()
        for kind in KINDS:
            world.restart(kind)
            self.fresh_kb[kind] = resident_kb(world.processes[kind])

    def figures(self):
        kept = (self.last, self.told, self.asked, self.linear, self.memory)
        return [figure for some in kept for figure in some.values()]

    async def round(self):
        for size in self.sizes:
            self.world.inside("on_shift", phones=size)
            beside = None
            for kind in KINDS:
                ours = self._ours(kind, size)
                if beside is None:
                    theirs = [self._theirs(peer, size) for peer in self.peers]
                    beside = theirs[0] if self.peers and self.peers[0].name == "nchan" else None
                self.told[kind, size].add(ours.pop("told"), beside=beside)
                self.last[kind, size].add(**ours, beside=beside)
        for kind, figure in self.linear.items():
            few, many = (self.last[kind, size].rounds[-1] / size for size in self.sizes)
            figure.add(many, beside=few)

    def _ours(self, kind, size):
        world, crowd = self.world, self.crowd
        opened = crowd(
            "open",
            port=world.ports[kind],
            path="/ws/stream/",
            headers=[[f"Authorization: Bearer {token}"] for token in world.tokens[:size]],
            count=size,
            hello=resume(after := world.inside("head")),
            ready='"caught_up"',
            after=after,
        )
        if size == self.sizes[-1]:
            grown = resident_kb(world.processes[kind]) - self.fresh_kb[kind]
            self.memory[kind].add(grown / size)
        lasts, committed, asked, used = [], [], [], 0.0
        for _ in range(SENDS):
            crowd("hear", mark='"type":"event"')
            before = world.cpu_s(kind)
            told = world.inside("alarm")
            heard = crowd.answer()
            used += world.cpu_s(kind) - before
            self.text = heard["sample"]
            crowd("confirm")
            if not heard["last"]:
                break
            lasts.append((heard["last"] - told["committing"]) * 1000)
            committed.append((heard["last"] - told["committed"]) * 1000)
            asked.append((heard["last"] - told["asked"]) * 1000)
            self._settled(told["seq"], size)
        took = crowd("take")
        crowd("close")
        wrong = _wrong(opened, took, len(lasts))
        if size == self.sizes[-1] and asked:
            self.asked[kind].add(statistics.median(asked))
        return {
            "value": _median(lasts),
            "told": _median(committed),
            "cpu_us": used / SENDS / size * 1e6,
            "wrong": wrong,
        }

    def _settled(self, seq, size):
        until = time.monotonic() + SETTLED_WITHIN_S
        while (received := self.world.inside("received", seq=seq)) < size:
            if time.monotonic() > until:
                raise RuntimeError(f"the ledger has {received} of {size} receipts")
            time.sleep(0.1)

    def _theirs(self, peer, size):
        crowd, lasts, used = self.crowd, [], 0.0
        opened = crowd("open", count=size, after=0, **peer.opening())
        for number in range(1, SENDS + 1):
            head = f'{{"type":"event","seq":{number},"previous":{number - 1},'
            text = NUMBERS.sub(head, self.text)
            crowd("hear", mark=head)
            before, began = peer.cpu_s(), time.monotonic()
            peer.publish(text)
            heard = crowd.answer()
            used += peer.cpu_s() - before
            if not heard["last"]:
                break
            lasts.append((heard["last"] - began) * 1000)
        took = crowd("take")
        crowd("close")
        value = _median(lasts)
        wrong = _wrong(opened, took, len(lasts))
        self.last[peer.name, size].add(value, cpu_us=used / SENDS / size * 1e6, wrong=wrong)
        return value

    def stop(self):
        self.crowd.stop()
        for peer in self.peers:
            peer.stop()


def resume(after):
    """Return what a phone says first."""
    return [[1, base64.b64encode(b'{"type":"resume","after":%d}' % after).decode()]]


def _median(values):
    return statistics.median(values) if values else 0.0


def _wrong(opened, took, sends):
    """Say what was not as it must be: all there, every event, in order, once."""
    if opened["refused"]:
        return f"{opened['refused']} refused: {took['wrong']}"
    if sends < SENDS:
        return f"send {sends + 1} never reached all"
    if took["wrong"]:
        return str(took["wrong"])
    same = took["least"] == took["most"] == SENDS
    return "" if same else f"between {took['least']} and {took['most']} of {SENDS} events"


def _last(name, size):
    figure = Figure("B-2", f"one event to {size:,} sockets, the last", name, "ms")
    if name in KINDS:
        figure.line, figure.more_is_better, figure.against = TIMES[name], False, "nchan"
    return figure


def _told(kind, size):
    """Return what a peer's publishing compares with: the event stands already."""
    what = f"the same of {size:,}, from the end of the commit"
    return Figure("B-2", what, kind, "ms", more_is_better=False, against="nchan")


def _linear(kind, sizes):
    what = f"a phone's share, {sizes[-1]:,} beside {sizes[0]:,}"
    return Figure("B-4", what, kind, "ms", LINEAR, more_is_better=False, against="fewer")


def _memory(kind):
    what = "memory of an open socket"
    return Figure("B-5", what, kind, "KB", KB_A_SOCKET, more_is_better=False)
