"""What many samples of one interval say together. Only samples add up, never figures. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from incidents.reports.samples import Outcome, Sample

BEYOND = math.inf  # a percentile that falls on cases that never arrived


@dataclass(frozen=True)
class Figures:
    """The counts and percentiles of one interval over one set of cases.

    total = passed + failed + indeterminate + measured + open + missing + the excluded. n is how
    many cases the percentiles were drawn from; the `censored` of them never arrived and stand
    beyond every value, so the mean is that of the others. inferred: known but kept out of both.
    """

    total: int
    n: int
    passed: int
    failed: int
    indeterminate: int
    measured: int
    open: int
    missing: int
    inferred: int
    censored: int
    excluded: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    p50_s: float | None = None
    p90_s: float | None = None
    p95_s: float | None = None
    mean_s: float | None = None
    longest_s: float | None = None

    @property
    def judged(self) -> int:
        return self.passed + self.failed + self.indeterminate

    @property
    def share_low(self) -> float | None:
        """Return the proven share: what passed of all that was judged; None of none."""
        return self.passed / self.judged if self.judged else None

    @property
    def share_high(self) -> float | None:
        """Return the share if every indeterminate case had passed."""
        return (self.passed + self.indeterminate) / self.judged if self.judged else None

    def __add__(self, other: Any) -> "Figures":
        """Refuse: percentiles of parts say nothing of the whole."""
        raise TypeError("Figures do not add up; put the samples together and draw them anew.")

    __radd__ = __add__


def draw(samples: Iterable[Sample]) -> Figures:
    """Return the figures of a set of samples."""
    kept = list(samples)
    count = Counter(sample.outcome for sample in kept)
    values = sorted(sample.value_s for sample in kept if sample.value_s is not None)
    censored = sum(sample.censored for sample in kept)
    return Figures(
        total=len(kept),
        n=len(values) + censored,
        passed=count[Outcome.PASS],
        failed=count[Outcome.FAIL],
        indeterminate=count[Outcome.INDETERMINATE],
        measured=count[Outcome.MEASURED],
        open=count[Outcome.OPEN],
        missing=count[Outcome.MISSING],
        inferred=sum(sample.inferred for sample in kept),
        censored=censored,
        excluded=_by_reason(kept, Outcome.EXCLUDED),
        reasons=_by_reason(kept, Outcome.INDETERMINATE),
        p50_s=nearest_rank(values, 0.50, beyond=censored),
        p90_s=nearest_rank(values, 0.90, beyond=censored),
        p95_s=nearest_rank(values, 0.95, beyond=censored),
        mean_s=math.fsum(values) / len(values) if values else None,
        longest_s=values[-1] if values else None,
    )


def nearest_rank(values: Sequence[float], share: float, *, beyond: int = 0) -> float | None:
    """Return the nearest-rank percentile of sorted values followed by `beyond` unreached ones.

    None without any case; BEYOND where the rank falls on a case that never arrived.
    """
    cases = len(values) + beyond
    if not cases:
        return None
    rank = max(1, math.ceil(round(share * cases, 9)))
    return values[rank - 1] if rank <= len(values) else BEYOND


def _by_reason(samples: list[Sample], outcome: Outcome) -> dict[str, int]:
    found = Counter(sample.reason for sample in samples if sample.outcome == outcome)
    return dict(sorted(found.items()))
