"""Look for movement away from the anchor: out of it, in a run of fixes, with progress on two legs,
and enough of it.

One fix far away proves nothing, nor do several: GPS errors last for minutes, and a reflected signal
jumps and sits there. What a parked phone does not show is progress. Source:
GPS study, section 5.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from incidents.movement.anchor import Anchor, find_anchor
from incidents.movement.track import Spot
from incidents.policy import MovementPolicy


@dataclass(frozen=True, slots=True)
class Movement:
    """Movement that is shown: its evidence in order, and how far from the anchor it ended."""

    anchor: Anchor
    evidence: tuple[Spot, ...]
    first_motion: Spot
    displacement_m: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What one phone's track shows: anchor, movement if any, and the run still under way."""

    anchor: Anchor | None
    movement: Movement | None = None
    run: tuple[Spot, ...] = ()


def find_movement(spots: Sequence[Spot], *, policy: MovementPolicy) -> Finding:
    """Return the earliest movement that the track shows after the assignment at second 0."""
    anchor = find_anchor(spots, policy=policy)
    if anchor is None:
        return Finding(anchor=None)
    excursions = _excursions_before(spots, anchor=anchor, policy=policy)
    later = [spot for spot in spots if spot.at_s > max(anchor.last_s, 0.0)]
    start = 0  # of the run: later[start:i + 1] are all out
    for i, spot in enumerate(later):
        teleported = i > 0 and _is_teleport(later[i - 1], spot, policy=policy)
        if teleported or not _is_out(spot, anchor=anchor, policy=policy):
            excursions += start < i
            start = i + 1
            continue
        if start < i and spot.at_s - later[i - 1].at_s > policy.run_gap_s:
            start = i
        seen = later[: i + 1]
        if i - start + 1 < policy.out_fixes:
            continue
        begin = _start(seen, start, anchor=anchor, policy=policy)
        run = seen[begin:]
        evidence = _tightest_evidence(run, anchor=anchor, noisy=excursions > 0, policy=policy)
        if evidence:
            movement = _movement(seen, evidence, anchor=anchor, policy=policy)
            return Finding(anchor, movement, tuple(seen[start:]))
    return Finding(anchor, None, tuple(later[start:]))


def _movement(
    seen: Sequence[Spot], evidence: Sequence[Spot], *, anchor: Anchor, policy: MovementPolicy
) -> Movement:
    first = len(seen) - len(evidence)
    motion = first + _first_motion(evidence, policy=policy)
    start = _start(seen, motion, anchor=anchor, policy=policy)
    return Movement(
        anchor=anchor,
        evidence=tuple(seen[min(first, start) :]),
        first_motion=seen[start],
        displacement_m=anchor.distance_m(seen[-1]),
    )


def _is_out(spot: Spot, *, anchor: Anchor, policy: MovementPolicy) -> bool:
    limit_m = max(anchor.out_m(spot, policy=policy), policy.out_scatter_factor * anchor.scatter_m)
    return anchor.distance_m(spot) >= limit_m


def _is_teleport(earlier: Spot, later: Spot, *, policy: MovementPolicy) -> bool:
    reach_m = policy.teleport_mps * (later.at_s - earlier.at_s) + policy.teleport_slack_m
    return earlier.distance_m(later) > reach_m


def _excursions_before(spots: Sequence[Spot], *, anchor: Anchor, policy: MovementPolicy) -> int:
    """Count how often the phone seemed to leave and came back before the assignment."""
    count, left, was_out = 0, False, None
    for spot in spots:
        if not -policy.noisy_back_s <= spot.at_s <= 0:
            continue
        out = anchor.distance_m(spot) >= anchor.out_m(spot, policy=policy)
        if out and was_out is False:
            left = True
        if not out and was_out and left:
            count, left = count + 1, False
        was_out = out
    return count


def _tightest_evidence(
    run: Sequence[Spot], *, anchor: Anchor, noisy: bool, policy: MovementPolicy
) -> Sequence[Spot]:
    """Return the shortest end of the run that shows enough progress on two legs, or nothing."""
    for evidence in _ends(run, policy=policy):
        first, last = evidence[0], evidence[-1]
        if anchor.distance_m(last) < policy.pair_keep_ratio * anchor.distance_m(first):
            continue
        if _has_two_legs(evidence, policy=policy) and _is_enough(
            evidence, noisy=noisy, policy=policy
        ):
            return evidence
    return ()


