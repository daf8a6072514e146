"""Whether the fixes that came with one token were sent by two phones. Pure.

Two phones send by turns. What came then falls into two tracks, each of which one phone can have
been on, while nobody goes to and fro between them. A single phone whose fixes flip between
satellites and a wrong network place looks alike but for its battery, and one whose clock was set
has two tracks one after the other: hence both are asked. Two phones that stay side by side with
like batteries are not told apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from responders.policy import TWO_PHONES, TwoPhonesPolicy

METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """One fix: when by the phone's clock and by ours, where, and its battery (percent)."""

    recorded_at: datetime
    received_at: datetime
    lat: float
    lon: float
    accuracy_m: float
    battery_pct: float | None = None


@dataclass(slots=True)
class _Track:
    fixes: list[Sighting] = field(default_factory=list)

    def takes(self, fix: Sighting, policy: TwoPhonesPolicy) -> bool:
        """Say whether the phone of this track can have sent it next."""
        last = self.fixes[-1]
        if _apart_pct(last.battery_pct, fix.battery_pct) >= policy.battery_step_pct:
            return False
        seconds = abs((fix.recorded_at - last.recorded_at).total_seconds())
        slack_m = policy.slack_m + last.accuracy_m + fix.accuracy_m
        return _metres(last, fix) <= slack_m + policy.speed_max_mps * seconds

    def battery_pct(self) -> float | None:
        known = [fix.battery_pct for fix in self.fixes if fix.battery_pct is not None]
        return median(known) if known else None


def sent_by_two(sightings: Sequence[Sighting], policy: TwoPhonesPolicy = TWO_PHONES) -> bool:
    """Say whether two phones sent these by turns."""
    ordered = sorted(sightings, key=lambda fix: (fix.recorded_at, fix.received_at))
    tracks, strays = _tracks(ordered, policy)
    if len(tracks) < 2 or min(len(track.fixes) for track in tracks) < policy.each_min:
        return False
    if strays > policy.strays_max_share * len(ordered):
        return False
    one, other = (track.battery_pct() for track in tracks)
    if one is None and other is None:
        return _turns(tracks) >= policy.turns_without_battery_min
    both_known = one is not None and other is not None
    if both_known and _apart_pct(one, other) <= policy.battery_same_pct:
        return False
    return _turns(tracks) >= policy.turns_min


def _tracks(ordered: Sequence[Sighting], policy: TwoPhonesPolicy) -> tuple[list[_Track], int]:
    """Put each fix on the nearest track that takes it; return them and how many fit on none."""
    tracks: list[_Track] = []
    strays = 0
    for fix in ordered:
        fitting = [track for track in tracks if track.takes(fix, policy)]
        if fitting:
            min(fitting, key=lambda track: _metres(track.fixes[-1], fix)).fixes.append(fix)
        elif len(tracks) < 2:
            tracks.append(_Track([fix]))
        else:
            strays += 1
    return tracks, strays


def _turns(tracks: Sequence[_Track]) -> int:
    """Count how often the sender changes, in the order in which they reached us."""
    came = sorted(
        (fix.received_at, fix.recorded_at, number)
        for number, track in enumerate(tracks)
        for fix in track.fixes
    )
    return sum(before[2] != after[2] for before, after in zip(came, came[1:], strict=False))


def _apart_pct(one: float | None, other: float | None) -> float:
    return 0.0 if one is None or other is None else abs(one - other)


def _metres(one: Sighting, other: Sighting) -> float:
    """Return the distance on a flat city."""
    north = one.lat - other.lat
    east = (one.lon - other.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return METRES_PER_DEGREE * math.hypot(north, east)
