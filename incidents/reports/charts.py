"""Bars for page and print, from numbers already drawn; told by length and words, not by colour."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from incidents.reports.counts import UNCLASSIFIED
from incidents.reports.figures import Figures
from incidents.reports.report import Report
from incidents.reports.tables import Names


@dataclass(frozen=True)
class Bar:
    """One bar: parts from left to right, each (name, count); a name is also its look."""

    label: str
    parts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _name, count in self.parts)


@dataclass(frozen=True)
class Chart:
    key: str
    title: str
    bars: tuple[Bar, ...]

    @property
    def longest(self) -> int:
        return max((bar.total for bar in self.bars), default=0)


PARTS = ("passed", "indeterminate", "failed", "open", "missing", "excluded")


def part_names() -> dict[str, str]:
    """Return what each part of a bar means."""
    return {
        "passed": _("lolos"),
        "indeterminate": _("belum pasti"),
        "failed": _("gagal"),
        "open": _("berjalan"),
        "missing": _("tidak tercatat"),
        "excluded": _("dikecualikan"),
        "plain": _("panggilan"),
    }


def charts_of(report: Report, names: Names) -> list[Chart]:
    """Return the charts of a report: the two clocks that belong together, calls, days."""
    clocks = tuple(
        Bar(f"{code} {report.goals[code].name}", _parts(report.intervals[code]))
        for code in ("I2", "I6", "I10")
        if code in report.intervals
    )
    classes = tuple(
        Bar(
            _("Belum digolongkan") if name == UNCLASSIFIED else names.classes.get(name, name),
            (("plain", count),),
        )
        for name, count in report.calls.by_class.items()
    )
    days = tuple(
        Bar(day[-2:], (("plain", sum(row.values())),)) for day, row in report.calls.by_day.items()
    )
    return [
        Chart("clocks", _("Target: lolos, gagal, belum pasti"), clocks),
        Chart("classes", _("Panggilan per kelas"), classes),
        Chart("days", _("Panggilan per hari"), days),
    ]


def scaled(counts: Sequence[int], *, longest: int, width: float) -> list[tuple[float, float]]:
    """Return where each part begins and how wide it is, on a scale where `longest` fills width."""
    placed, at = [], 0.0
    for count in counts:
        size = width * count / longest if longest else 0.0
        placed.append((at, size))
        at += size
    return placed


def _parts(figures: Figures) -> tuple[tuple[str, int], ...]:
    counts = {
        "passed": figures.passed,
        "indeterminate": figures.indeterminate,
        "failed": figures.failed,
        "open": figures.open,
        "missing": figures.missing,
        "excluded": sum(figures.excluded.values()),
    }
    return tuple((name, counts[name]) for name in PARTS)
