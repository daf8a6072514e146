"""`make bench`: ours beside the limit and beside peers, in one run on one machine.

    python -m tests.bench [--quick] [--only ingest storm embedded look-ups]
                          [--phones 5000] [--rounds N] [--json PATH]

Five interleaved rounds, three with `--quick`; of growth, storm and one-phone, which take
longest, three at most. Exit 0: every claim held. 1: one was missed, or a wrong answer voided it.
2: none was missed, but the limit moved too much for one to be told.
"""

import argparse
import contextlib
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from tests.bench import embedded, look_ups
from tests.bench.fanout import Fanout
from tests.bench.figures import exit_code
from tests.bench.growth import Growth
from tests.bench.ingest import Ingest
from tests.bench.one_phone import OnePhone
from tests.bench.sqlite_posts import SqlitePosts
from tests.bench.storm import Storm
from tests.bench.table import keep, machine, show
from tests.bench.world import world

ROUNDS, QUICK = 5, 3
WORKLOADS = {
    "ingest": lambda made, folder, _chosen: Ingest(made, folder),
    "sqlite": lambda _made, folder, _chosen: SqlitePosts(folder),
    "fanout": lambda made, folder, chosen: Fanout(made, folder, chosen.phones),
    "growth": lambda made, folder, chosen: Growth(made, folder, chosen.phones),
    "storm": lambda made, folder, chosen: Storm(made, folder, chosen.phones),
    "one-phone": lambda made, folder, chosen: OnePhone(made, folder, chosen.phones),
}
# Each on servers of its own.
ALONE = {"look-ups": look_ups.main, "embedded": lambda: embedded.main([])}


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench")
    options.add_argument("--quick", action="store_true")
    options.add_argument("--only", nargs="+", choices=[*WORKLOADS, *ALONE])
    options.add_argument("--phones", type=int, default=5_000)
    options.add_argument("--rounds", type=int)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended too
    names = chosen.only or [*WORKLOADS, *ALONE]
    codes = []
    if set(names) & set(WORKLOADS):
        codes.append(production(chosen, [name for name in WORKLOADS if name in names]))
    codes += [measure() for name, measure in ALONE.items() if name in names]
    return 1 if 1 in codes else max(codes)


def production(chosen, names) -> int:
    """Measure the production shape; print and keep the table."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    where, figures, left_out = machine(), [], {}
    rounds = chosen.rounds or (QUICK if chosen.quick else ROUNDS)
    with tempfile.TemporaryDirectory(prefix="gerak112-bench-") as name:
        folder = Path(name)
        with world(folder, phones=chosen.phones) as made:
            for name in names:
                with contextlib.ExitStack() as stack:
                    workload = WORKLOADS[name](made, folder, chosen)
                    stack.callback(getattr(workload, "stop", lambda: None))
                    most = getattr(workload, "rounds_at_most", rounds)
                    uvloop.run(repeat(name, workload, min(rounds, most)))
                figures += workload.figures()
                left_out |= workload.left_out
    show(figures, left_out, where)
    if chosen.json:
        keep(chosen.json, figures, left_out, where)
    return exit_code(figures)


async def repeat(name, workload, rounds) -> None:
    for number in range(rounds):
        began = time.monotonic()
        await workload.round()
        print(f"{name} {number + 1}/{rounds}: {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
