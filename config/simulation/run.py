"""A measured run against any server: crews, calls, incidents, and a table at the end."""

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from config.simulation.behaviours import Behaviour, cycle_for
from config.simulation.desk import Desk, Telephony
from config.simulation.dispatcher import Dispatcher, NobodyFree
from config.simulation.fleet import Fleet, Member
from config.simulation.report import Report, tables
from config.simulation.wire import Refused, Unreachable, Wire, new_client

CONNECT_S = 60.0
SPREAD = 0.5
"""Share of the run over which incidents begin; the rest is for the drives."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate. `pace` shortens the waits of people, never a drive or a deadline."""

    url: str
    service_token: str
    members: Sequence[Member]
    telephony_secret: str = ""
    minutes: float = 10.0
    incidents: int = 6
    pace: float = 2.0
    seed: int = 112


async def simulate(plan: Plan, console: Console) -> int:
    """Run the plan and print what was measured; give the exit code: 1 where anything failed."""
    rng = random.Random(plan.seed)
    report = Report()
    async with new_client(plan.url) as client:
        desk_wire = Wire(client, token=plan.service_token, rng=rng)
        desk = Desk(desk_wire)
        fleet = Fleet(url=plan.url, client=client, pace=plan.pace, rng=rng)
        await fleet.enrol(plan.members, await desk.units(), report)
        if not fleet.crews:
            console.print("[red]No phone could be enrolled.[/red]")
            return 1
        dispatcher = Dispatcher(
            desk=desk,
            telephony=telephony(client, plan.telephony_secret, rng),
            crews=fleet.crews,
            report=report,
            pace=plan.pace,
            rng=rng,
        )
        living = asyncio.create_task(fleet.run())
        try:
            if not await fleet.all_connected(CONNECT_S):
                report.problem(f"not every phone connected within {CONNECT_S:.0f} s")
            target_s = max(phone.movement_target_s for phone in fleet.phones)
            cycle = cycle_for(watched_s=plan.minutes * 60.0 * (1.0 - SPREAD), target_s=target_s)
            await _incidents(plan, dispatcher, report, console, cycle)
        finally:
            await _end(living, fleet)
        fleet.count(report)
        ahead_s = fleet.server_ahead_s
    return _print(report, console, ahead_s)


def telephony(client: httpx.AsyncClient, secret: str, rng: random.Random) -> Telephony | None:
    """Give the exchange's side of the wire, or None where its secret is not known."""
    return Telephony(Wire(client, rng=rng), secret) if secret else None


async def _incidents(
    plan: Plan,
    dispatcher: Dispatcher,
    report: Report,
    console: Console,
    cycle: Sequence[Behaviour],
) -> None:
    """Let the incidents begin one after the other, and wait for them or for the end of the run."""
    ends_s = time.time() + plan.minutes * 60.0
    behaviours = itertools.islice(itertools.cycle(cycle), plan.incidents)
    spacing_s = plan.minutes * 60.0 * SPREAD / max(plan.incidents, 1)
    work: set[asyncio.Task[None]] = set()
    for number, behaviour in enumerate(behaviours):
        begins_s = time.time() + number * spacing_s
        work.add(asyncio.create_task(_one(dispatcher, behaviour, report, begins_s, ends_s)))
        if number % 4 == 1:
            work.add(asyncio.create_task(_nuisance(dispatcher, report, begins_s)))
    with _progress(console) as progress:
        bar = progress.add_task("simulating", total=plan.minutes * 60.0, seen="")
        while time.time() < ends_s and not all(task.done() for task in work):
            left_s = max(0.0, ends_s - time.time())
            progress.update(bar, completed=plan.minutes * 60.0 - left_s, seen=_seen(report))
            await asyncio.wait(work, timeout=min(0.5, left_s))
        dispatcher.ending.set()
        done, late = await asyncio.wait(work, timeout=30.0)
        progress.update(bar, completed=plan.minutes * 60.0, seen=_seen(report))
    for task in late:
        task.cancel()
    for problem in await asyncio.gather(*done, *late, return_exceptions=True):
        if isinstance(problem, Exception):
            report.problem(f"{type(problem).__name__}: {problem}")


async def _one(
    dispatcher: Dispatcher, behaviour: Behaviour, report: Report, begins_s: float, ends_s: float
) -> None:
    await asyncio.sleep(max(0.0, begins_s - time.time()))
    while time.time() < ends_s and not dispatcher.ending.is_set():
        try:
            await dispatcher.incident(behaviour)
        except NobodyFree:
            await asyncio.sleep(2.0)
            continue
        except (Refused, Unreachable) as problem:
            report.problem(f"incident given up: {problem}")
        return
    report.problem(f"no crew was free for another incident ({behaviour.name})")


async def _nuisance(dispatcher: Dispatcher, report: Report, begins_s: float) -> None:
    await asyncio.sleep(max(0.0, begins_s - time.time()))
    try:
        await dispatcher.nuisance_call()
    except (Refused, Unreachable) as problem:
        report.problem(f"call given up: {problem}")


async def _end(living: asyncio.Task[None], fleet: Fleet) -> None:
    """Let the phones hear the last frames and send what they hold, then switch them off."""
    for _ in range(20):
        if all(phone.outbox.is_empty for phone in fleet.phones):
            break
        await asyncio.sleep(0.5)
    for crew in fleet.crews:
        await crew.stop_acting()
    living.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await living


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[seen]}"),
        console=console,
    )


def _seen(report: Report) -> str:
    records = report.records
    return (
        f"{report.incidents} incidents, {len(records)} units sent, "
        f"{sum(one.received for one in records)} received, "
        f"{sum(one.verdict == 'moved' for one in records)} moved"
    )


def _print(report: Report, console: Console, server_ahead_s: float) -> int:
    now_s = time.time()
    for table in tables(report, now_s=now_s, server_ahead_s=server_ahead_s):
        console.print(table)
    for sentence in report.problems:
        console.print(f"[yellow]note[/yellow] {sentence}")
    failures = report.failures(now_s)
    for sentence in failures:
        console.print(f"[red]failed[/red] {sentence}")
    if not report.records:
        console.print("[red]failed[/red] no unit was sent")
    return 1 if failures or not report.records else 0
