"""The arithmetic of the table: ratios of neighbours, medians, spreads, and when a figure counts.

Pure. A ratio pairs each round with the limit or peer measured next to it in the same round. A wrong
answer voids a figure; a limit that itself moved too much makes it inconclusive.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

LIMIT_MOVES_MAX = 0.30  # between neighbouring rounds; beyond it a ratio says nothing

HELD, MISSED, UNSURE, VOID, INFO = "held", "MISSED", "inconclusive", "VOID", ""


@dataclass
class Figure:
    """One row: what was measured in each round, and beside what.

    `line` is the pass line, of the median ratio where there is something `beside` and of the median
    itself otherwise; None: measured for its own sake.
    """

    id: str
    what: str
    system: str
    unit: str
    line: float | None = None
    more_is_better: bool = True
    against: str = ""
    rounds: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(
        self,
        value: float,
        *,
        beside: float | None = None,
        cpu_us: float | None = None,
        wrong: str = "",
    ) -> None:
        """Keep one round; `wrong` says what was not as it must be."""
        self.rounds.append(value)
        if beside is not None:
            self.beside.append(beside)
        if cpu_us is not None:
            self.cpu_us.append(cpu_us)
        if wrong:
            self.wrong.append(wrong)

    @property
    def value(self) -> float:
        return statistics.median(self.rounds)

    @property
    def ratios(self) -> list[float]:
        return [ours / other for ours, other in zip(self.rounds, self.beside, strict=True)]

    @property
    def ratio(self) -> float | None:
        return statistics.median(self.ratios) if self.beside else None

    @property
    def verdict(self) -> str:
        """Say whether the claim holds."""
        if self.wrong:
            return VOID
        if self.line is None:
            return INFO
        if self.against and not self.beside:
            return UNSURE
        if self.beside and moves(self.beside) > LIMIT_MOVES_MAX:
            return UNSURE
        judged = self.value if self.ratio is None else self.ratio
        holds = judged >= self.line if self.more_is_better else judged <= self.line
        return HELD if holds else MISSED


def moves(values: Sequence[float]) -> float:
    """Return the largest change between neighbouring rounds, as a share of the smaller."""
    pairs = zip(values, values[1:], strict=False)
    return max((abs(a - b) / min(a, b) for a, b in pairs), default=0.0)


def spread(values: Sequence[float]) -> float:
    """Return (largest − smallest) / median."""
    return (max(values) - min(values)) / statistics.median(values) if values else 0.0


def nearest_rank(samples: Sequence[float], percent: float) -> float:
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def exit_code(figures: Sequence[Figure]) -> int:
    """Return 0 where every claim held, 1 where one was missed or void, 2 where none can be told."""
    verdicts = {figure.verdict for figure in figures}
    if verdicts & {MISSED, VOID}:
        return 1
    return 2 if UNSURE in verdicts or not verdicts else 0
