"""Find where the crew stood when the assignment was made. Knows nothing of what came after."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from incidents.movement.track import Spot
from incidents.policy import MovementPolicy


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the crew stood: metres, one-axis sigma, 90 % scatter, and what it rests on."""

    x: float
    y: float
    sigma_m: float
    scatter_m: float
    spots: tuple[Spot, ...]

    @property
    def last_s(self) -> float:
        """Return when the last of its spots was; only what comes later can be movement."""
        return self.spots[-1].at_s

    def distance_m(self, spot: Spot) -> float:
        """Return the metres from the anchor to `spot`."""
        return math.hypot(spot.x - self.x, spot.y - self.y)

    def out_m(self, spot: Spot, *, policy: MovementPolicy) -> float:
        """Return the distance at which a fix like `spot` is surely away from here, whatever the
        scatter.
        """
        return max(
            policy.out_floor_m, policy.certain_sigmas * math.hypot(self.sigma_m, spot.sigma_m)
        )


def find_anchor(spots: Sequence[Spot], *, policy: MovementPolicy) -> Anchor | None:
    """Return the anchor of a track laid out around the assignment (second 0), or None without a
    usable fix.

    A crew that stood still: the median of its last minutes, without the fixes that jumped away. One
    that was on its way: of its last moments. A phone that was silent: its first fix afterwards, so
    that only movement after that one can be shown.
    """
    before = [spot for spot in spots if -policy.anchor_back_s <= spot.at_s <= 0]
    if not before:
        after = [spot for spot in spots if spot.at_s > 0]
        return _around(after[:1], scattered=False) if after else None
    anchor = _around(before, scattered=len(before) >= 4)
    if (
        _quantile(sorted(anchor.distance_m(spot) for spot in before), 0.9)
        <= policy.anchor_compact_m
    ):
        return anchor
    near = [spot for spot in before if anchor.distance_m(spot) <= policy.anchor_compact_m]
    if _stood_still(before, near=near, policy=policy):
        return _around(near, scattered=True)
    recent = [spot for spot in before if spot.at_s >= before[-1].at_s - policy.anchor_recent_s]
    return _around(recent[-policy.anchor_recent_fixes :], scattered=False)


def _stood_still(before: Sequence[Spot], *, near: Sequence[Spot], policy: MovementPolicy) -> bool:
    """Tell whether most fixes are near one place and most speeds are those of standing.

    Then the rest are jumps.
    """
    speeds = [spot.speed_mps for spot in before if spot.speed_mps is not None]
    if len(before) < policy.anchor_majority_fixes or not speeds:
        return False
    slow = sum(speed < policy.slow_speed_mps for speed in speeds)
    share = policy.anchor_majority
    return len(near) >= share * len(before) and slow >= share * len(speeds)


def _around(spots: Sequence[Spot], *, scattered: bool) -> Anchor:
    x, y = median(spot.x for spot in spots), median(spot.y for spot in spots)
    away = sorted(math.hypot(spot.x - x, spot.y - y) for spot in spots)
    return Anchor(
        x=x,
        y=y,
        sigma_m=median(spot.sigma_m for spot in spots),
        scatter_m=_quantile(away, 0.9) if scattered else 0.0,
        spots=tuple(spots),
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
