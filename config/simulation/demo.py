"""The demo that `manage.py serve` starts beside a new database: a small city that lives on.

A process of its own, without database access: `python -m config.simulation.demo`, its plan as one
JSON object on standard input or in the variable GERAK_DEMO_PLAN:
{"url", "service_token", "telephony_secret"?, "crew": [{"username", "code", "unit_id"}]}.
It goes on until SIGTERM, or until the process that started it is gone, and outlives restarts of the
server in between.
"""

import asyncio
import contextlib
import json
import logging
import os
import random
import signal
import sys
from typing import Any

from config.simulation.behaviours import (
    DECLINES,
    DRIVES,
    DRIVES_AT_ONCE,
    MOCKS,
    NEVER_ANSWERS,
    OFFLINE,
    PARKED,
    Behaviour,
)
from config.simulation.desk import Desk
from config.simulation.dispatcher import Dispatcher, NobodyFree
from config.simulation.fleet import Fleet, Member
from config.simulation.report import Report
from config.simulation.run import telephony
from config.simulation.wire import Refused, Unreachable, Wire, new_client

log = logging.getLogger("gerak112.simulation")
CONNECT_S = 20.0
BETWEEN_S = (90.0, 200.0)
AT_ONCE = 3
KEPT_RECORDS = 200
SHARES: dict[Behaviour, int] = {
    DRIVES: 62,
    OFFLINE: 12,
    PARKED: 9,
    DECLINES: 8,
    NEVER_ANSWERS: 5,
    MOCKS: 4,
}


async def demo(plan: dict[str, Any]) -> None:
    """Let the city live until cancelled. Raises Refused and Unreachable where it cannot begin."""
    rng = random.Random()
    report = Report()
    async with new_client(plan["url"]) as client:
        desk = Desk(Wire(client, token=plan["service_token"], rng=rng))
        fleet = Fleet(url=plan["url"], client=client, pace=2.0, rng=rng)
        members = [Member(one["username"], one["code"], one.get("unit_id")) for one in plan["crew"]]
        await fleet.enrol(members, await desk.units(), report)
        dispatcher = Dispatcher(
            desk=desk,
            telephony=telephony(client, plan.get("telephony_secret", ""), rng),
            crews=fleet.crews,
            report=report,
            pace=2.0,
            rng=rng,
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fleet.run())
            await fleet.all_connected(CONNECT_S)
            tasks.create_task(_life(dispatcher, report, rng))


async def _life(dispatcher: Dispatcher, report: Report, rng: random.Random) -> None:
    """Begin with an incident that shows movement soon; then one each few minutes, and noise."""
    going: set[asyncio.Task[None]] = set()
    behaviour = DRIVES_AT_ONCE
    async with asyncio.TaskGroup() as tasks:
        while True:
            if len(going) < AT_ONCE:
                task = tasks.create_task(_incident(dispatcher, behaviour))
                going.add(task)
                task.add_done_callback(going.discard)
            behaviour = rng.choices(list(SHARES), weights=list(SHARES.values()))[0]
            await asyncio.sleep(rng.uniform(*BETWEEN_S) / 2.0)
            if rng.random() < 0.4:
                tasks.create_task(_nuisance(dispatcher))
            await asyncio.sleep(rng.uniform(*BETWEEN_S) / 2.0)
            del report.records[:-KEPT_RECORDS], report.problems[:-KEPT_RECORDS]


async def _incident(dispatcher: Dispatcher, behaviour: Behaviour) -> None:
    try:
        await dispatcher.incident(behaviour)
    except NobodyFree:
        return
    except (Refused, Unreachable) as problem:
        log.warning("demo: an incident was given up: %s", problem)


async def _nuisance(dispatcher: Dispatcher) -> None:
    try:
        await dispatcher.nuisance_call()
    except (Refused, Unreachable) as problem:
        log.warning("demo: a call was given up: %s", problem)


def read_plan() -> dict[str, Any]:
    """Read the plan from the environment, or the first line (or all) of standard input."""
    text = os.environ.get("GERAK_DEMO_PLAN", "") or sys.stdin.readline()
    try:
        plan = json.loads(text)
    except ValueError:
        plan = json.loads(text + sys.stdin.read())
    if not isinstance(plan, dict):
        raise ValueError("the plan of the demo is not a JSON object")
    return plan


async def _until_orphaned() -> None:
    """Return once the process that started this one is gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(2.0)


async def _main(plan: dict[str, Any]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    life = asyncio.create_task(demo(plan))
    ends = {asyncio.create_task(stop.wait()), asyncio.create_task(_until_orphaned())}
    await asyncio.wait({life, *ends}, return_when=asyncio.FIRST_COMPLETED)
    failed = life.done() and not life.cancelled() and life.exception() is not None
    if failed:
        log.error("demo: ended: %s", life.exception())
    for task in (life, *ends):
        task.cancel()
    with contextlib.suppress(Exception):
        await asyncio.wait({life, *ends}, timeout=5.0)
    return 1 if failed else 0


def main() -> int:
    """Run the demo; give the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    return asyncio.run(_main(read_plan()))


if __name__ == "__main__":
    sys.exit(main())
