"""What a run measured: how soon assignments reached a phone, and whether the verdicts were right.

Pure but for `tables`, which draws them. Records are written by the dispatcher bot as it learns.
"""

import logging
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.table import Table

log = logging.getLogger("gerak112.simulation")

GRACE_S = 330.0
"""How long after `move_by` a verdict may still be pending, and a sweep's time on top."""
RED_AFTER_S = 35.0


@dataclass(slots=True)
class Record:
    """One assignment: what was wanted of it, and what is known of it. Times: seconds since 1970."""

    assignment_id: str
    unit: str
    behaviour: str
    verdicts: frozenset[str]
    asked_s: float
    dispatched_s: float
    move_by_s: float
    heard_s: float | None = None
    received: bool = False
    acknowledged: bool = False
    red: bool = False
    state: str = "dispatched"
    verdict: str = "pending"
    reason: str | None = None
    known_after_s: float | None = None
    closed_s: float | None = None

    def is_due(self, now_s: float) -> bool:
        """Say whether it must have been judged by now."""
        return now_s > self.move_by_s + GRACE_S

    def outcome(self, now_s: float) -> str:
        """Give `right`, `wrong`, or `not due` where it is pending and may still be."""
        if self.verdict in self.verdicts:
            return "right"
        if self.verdict == "pending" and not self.is_due(now_s):
            return "not due"
        return "wrong"

    def is_lost(self, now_s: float) -> bool:
        """Say whether it was neither received nor shown red within the time for that."""
        return not self.received and not self.red and now_s > self.dispatched_s + RED_AFTER_S


@dataclass(slots=True)
class Report:
    """All records of a run, and what else was counted."""

    records: list[Record] = field(default_factory=list)
    incidents: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    check_ins: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def problem(self, sentence: str) -> None:
        """Write down something that went otherwise than planned, and log it quietly."""
        log.info("%s", sentence)
        self.problems.append(sentence)

    def failures(self, now_s: float) -> list[str]:
        """Give a sentence for everything that makes the run a failure."""
        sentences = []
        for one in self.records:
            if one.outcome(now_s) == "wrong":
                wanted = " or ".join(sorted(one.verdicts))
                sentences.append(
                    f"{one.unit} ({one.behaviour}, {one.assignment_id}): "
                    f"{wanted} expected, {one.verdict} ({one.reason or '-'}) found"
                )
            if one.is_lost(now_s):
                sentences.append(
                    f"{one.unit} ({one.behaviour}, {one.assignment_id}): neither received nor red"
                )
        return sentences


def percentile(values: Iterable[float], percent: float) -> float | None:
    """Give the nearest-rank percentile: the smallest value that `percent` % do not exceed."""
    ranked = sorted(values)
    if not ranked:
        return None
    return ranked[max(0, math.ceil(percent / 100.0 * len(ranked)) - 1)]


def delivery_seconds(records: Sequence[Record], *, server_ahead_s: float) -> dict[str, list[float]]:
    """Give how long each heard assignment took, from the desk's request and from `dispatched_at`.

    The second is taken on two clocks; `server_ahead_s` brings them together.
    """
    heard = [one for one in records if one.heard_s is not None]
    return {
        "from the desk's request to the frame": [
            one.heard_s - one.asked_s for one in heard if one.heard_s is not None
        ],
        "from dispatched_at to the frame": [
            one.heard_s - (one.dispatched_s - server_ahead_s)
            for one in heard
            if one.heard_s is not None
        ],
    }


def tables(report: Report, *, now_s: float, server_ahead_s: float) -> list[Table]:
    """Draw what a run measured."""
    return [
        _counts(report),
        _deliveries(report.records, server_ahead_s),
        _verdicts(report.records, now_s),
    ]


def _counts(report: Report) -> Table:
    table = Table(title="Wire", title_justify="left")
    table.add_column("what")
    table.add_column("count", justify="right")
    records = report.records
    table.add_row("incidents opened", str(report.incidents))
    table.add_row("units sent", str(len(records)))
    table.add_row("received by a phone", str(sum(one.received for one in records)))
    table.add_row(
        "not received, and red", str(sum(one.red and not one.received for one in records))
    )
    table.add_row("acknowledged", str(sum(one.acknowledged for one in records)))
    for name, count in sorted(report.calls.items()):
        table.add_row(f"calls: {name}", str(count))
    for name, count in sorted(report.check_ins.items()):
        table.add_row(f"check-ins: {name}", str(count))
    return table


def _deliveries(records: Sequence[Record], server_ahead_s: float) -> Table:
    table = Table(title="Delivery over the socket (ms)", title_justify="left")
    table.add_column("measured")
    for name in ("n", "p50", "p99", "max"):
        table.add_column(name, justify="right")
    for name, seconds in delivery_seconds(records, server_ahead_s=server_ahead_s).items():
        shown = [_milliseconds(percentile(seconds, percent)) for percent in (50.0, 99.0, 100.0)]
        table.add_row(name, str(len(seconds)), *shown)
    return table


def _verdicts(records: Sequence[Record], now_s: float) -> Table:
    table = Table(title="Verdicts", title_justify="left")
    for name in ("behaviour", "expected", "found", "reason"):
        table.add_column(name, overflow="fold")
    table.add_column("count", justify="right")
    table.add_column("after s, p50", justify="right")
    table.add_column("")
    colours = {"right": "green", "not due": "yellow", "wrong": "red"}
    groups: dict[tuple[str, str, str, str, str], list[Record]] = {}
    for one in records:
        outcome = one.outcome(now_s)
        wanted = " / ".join(sorted(one.verdicts))
        key = (one.behaviour, wanted, one.verdict, one.reason or "", outcome)
        groups.setdefault(key, []).append(one)
    for key, members in sorted(groups.items()):
        outcome = key[-1]
        known = percentile((m.known_after_s for m in members if m.known_after_s is not None), 50.0)
        shown = "-" if known is None else f"{known:.0f}"
        colour = colours[outcome]
        table.add_row(*key[:-1], str(len(members)), shown, f"[{colour}]{outcome}[/{colour}]")
    return table


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000.0:.0f}"
