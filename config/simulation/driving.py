"""A vehicle on its way: it starts late, accelerates, slows in turns, stops at lights, arrives.

Plain Python and no clock; times are seconds of whatever clock the caller uses.
"""

import math
import random
from bisect import bisect_right
from dataclasses import dataclass

from config.simulation.roads import Point, distance_m, offset_m, route, shifted

TURN_MPS = 4.5
BRAKE_MPS2 = 2.0
CREEP_MPS = 1.0


@dataclass(frozen=True, slots=True)
class Motion:
    """Where a vehicle truly is: degrees, metres a second, degrees from north (None: standing)."""

    lat: float
    lon: float
    speed_mps: float
    heading_deg: float | None


class Drive:
    """One drive along a polyline: stands until `starts_s`, then goes, slows in turns, stops."""

    def __init__(self, line: list[Point], *, starts_s: float, rng: random.Random) -> None:
        if not line:
            raise ValueError("a drive needs at least one point")
        self._line = line
        self._along_m = [0.0]
        for one, other in zip(line, line[1:], strict=False):
            self._along_m.append(self._along_m[-1] + distance_m(one, other))
        self.starts_s = starts_s
        self._speeds_mps, self._gone_m = self._profile(rng)
        self.arrives_s = starts_s + len(self._gone_m) - 1

    @property
    def length_m(self) -> float:
        """Give the length of the whole way in metres."""
        return self._along_m[-1]

    def at(self, now_s: float) -> Motion:
        """Give where the vehicle truly is at `now_s`: at the start before, at the end after."""
        second = now_s - self.starts_s
        if second <= 0.0 or self.length_m == 0.0:
            return Motion(*self._line[0], 0.0, None)
        if now_s >= self.arrives_s:
            return Motion(*self._line[-1], 0.0, None)
        whole = int(second)
        part = second - whole
        gone_m = self._gone_m[whole] + part * (self._gone_m[whole + 1] - self._gone_m[whole])
        leg = min(bisect_right(self._along_m, gone_m), len(self._line) - 1) - 1
        east_m, north_m = offset_m(self._line[leg], self._line[leg + 1])
        leg_m = self._along_m[leg + 1] - self._along_m[leg]
        share = (gone_m - self._along_m[leg]) / max(leg_m, 1e-9)
        lat, lon = shifted(self._line[leg], share * east_m, share * north_m)
        speed_mps = self._speeds_mps[whole + 1]
        heading_deg = math.degrees(math.atan2(east_m, north_m)) % 360.0 if speed_mps > 0.5 else None
        return Motion(lat, lon, speed_mps, heading_deg)

    def _profile(self, rng: random.Random) -> tuple[list[float], list[float]]:
        """Drive it in steps of one second; give the speeds and the metres gone at each of them."""
        cruise_mps, gain_mps2 = rng.uniform(9.0, 15.0), rng.uniform(1.0, 2.0)
        speeds_mps, gone_m = [0.0], [0.0]
        waiting_s, light_m = 0, rng.uniform(300.0, 700.0)
        while gone_m[-1] < self.length_m - 0.01:
            speed_mps = min(cruise_mps, speeds_mps[-1] + gain_mps2, self._limit_mps(gone_m[-1]))
            if waiting_s > 0:
                waiting_s -= 1
                speed_mps = max(0.0, speeds_mps[-1] - 3.0)
            elif gone_m[-1] > light_m:
                light_m = gone_m[-1] + rng.uniform(300.0, 700.0)
                waiting_s = rng.randint(5, 20) if rng.random() < 0.25 else 0
            speeds_mps.append(speed_mps)
            gone_m.append(min(gone_m[-1] + speed_mps, self.length_m))
        return speeds_mps, gone_m

    def _limit_mps(self, gone_m: float) -> float:
        """Give the speed from which the vehicle can still brake for the next turn or the end."""
        number = bisect_right(self._along_m, gone_m + 0.01)
        if number >= len(self._along_m):
            return CREEP_MPS
        ahead_m = self._along_m[number] - gone_m
        allowed_mps = TURN_MPS if self._is_turn(number) else math.inf
        if number == len(self._along_m) - 1:
            allowed_mps = 0.0
        return max(CREEP_MPS, math.sqrt(allowed_mps**2 + 2.0 * BRAKE_MPS2 * ahead_m))

    def _is_turn(self, number: int) -> bool:
        if not 0 < number < len(self._line) - 1:
            return False
        before = offset_m(self._line[number - 1], self._line[number])
        after = offset_m(self._line[number], self._line[number + 1])
        bend = math.atan2(*after) - math.atan2(*before)
        return abs(math.remainder(bend, math.tau)) > math.radians(30.0)


class Vehicle:
    """A fire engine, an ambulance or a pick-up: parked somewhere, or on a drive."""

    def __init__(self, home: Point, rng: random.Random) -> None:
        self.home = home
        self._rng = rng
        self._drive = Drive([home], starts_s=0.0, rng=rng)

    def at(self, now_s: float) -> Motion:
        """Give where it truly is at `now_s`."""
        return self._drive.at(now_s)

    def drive_to(self, place: Point, *, starts_s: float) -> Drive:
        """Set out at `starts_s` for `place` from wherever it is then, and give the drive."""
        here = self._drive.at(starts_s)
        line = route((here.lat, here.lon), place, self._rng)
        self._drive = Drive(line, starts_s=starts_s, rng=self._rng)
        return self._drive

    def stop(self, now_s: float) -> None:
        """Park where it is at `now_s`."""
        here = self._drive.at(now_s)
        self._drive = Drive([(here.lat, here.lon)], starts_s=now_s, rng=self._rng)

    def is_parked(self, now_s: float) -> bool:
        """Say whether it stands and has no drive before it."""
        return now_s >= self._drive.arrives_s
