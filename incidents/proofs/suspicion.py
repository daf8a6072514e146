"""How much a phone's fixes look made up: a score with its reasons, published here.

Shown beside a verdict and never part of one, nor a ground for anything by itself: a cheap phone in
a narrow street earns points honestly. Each reason is a pattern that mock-location apps leave. Pure.
Source: GPS study, on mock locations; the weights are our own choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from incidents.areas import distance_m
from incidents.movement.clocks import settings_of
from incidents.movement.track import Fix
from incidents.policy import MOVEMENT

WEIGHTS = {
    "flagged_mock": 60,  # the phone's own system says that the place is made up
    "teleport": 25,  # faster than any vehicle between two good fixes
    "same_coordinate": 15,  # a real receiver's last digits never stand still
    "same_accuracy": 10,  # nor does its accuracy, while it moves
    "speed_disagrees": 15,  # reported speed and distance covered contradict each other
    "clock_was_set": 10,  # two batches whose clocks exclude each other
    "weak_source": 5,  # a tracking id can be typed into any program
}
FEWEST = 5  # patterns need so many fixes
TELEPORT_MPS = 60.0
SAME_SHARE = 0.9
MOVING_MPS = 3.0
DISAGREE_FACTOR = 4.0
DISAGREE_SHARE = 0.5
WORST = 100


@dataclass(frozen=True)
class Suspicion:
    """score: 0 (nothing strange) to 100. reasons: the patterns that were found."""

    score: int
    reasons: tuple[str, ...]


def suspicion_of(fixes: Sequence[Fix]) -> Suspicion:
    """Return how made up one phone's fixes look, in the order in which they were recorded."""
    ordered = sorted(fixes, key=lambda fix: fix.recorded_at)
    found = []
    if any(fix.is_mock for fix in ordered):
        found.append("flagged_mock")
    steps = _steps(ordered)
    if any(mps > TELEPORT_MPS for _fix, _metres, mps in steps):
        found.append("teleport")
    if len(ordered) >= FEWEST:
        if _most_common_share([(fix.lat, fix.lon) for fix in ordered]) >= SAME_SHARE:
            found.append("same_coordinate")
        moves = any(mps > MOVING_MPS for _fix, _metres, mps in steps)
        known = [fix.accuracy_m for fix in ordered if fix.accuracy_m]
        if moves and len(known) >= FEWEST and _most_common_share(known) == 1.0:
            found.append("same_accuracy")
        if _disagrees(steps):
            found.append("speed_disagrees")
    if len(settings_of(ordered, agreed_s=MOVEMENT.clock_agreed_s)) > 1:
        found.append("clock_was_set")
    if any(fix.source_auth == "weak" for fix in ordered):
        found.append("weak_source")
    return Suspicion(min(WORST, sum(WEIGHTS[name] for name in found)), tuple(found))


def _steps(ordered: Sequence[Fix]) -> list[tuple[Fix, float, float]]:
    """Return for each fix the metres and metres a second since the one before it."""
    steps = []
    for before, fix in zip(ordered, ordered[1:], strict=False):
        seconds = (fix.recorded_at - before.recorded_at).total_seconds()
        metres = distance_m(before.lat, before.lon, fix.lat, fix.lon)
        slack = (before.accuracy_m or 0.0) + (fix.accuracy_m or 0.0)
        if seconds > 0:
            steps.append((fix, metres, max(0.0, metres - slack) / seconds))
    return steps


def _disagrees(steps: Sequence[tuple[Fix, float, float]]) -> bool:
    """Say whether reported speeds and the way covered contradict each other most of the time."""
    told = [(fix.speed_mps, mps) for fix, _metres, mps in steps if fix.speed_mps is not None]
    if len(told) < FEWEST:
        return False
    wrong = sum(_unlike(speed, mps) for speed, mps in told)
    return wrong / len(told) > DISAGREE_SHARE


def _unlike(speed: float, mps: float) -> bool:
    slower, faster = sorted((speed, mps))
    return faster > MOVING_MPS and faster > DISAGREE_FACTOR * max(slower, 0.5)


def _most_common_share(values: Sequence[object]) -> float:
    return max(values.count(value) for value in set(values)) / len(values)
