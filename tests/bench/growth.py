"""B-4: what a phone's share of an event costs at one, two, four and eight times the sockets."""

import statistics

from tests.bench.figures import Figure
from tests.bench.storm import open_phones, settle
from tests.bench.world import KINDS

TIMES = (1, 2, 4, 8)
SENDS = 4  # a drill's begin and end, twice: an end is told to whom the begin was
LINEAR = 1.2  # of the share at half as many sockets


class Growth:
    """A phone's share of the time to the last one, and of the server's CPU."""

    rounds_at_most = 3

    def __init__(self, world, _folder, phones):
        self.world, self.left_out = world, {}
        self.sizes = [phones * times // TIMES[-1] for times in TIMES]
        self.crowd = world.helper("tests.bench.listeners")
        self.shares = {
            (kind, size): self._figure(kind, size) for kind in KINDS for size in self.sizes
        }

    def figures(self):
        return list(self.shares.values())

    async def round(self):
        for kind in KINDS:
            self.world.restart(kind)
            there, before = 0, None
            for size in self.sizes:
                share, cpu_us, wrong = self._share(kind, there, size)
                self.shares[kind, size].add(share, beside=before, cpu_us=cpu_us, wrong=wrong)
                there, before = size, share
            self.crowd("close")

    def stop(self):
        self.crowd.stop()

    def _share(self, kind, there, size):
        """Open some more sockets, tell all; return µs and CPU µs a phone, and what was wrong."""
        world, crowd = self.world, self.crowd
        world.inside("on_shift", phones=size)
        opened = open_phones(world, crowd, kind, world.tokens[there:size], world.inside("head"))
        lasts, used = [], 0.0
        for _ in range(SENDS):
            crowd("hear", mark='"type":"event"')
            before = world.cpu_s(kind)
            told = world.inside("alarm")
            heard = crowd.answer()
            used += world.cpu_s(kind) - before
            crowd("confirm")
            if heard["last"]:
                lasts.append(heard["last"] - told["committing"])
                settle(world, told["seq"], size)
        took = crowd("take")
        wrong = ""
        if opened["refused"] or took["wrong"] or not took["least"] == took["most"] == SENDS:
            wrong = f"{size} sockets: {opened['refused']} refused, {took}"
        share = statistics.median(lasts) / size if lasts else 0.0
        return share * 1e6, used / SENDS / size * 1e6, wrong

    def _figure(self, kind, size):
        what = f"a phone's share of {size:,}"
        if size == self.sizes[0]:
            return Figure("B-4", what, kind, "µs")
        return Figure("B-4", what, kind, "µs", LINEAR, more_is_better=False, against="half as many")
