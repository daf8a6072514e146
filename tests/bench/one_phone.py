"""B-1: one assignment to one phone, every other one connected, a thousand check-ins a second.

From before the desk's request at the pages' door, through commit, Redis and the hub of the sockets'
process, to the frame on the phone; and from the moment that the assignment is dated, before its
commit. The check-ins go to the same process as the sockets.
"""

import asyncio
import time
from datetime import datetime

from tests.bench.crowd import Phones
from tests.bench.figures import Figure, nearest_rank
from tests.bench.storm import open_phones
from tests.bench.world import CALL_SIGN, KINDS

ASSIGNMENTS = 50
CHECK_INS_A_S = 1_000
PAUSE_S = 0.05
P99_MS = {"uvicorn": 10.0, "daphne": 40.0}
RATE_LEAST = 0.9  # of the check-ins that were to be sent; with fewer it is another load


class OnePhone:
    """The figures of one assignment, filled a round at a time."""

    rounds_at_most = 3

    def __init__(self, world, _folder, phones):
        self.world, self.phones, self.left_out = world, phones, {}
        self.crowd = world.helper("tests.bench.listeners")
        self.pacer = world.helper("tests.bench.pacer")
        self.made = {kind: self._figures(kind) for kind in KINDS}

    def figures(self):
        return [figure for made in self.made.values() for figure in made.values()]

    async def round(self):
        self.world.inside("on_shift", phones=self.phones)
        for kind in KINDS:
            await self._measure(kind)

    def stop(self):
        self.crowd.stop()
        self.pacer.stop()

    async def _measure(self, kind):
        world, after = self.world, self.world.inside("head")
        world.restart(kind)
        opened = open_phones(world, self.crowd, kind, world.tokens[1 : self.phones], after)
        phone = Phones(world.ports[kind], world.tokens[:1], after=after)
        await phone.connect()
        idle = await self._assign(phone)
        self.pacer("start", port=world.ports[kind], tokens=world.tokens[1:], rate=CHECK_INS_A_S)
        busy = await self._assign(phone)
        told = self.pacer("stop")
        wrong = [*phone.wrong, *self.crowd("take")["wrong"]]
        await phone.leave()
        self.crowd("close")
        if opened["refused"] or told["refused"]:
            wrong.append(f"{opened['refused']} sockets, {told['refused']} check-ins refused")
        values = {
            "idle": [asked for asked, _dated in idle],
            "median": [asked for asked, _dated in busy],
            "p99": [asked for asked, _dated in busy],
            "dated": [dated for _asked, dated in busy],
        }
        made, said = self.made[kind], "; ".join(map(str, wrong))
        for name, delays in values.items():
            made[name].add(nearest_rank(delays, 50 if name == "median" else 99), wrong=said)
        made["check_ins"].add(told["p99_ms"], wrong=said)
        made["rate"].add(told["rate"], beside=float(CHECK_INS_A_S), wrong=said)

    async def _assign(self, phone):
        """Return milliseconds to the frame, from the request and from the assignment's date."""
        desk, delays = self.world.desk, []
        unit = await asyncio.to_thread(desk.unit, CALL_SIGN)
        incident = await asyncio.to_thread(desk.opens, type="lainnya")
        for _ in range(ASSIGNMENTS):
            began = time.time()
            status, assignment = await asyncio.to_thread(desk.sends, unit, incident)
            if status != 201:
                raise RuntimeError(assignment)
            dated = datetime.fromisoformat(assignment["dispatched_at"]).timestamp()
            frame, at = None, 0.0
            while frame is None or frame["kind"] != "assignment.dispatched":
                frame, at = await asyncio.wait_for(phone.first_heard.get(), 30)
            delays.append(((at - began) * 1000, (at - dated) * 1000))
            cancel = f"assignments/{assignment['id']}/cancel"
            await asyncio.to_thread(desk.call, "POST", cancel, {"reason": "bench"})
            await asyncio.sleep(PAUSE_S)
        return delays

    def _figures(self, kind):
        among = f"assignment → frame, {self.phones:,} connected"
        beside = f"the same, {CHECK_INS_A_S:,} check-ins/s"
        line = P99_MS[kind]
        return {
            "idle": Figure("B-1", f"{among}, p99", kind, "ms"),
            "median": Figure("B-1", f"{beside}, p50", kind, "ms"),
            "p99": Figure("B-1", f"{beside}, p99", kind, "ms", line, more_is_better=False),
            "dated": Figure("B-1", "the same, from its date", kind, "ms"),
            "check_ins": Figure("B-1", "a check-in meanwhile, p99", kind, "ms"),
            "rate": Figure("B-1", "check-ins meanwhile", kind, "a second", RATE_LEAST,
                           against="asked for"),
        }  # fmt: skip
