"""Say what a fix is, when it really was, and which fixes may be evidence. Judges nothing."""

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from incidents.movement.plane import Plane
from incidents.policy import MovementPolicy


@dataclass(frozen=True, slots=True)
class Fix:
    """One check-in of one phone, as the rule needs it.

    `recorded_at` is the phone's clock, `received_at` ours, both aware. The offset interval is our
    clock minus the phone's, in seconds; a bound that is not known is None. `speed_mps` and
    `accuracy_m` are None where not reported.
    """

    key: Hashable
    device_key: Hashable
    recorded_at: datetime
    received_at: datetime
    lat: float
    lon: float
    accuracy_m: float | None = None
    speed_mps: float | None = None
    is_mock: bool = False
    time_suspect: bool = False
    source_auth: str = "strong"
    offset_low_s: float | None = None
    offset_high_s: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """When a fix was, by our clock, in seconds after the assignment: best guess and both bounds.

    `low_s` is None where nothing bounds it from below; `high_s` never lies after the receipt.
    """

    at_s: float
    low_s: float | None
    high_s: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A fix on the plane (metres) and on the time axis of the assignment (seconds after it)."""

    at_s: float
    x: float
    y: float
    sigma_m: float
    speed_mps: float | None
    fix: Fix
    span: Span

    def distance_m(self, other: "Spot") -> float:
        """Return the metres between two spots."""
        return math.hypot(self.x - other.x, self.y - other.y)


def span_of(fix: Fix, *, since: datetime, agreed_s: float) -> Span:
    """Return when `fix` was, in seconds after `since`.

    A receipt is an upper bound for the time of a fix, whatever the phone's clock says. The best
    guess lies within `agreed_s` of the lower bound where there is one: buffering loosens the upper
    bound and never the lower one.
    """
    recorded_s = (fix.recorded_at - since).total_seconds()
    received_s = (fix.received_at - since).total_seconds()
    low, high = fix.offset_low_s, fix.offset_high_s
    if low is not None and high is not None and low > high:
        low, high = high, low
    high_s = received_s if high is None else min(recorded_s + high, received_s)
    if low is None:
        at_s = min(recorded_s, received_s) if high is None else high_s
        return Span(at_s=at_s, low_s=None, high_s=high_s)
    low_s = min(recorded_s + low, high_s)
    return Span(at_s=low_s + min((high_s - low_s) / 2, agreed_s), low_s=low_s, high_s=high_s)


def effective_accuracy_m(fix: Fix, *, policy: MovementPolicy) -> float:
    """Return the accuracy we believe: a default for unknown and 0, and never below the least."""
    reported = fix.accuracy_m
    if reported is None or not math.isfinite(reported) or reported <= 0:
        reported = policy.unknown_accuracy_m
    return max(policy.least_accuracy_m, reported)


def is_accurate(fix: Fix, *, policy: MovementPolicy) -> bool:
    """Tell whether the fix is good enough to be evidence."""
    return effective_accuracy_m(fix, policy=policy) <= policy.usable_accuracy_m


def is_honest(fix: Fix) -> bool:
    """Tell whether place and time are the phone's own: no mock, no time put in by us."""
    return (
        not fix.is_mock
        and not fix.time_suspect
        and math.isfinite(fix.lat)
        and math.isfinite(fix.lon)
    )


def without_repeats(fixes: Iterable[Fix]) -> list[Fix]:
    """Return the fixes in an order that does not depend on theirs, each key once."""
    kept: dict[tuple[Hashable, Hashable], Fix] = {}
    for fix in sorted(fixes, key=_total_order):
        kept.setdefault((fix.device_key, fix.key), fix)
    return list(kept.values())


def lay_out(
    fixes: Iterable[Fix], *, plane: Plane, since: datetime, policy: MovementPolicy
) -> tuple[Spot, ...]:
    """Return the usable fixes as spots in the order of corrected time, one an instant.

    Of two at one instant the one received first stays. The result depends on the set of fixes
    alone.
    """
    spots: list[Spot] = []
    for fix in without_repeats(fixes):
        if not is_honest(fix) or not is_accurate(fix, policy=policy):
            continue
        span = span_of(fix, since=since, agreed_s=policy.clock_agreed_s)
        x, y = plane.to_metres(fix.lat, fix.lon)
        sigma_m = effective_accuracy_m(fix, policy=policy) / policy.accuracy_per_sigma
        spots.append(Spot(span.at_s, x, y, sigma_m, _known_speed(fix), fix, span))
    spots.sort(key=lambda spot: spot.at_s)
    return tuple(spot for i, spot in enumerate(spots) if i == 0 or spot.at_s > spots[i - 1].at_s)


def _known_speed(fix: Fix) -> float | None:
    speed = fix.speed_mps
    return None if speed is None or not math.isfinite(speed) or speed < 0 else speed


def _total_order(fix: Fix) -> tuple[datetime, datetime, str, str]:
    return fix.received_at, fix.recorded_at, repr(fix.key), repr(fix)
