"""Hold shown movement against the deadline, with the phone's clock as an interval.

Source: GPS study, section 5.
"""

import math
from dataclasses import dataclass

from incidents.movement.anchor import Anchor
from incidents.movement.rule import Movement
from incidents.movement.track import Spot
from incidents.movement.watch import CLOCK, OFFLINE, Watch, Window, is_covered
from incidents.policy import MovementPolicy

MOVED = "moved"
MOVED_LATE = "moved_late"
INDETERMINATE = "indeterminate"
NEAR_DEADLINE = "near_deadline"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What shown movement means for the deadline: verdict, its reason ("" where none), and the
    grade of the proof.

    A: received before the deadline, so that no phone's clock is trusted. B: the clock's offset is
    known from both sides. C: it rests on the phone's word alone, or on a weakly authenticated
    phone.
    """

    verdict: str
    reason: str
    grade: str


def rule_on(seen: Watch, movement: Movement, *, window: Window, policy: MovementPolicy) -> Ruling:
    """Return the ruling on one phone's movement.

    In time if it surely began in time; late only if the phone was watched throughout and still at
    the anchor a good while after the deadline; otherwise undetermined, never a silent pass.
    """
    deadline_s, grade = window.deadline_s, _grade(movement, window=window, policy=policy)
    low_s, high_s = bounds_s(movement.first_motion, movement, policy=policy)
    if high_s <= deadline_s:
        return Ruling(MOVED, "", grade)
    if low_s is None or low_s <= deadline_s:
        return Ruling(INDETERMINATE, CLOCK, grade)
    if not is_covered([spot.at_s for spot in seen.spots], window=window, policy=policy):
        return Ruling(INDETERMINATE, OFFLINE, grade)
    stayed = _last_at_anchor(seen, movement, policy=policy)
    stayed_s = None if stayed is None else bounds_s(stayed, movement, policy=policy)[0]
    if stayed_s is None or stayed_s <= deadline_s + policy.late_margin_s:
        return Ruling(INDETERMINATE, NEAR_DEADLINE, grade)
    return Ruling(MOVED_LATE, "", grade)


def bounds_s(
    spot: Spot, movement: Movement, *, policy: MovementPolicy
) -> tuple[float | None, float]:
    """Return the earliest and latest second of a spot of the movement's phone; None where nothing
    bounds it below.

    Without a lower bound for the clock, a live stream gives one: what arrives fix by fix was not
    kept for long.
    """
    low_s = spot.span.low_s
    if low_s is None and _is_live(movement):
        low_s = spot.span.at_s - policy.live_slack_s
    return low_s, spot.span.high_s


def _is_live(movement: Movement) -> bool:
    first, last = movement.evidence[0], movement.evidence[-1]
    received_s = (last.fix.received_at - first.fix.received_at).total_seconds()
    return received_s >= (last.at_s - first.at_s) / 2


def _last_at_anchor(seen: Watch, movement: Movement, *, policy: MovementPolicy) -> Spot | None:
    """Return the last spot before the movement that the phone's errors still put at the anchor."""
    before = [spot for spot in seen.spots if spot.at_s < movement.first_motion.at_s]
    at_anchor = [spot for spot in before if _is_at(movement.anchor, spot, policy=policy)]
    return at_anchor[-1] if at_anchor else None


def _is_at(anchor: Anchor, spot: Spot, *, policy: MovementPolicy) -> bool:
    error_m = policy.likely_sigmas * math.hypot(anchor.sigma_m, spot.sigma_m)
    return anchor.distance_m(spot) <= max(policy.at_anchor_floor_m, error_m)


def _grade(movement: Movement, *, window: Window, policy: MovementPolicy) -> str:
    if any(spot.fix.source_auth == "weak" for spot in movement.evidence):
        return "C"
    first = movement.first_motion
    received_s = (first.fix.received_at - window.dispatched_at).total_seconds()
    if received_s <= window.deadline_s:
        return "A"
    low_s = first.span.low_s
    known = low_s is not None and first.span.high_s - low_s <= policy.clock_agreed_s
    return "B" if known else "C"
