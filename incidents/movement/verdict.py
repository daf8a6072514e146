"""Draw the verdict on an assignment from all fixes of its crew's phones: the door of this package.

Any phone that proves movement decides. No data is never "did not move". A later call with more
fixes gives a new verdict that supersedes; this function remembers nothing.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.movement.deadline import INDETERMINATE, MOVED, bounds_s, rule_on
from incidents.movement.rule import Movement
from incidents.movement.track import Fix
from incidents.movement.watch import (
    CLOCK,
    NO_FIX,
    OFFLINE,
    POOR_ACCURACY,
    Watch,
    Window,
    is_at_scene,
    is_covered,
    is_mocked,
    is_under_way,
    watch,
    why_unseen,
)
from incidents.policy import MovementPolicy

PENDING = "pending"
STATIONARY = "stationary"
UNVERIFIABLE = "unverifiable"
MOCK_SUSPECTED = "mock_suspected"
AT_SCENE = "at_scene"
CLOSED_EARLY = "closed_early"
UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one assignment, with all that a proof of it needs.

    `reason` is "" for pending, moved and moved_late. `evidence` holds check-in keys in the order of
    time: from the first evidence to the deciding fix, or for stationary all that cover the window.
    `moved_at` is the best guess between `moved_at_low` (None: not bounded) and `moved_at_high`;
    `known_at` is when the last fix of the evidence arrived. `final`: only evidence that arrives
    late can change it. `review_at`: when to ask again although no fix came, else None.
    """

    verdict: str
    reason: str = ""
    moved_at: datetime | None = None
    moved_at_low: datetime | None = None
    moved_at_high: datetime | None = None
    known_at: datetime | None = None
    displacement_m: float | None = None
    device_key: Hashable = None
    evidence: tuple[Hashable, ...] = ()
    anchor: tuple[Hashable, ...] = ()
    grade: str = ""
    source_auth: str = ""
    final: bool = False
    review_at: datetime | None = None


def judge(
    *,
    fixes: Iterable[Fix],
    dispatched_at: datetime,
    move_by: datetime,
    scene: tuple[float, float] | None,
    now: datetime,
    closed_at: datetime | None = None,
    policy: MovementPolicy,
) -> Judgement:
    """Return the verdict that the fixes of all phones of the crew allow at `now`.

    A function of the set of fixes: order and repeats do not matter. Times are aware. Raises nothing
    for bad fixes: they are no evidence.
    """
    window = Window(
        dispatched_at=dispatched_at,
        deadline_s=(move_by - dispatched_at).total_seconds(),
        closed_s=None if closed_at is None else (closed_at - dispatched_at).total_seconds(),
    )
    by_device: dict[Hashable, list[Fix]] = defaultdict(list)
    for fix in fixes:
        by_device[fix.device_key].append(fix)
    seen = [
        watch(device_key, by_device[device_key], window=window, policy=policy)
        for device_key in sorted(by_device, key=repr)
    ]
    moved = [
        _on_movement(one, movement, window=window, policy=policy)
        for one in seen
        if (movement := one.finding.movement)
    ]
    if moved:
        return min(moved, key=lambda one: (one.verdict != MOVED, one.moved_at))
    now_s = (now - dispatched_at).total_seconds()
    under_way = any(is_under_way(one, window=window, policy=policy) for one in seen)
    due_s = window.end_s + (_grace_s(window, policy=policy) if under_way else 0.0)
    if now_s < due_s:
        review_s = window.end_s if now_s < window.end_s else due_s
        return Judgement(PENDING, review_at=dispatched_at + timedelta(seconds=review_s))
    verdict, reason, evidence = _without_movement(
        seen, scene=scene, under_way=under_way, window=window, policy=policy
    )
    until_s = window.until_s(policy=policy)
    return Judgement(
        verdict, reason, evidence=evidence, final=until_s is not None and now_s >= until_s
    )


def _on_movement(
    seen: Watch, movement: Movement, *, window: Window, policy: MovementPolicy
) -> Judgement:
    since = window.dispatched_at
    ruling = rule_on(seen, movement, window=window, policy=policy)
    low_s, high_s = bounds_s(movement.first_motion, movement, policy=policy)
    fixes = [spot.fix for spot in movement.evidence]
    return Judgement(
        verdict=ruling.verdict,
        reason=ruling.reason,
        moved_at=since + timedelta(seconds=movement.first_motion.at_s),
        moved_at_low=None if low_s is None else since + timedelta(seconds=low_s),
        moved_at_high=since + timedelta(seconds=high_s),
        known_at=max(fix.received_at for fix in fixes),
        displacement_m=round(movement.displacement_m, 1),
        device_key=seen.device_key,
        evidence=tuple(fix.key for fix in fixes),
        anchor=tuple(spot.fix.key for spot in movement.anchor.spots),
        grade=ruling.grade,
        source_auth="weak" if any(fix.source_auth == "weak" for fix in fixes) else "strong",
        final=True,
    )


def _without_movement(
    seen: Sequence[Watch],
    *,
    scene: tuple[float, float] | None,
    under_way: bool,
    window: Window,
    policy: MovementPolicy,
) -> tuple[str, str, tuple[Hashable, ...]]:
    """Return verdict, reason and evidence where no phone shows movement, in the order a person
    would ask.
    """
    if any(is_mocked(one, window=window) for one in seen):
        return UNVERIFIABLE, MOCK_SUSPECTED, ()
    if scene is not None and any(is_at_scene(one, scene, policy=policy) for one in seen):
        return UNVERIFIABLE, AT_SCENE, ()
    if window.end_s < window.deadline_s:
        return UNVERIFIABLE, CLOSED_EARLY, ()
    if under_way:
        return INDETERMINATE, UNPROVEN, ()
    for one in seen:
        if is_covered([spot.at_s for spot in one.spots], window=window, policy=policy):
            inside = [spot for spot in one.spots if 0 <= spot.at_s <= window.end_s]
            return STATIONARY, "", tuple(spot.fix.key for spot in inside)
    reasons = {why_unseen(one, window=window, policy=policy) for one in seen}
    known = (POOR_ACCURACY, CLOCK, OFFLINE)
    return UNVERIFIABLE, next((reason for reason in known if reason in reasons), NO_FIX), ()


def _grace_s(window: Window, *, policy: MovementPolicy) -> float:
    return policy.grace_s if window.end_s == window.deadline_s else policy.closed_tail_s
