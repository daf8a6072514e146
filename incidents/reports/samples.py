"""One measured case of one interval: its value, and pass, fail or none of the two. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

RECALLED, UNCERTAIN = "recalled", "within_bounds"


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - an outcome
    FAIL = "fail"
    INDETERMINATE = "indeterminate"  # the goal lies within the bounds, or nothing proves either
    OPEN = "open"  # under way, and the goal has not passed
    MISSING = "missing"  # over, and an instant was never recorded
    MEASURED = "measured"  # there is no goal to hold it against
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Claim:
    """A press by the phone's own clock: how long it waited, whether that clock is bounded."""

    waited_s: float
    bounded: bool


@dataclass(frozen=True)
class Instant:
    """A moment as it is known: `at`, and the earliest and latest it can have been.

    inferred: taken from a later fact or typed in afterwards; never in a percentile, and no proof
    that a goal was reached.
    """

    at: datetime
    low: datetime
    high: datetime
    source: str = "system"
    inferred: bool = False
    claim: Claim | None = None

    @classmethod
    def exact(cls, at: datetime, source: str = "system") -> "Instant":
        """Return a moment that our own clock or the exchange's knows."""
        return cls(at, at, at, source)


def exact(at: datetime | None, source: str = "system") -> Instant | None:
    """Return a moment that our own clock or the exchange's knows, if there was one."""
    return None if at is None else Instant.exact(at, source)


@dataclass(frozen=True)
class Sample:
    """One case. value_s is None where it was never reached, is not known, or does not count.

    reason: the rule that excluded it, or why it is indeterminate. censored: it ended, or is still
    going on, past its goal without ever reaching the end. carried_s: how much of it the same crew
    had spent on this case before it was called off and sent again.
    """

    case: str
    outcome: Outcome
    value_s: float | None = None
    inferred: bool = False
    censored: bool = False
    reason: str = ""
    carried_s: float = 0.0


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
    open. A value whose bounds enclose the goal is indeterminate, and so is one within the goal that
    somebody typed in afterwards: a word is no proof of itself.
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
    held = _held(low_s, high_s, goal_s)
    if inferred and held == Outcome.PASS:
        return Sample(case, Outcome.INDETERMINATE, value, inferred, reason=RECALLED)
    reason = UNCERTAIN if held == Outcome.INDETERMINATE else ""
    return Sample(case, held, value, inferred, reason=reason)


def _held(low_s: float, high_s: float, goal_s: float | None) -> Outcome:
    if goal_s is None:
        return Outcome.MEASURED
    if high_s <= goal_s:
        return Outcome.PASS
    return Outcome.FAIL if low_s > goal_s else Outcome.INDETERMINATE
