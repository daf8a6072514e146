"""Say what one phone shows about the window of an assignment, beside movement: seconds on its time
axis.

Whether it was watched throughout, whether something was under way at its end, and why there is no
evidence. Draws no verdict.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

from incidents.movement.clocks import settings_of, widened
from incidents.movement.plane import Plane, Point
from incidents.movement.rule import Finding, find_movement
from incidents.movement.track import Fix, Spot, is_honest, lay_out, span_of, without_repeats
from incidents.policy import MovementPolicy

NO_FIX = "no_fix"
POOR_ACCURACY = "poor_accuracy"
OFFLINE = "offline"
CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Window:
    """When movement is asked for: seconds to the deadline and to the closing (None: open)."""

    dispatched_at: datetime
    deadline_s: float
    closed_s: float | None = None

    @property
    def end_s(self) -> float:
        """Return the second at which the answer is due: the deadline, or the closing before it."""
        return self.deadline_s if self.closed_s is None else min(self.deadline_s, self.closed_s)

    def until_s(self, *, policy: MovementPolicy) -> float | None:
        """Return the last second whose fixes count: the short tail after closing, or no end."""
        return None if self.closed_s is None else self.closed_s + policy.closed_tail_s


@dataclass(frozen=True, slots=True)
class Watch:
    """One phone: its usable spots, what the rule found, the seconds of what is not usable."""

    device_key: Hashable
    plane: Plane
    spots: tuple[Spot, ...]
    finding: Finding
    mock_s: tuple[float, ...]
    suspect_s: tuple[float, ...]
    honest_s: tuple[float, ...]


def watch(
    device_key: Hashable, fixes: Iterable[Fix], *, window: Window, policy: MovementPolicy
) -> Watch:
    """Return what one phone's fixes show; a function of their set alone."""
    own = without_repeats(fixes)
    since, until_s = window.dispatched_at, window.until_s(policy=policy)
    settings = settings_of(own, agreed_s=policy.clock_agreed_s)
    at_s = {id(fix): span_of(fix, since=since, agreed_s=policy.clock_agreed_s).at_s for fix in own}
    if until_s is not None:
        own = [fix for fix in own if at_s[id(fix)] <= until_s]
    honest = [fix for fix in own if is_honest(fix)]
    plane = Plane(_middle(honest))
    spots = tuple(
        replace(spot, span=widened(spot.span, spot.fix, settings=settings, since=since))
        for spot in lay_out(honest, plane=plane, since=since, policy=policy)
    )
    return Watch(
        device_key=device_key,
        plane=plane,
        spots=spots,
        finding=_within(find_movement(spots, policy=policy), closed_s=window.closed_s),
        mock_s=tuple(sorted(at_s[id(fix)] for fix in own if fix.is_mock)),
        suspect_s=tuple(sorted(at_s[id(fix)] for fix in own if fix.time_suspect)),
        honest_s=tuple(sorted(at_s[id(fix)] for fix in honest)),
    )


def is_covered(seen_s: Sequence[float], *, window: Window, policy: MovementPolicy) -> bool:
    """Tell whether fixes at these seconds watch the whole window, above all its end."""
    inside = [at_s for at_s in seen_s if 0 <= at_s <= window.end_s]
    if not inside or inside[0] > policy.silence_s:
        return False
    if any(b - a > policy.silence_s for a, b in zip(inside, inside[1:], strict=False)):
        return False
    if window.end_s - inside[-1] <= policy.end_silence_s:
        return True
    return any(0 < at_s - inside[-1] <= policy.silence_s for at_s in seen_s if at_s > window.end_s)


def is_under_way(seen: Watch, *, window: Window, policy: MovementPolicy) -> bool:
    """Tell whether the phone had begun to leave when the window ended and has not come back since.

    Either its last fixes are out of the anchor, or the very last one, near the end, is fast.
    """
    run = seen.finding.run
    if run:
        return run[0].at_s <= window.end_s
    if not seen.spots or seen.spots[-1].speed_mps is None:
        return False
    near = abs(seen.spots[-1].at_s - window.end_s) <= policy.end_silence_s
    return near and seen.spots[-1].speed_mps >= policy.fast_speed_mps


def is_mocked(seen: Watch, *, window: Window) -> bool:
    """Tell whether the phone sent invented positions in the window."""
    return any(0 <= at_s <= window.end_s for at_s in seen.mock_s)


def is_at_scene(seen: Watch, scene: tuple[float, float], *, policy: MovementPolicy) -> bool:
    """Tell whether the crew was already at the incident when the assignment was made."""
    anchor = seen.finding.anchor
    if anchor is None or anchor.spots[0].at_s > policy.anchor_recent_s:
        return False
    x, y = seen.plane.to_metres(*scene)
    return ((anchor.x - x) ** 2 + (anchor.y - y) ** 2) ** 0.5 <= policy.at_scene_m


def why_unseen(seen: Watch, *, window: Window, policy: MovementPolicy) -> str:
    """Return why a phone that does not cover the window says nothing about it.

    `offline`: it was heard before or after, or only in parts of the window.
    """
    usable = [spot.at_s for spot in seen.spots if 0 <= spot.at_s <= window.end_s]
    if is_covered(seen.honest_s, window=window, policy=policy):
        return POOR_ACCURACY
    if usable:
        return OFFLINE
    if any(0 <= at_s <= window.end_s for at_s in seen.honest_s):
        return POOR_ACCURACY
    if any(0 <= at_s <= window.end_s for at_s in seen.suspect_s):
        return CLOCK
    return OFFLINE if seen.honest_s or seen.mock_s or seen.suspect_s else NO_FIX


def _within(finding: Finding, *, closed_s: float | None) -> Finding:
    """Return the finding without movement that began after the assignment was closed."""
    movement = finding.movement
    if movement is None or closed_s is None or movement.first_motion.at_s <= closed_s:
        return finding
    return Finding(anchor=finding.anchor)


def _middle(fixes: Sequence[Fix]) -> Point:
    if not fixes:
        return Point(0.0, 0.0)
    return Point(median(fix.lat for fix in fixes), median(fix.lon for fix in fixes))