def _ends(run: Sequence[Spot], *, policy: MovementPolicy) -> Iterator[Sequence[Spot]]:
    for start in range(len(run) - 3, -1, -1):
        if run[-1].at_s - run[start].at_s > policy.pair_span_s:
            return
        yield run[start:]


def _has_two_legs(evidence: Sequence[Spot], *, policy: MovementPolicy) -> bool:
    first, last = evidence[0], evidence[-1]
    apart_m = first.distance_m(last)
    if apart_m < max(policy.pair_floor_m, _error_m(first, last, policy=policy)):
        return False
    leg_m = max(policy.leg_floor_m, policy.leg_share * apart_m)
    return any(leg_m <= _along_m(first, last, spot) <= apart_m - leg_m for spot in evidence[1:-1])


def _is_enough(evidence: Sequence[Spot], *, noisy: bool, policy: MovementPolicy) -> bool:
    """Tell whether fixes, time, distance and reported speeds together are those of a drive or a
    walk.
    """
    count, apart_m = len(evidence), evidence[0].distance_m(evidence[-1])
    span_s = evidence[-1].at_s - evidence[0].at_s
    speeds = [spot.speed_mps for spot in evidence if spot.speed_mps is not None]
    moving = sum(speed >= policy.slow_speed_mps for speed in speeds)
    fast = sum(speed >= policy.fast_speed_mps for speed in speeds)
    unknown = len(speeds) < policy.slow_speeds
    if not unknown and moving < policy.moving_share * len(speeds):
        return False
    if noisy:
        sustained = fast >= policy.sustained_speeds and moving >= policy.sustained_share * len(
            speeds
        )
        if sustained and count >= policy.sustained_fixes and span_s >= policy.sustained_span_s:
            return True
        far = span_s >= policy.noisy_span_s and apart_m >= policy.noisy_distance_m
        return count >= policy.noisy_fixes and far and (unknown or moving >= policy.noisy_speeds)
    if count >= policy.fast_fixes and span_s >= policy.fast_span_s and fast >= policy.fast_speeds:
        return True
    far = span_s >= policy.slow_span_s and apart_m >= policy.slow_distance_m
    return count >= policy.slow_fixes and far and (unknown or moving >= policy.slow_speeds)


def _first_motion(evidence: Sequence[Spot], *, policy: MovementPolicy) -> int:
    """Return which spot of the evidence is the first to show motion itself, so that its time is not
    before the truth.
    """
    first, last = evidence[0], evidence[-1]
    stalled_m = max(policy.stalled_floor_m, policy.stalled_share * first.distance_m(last))
    ahead = range(len(evidence) - 1)
    begin = max(i for i in ahead if _along_m(first, last, evidence[i]) <= stalled_m)
    for i in ahead[begin:]:
        spot, following = evidence[i], evidence[i + 1]
        speed = spot.speed_mps
        if speed is None:
            speed = spot.distance_m(following) / (following.at_s - spot.at_s)
        if speed >= policy.slow_speed_mps:
            return i
    return len(evidence) - 2


def _start(seen: Sequence[Spot], motion: int, *, anchor: Anchor, policy: MovementPolicy) -> int:
    """Walk back from a fix in motion to the fixes that show its start, still near the anchor.

    Each is fast, the next with a known speed is too, and none after it is nearer to the anchor: a
    jump that came back is not a start.
    """
    start, nearest_m = motion, anchor.distance_m(seen[motion])
    for i in range(motion - 1, -1, -1):
        spot = seen[i]
        if seen[start].at_s - spot.at_s > policy.start_bridge_s:
            break
        away_m = anchor.distance_m(spot)
        fast = (s.speed_mps >= policy.start_speed_mps for s in seen[i:] if s.speed_mps is not None)
        if away_m <= nearest_m and spot.speed_mps is not None and next(fast) and next(fast, True):
            start = i
        nearest_m = min(nearest_m, away_m)
    return start


def _error_m(one: Spot, other: Spot, *, policy: MovementPolicy) -> float:
    return policy.certain_sigmas * (one.sigma_m**2 + other.sigma_m**2) ** 0.5


def _along_m(first: Spot, last: Spot, spot: Spot) -> float:
    """Return how far `spot` lies along the way from `first` to `last`, metres."""
    dx, dy = last.x - first.x, last.y - first.y
    return ((spot.x - first.x) * dx + (spot.y - first.y) * dy) / first.distance_m(last)
