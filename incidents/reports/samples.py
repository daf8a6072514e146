"""One measured case of one interval: its value, and pass, fail or none of the two. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - an outcome
    FAIL = "fail"
    INDETERMINATE = "indeterminate"  # the goal lies within the bounds, or nothing proves either
    OPEN = "open"  # under way, and the goal has not passed
    MISSING = "missing"  # over, and an instant was never recorded
    MEASURED = "measured"  # there is no goal to hold it against
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Instant:
    """A moment as it is known: `at`, and the earliest and latest it can have been.

    inferred: taken from a later fact or typed in afterwards; never in a percentile.
    """

    at: datetime
    low: datetime
    high: datetime
    source: str = "system"
    inferred: bool = False

    @classmethod
    def exact(cls, at: datetime, source: str = "system") -> "Instant":
        """Return a moment that our own clock or the exchange's knows."""
        return cls(at, at, at, source)


@dataclass(frozen=True)
class Sample:
    """One case. value_s is None where it was never reached, is not known, or does not count.

    reason: the rule that excluded it, or why it is indeterminate. censored: it ended, or is still
    going on, past its goal without ever reaching the end.
    """

    case: str
    outcome: Outcome
    value_s: float | None = None
    inferred: bool = False
    censored: bool = False
    reason: str = ""


def measure(
    case: str,
    start: Instant | None,
    end: Instant | None,
    *,
    goal_s: float | None,
    over: bool,
    as_of: datetime,
    signed: bool = False,
) -> Sample:
    """Return what one case says of one interval, as known at `as_of`.

    over: nothing more will come of this case. An open case past its goal fails; before it, it is
    open. A value whose bounds enclose the goal is indeterminate.
    """
    if start is None:
        return Sample(case, Outcome.MISSING if over else Outcome.OPEN)
    if end is None:
        elapsed_s = (as_of - start.at).total_seconds()
        if goal_s is not None and elapsed_s > goal_s and not over:
            return Sample(case, Outcome.FAIL, censored=True)
        return Sample(case, Outcome.MISSING if over else Outcome.OPEN)
    low_s = (end.low - start.high).total_seconds()
    high_s = (end.high - start.low).total_seconds()
    value_s = (end.at - start.at).total_seconds()
    if high_s < 0 and not signed:
        return Sample(case, Outcome.INDETERMINATE, reason="contradictory")
    inferred = start.inferred or end.inferred
    value = None if inferred else value_s if signed else max(0.0, value_s)
    return Sample(case, _held(low_s, high_s, goal_s), value, inferred)


def _held(low_s: float, high_s: float, goal_s: float | None) -> Outcome:
    if goal_s is None:
        return Outcome.MEASURED
    if high_s <= goal_s:
        return Outcome.PASS
    return Outcome.FAIL if low_s > goal_s else Outcome.INDETERMINATE
