"""GPS as phones report it: errors that wander, an accuracy that is a guess, a Doppler speed.

Plain Python, no clock: the caller says what time it is. Two Ornstein-Uhlenbeck errors an axis (one
that forgets within half a minute, one within five) and white noise; a parked phone therefore drifts
about as a real one does, instead of scattering around a point.
Source: GPS study, the environments `open` and `urban` without their multipath jumps.
"""

import math
import random
from dataclasses import dataclass

RADIUS_68_PER_SIGMA = 1.515
"""The 68 % radius of a two-axis error in units of its one-axis sigma."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Say how bad reception is: sigmas in metres an axis, correlation times in seconds."""

    quick_sigma_m: float
    quick_time_s: float
    slow_sigma_m: float
    slow_time_s: float
    white_sigma_m: float

    @property
    def sigma_m(self) -> float:
        """Give the standard deviation of the whole error on one axis, in metres."""
        return math.hypot(self.quick_sigma_m, self.slow_sigma_m, self.white_sigma_m)


OPEN_SKY = Environment(3.0, 30.0, 2.0, 300.0, 0.5)
TOWN = Environment(8.0, 35.0, 6.0, 300.0, 1.0)


class Wander:
    """An Ornstein-Uhlenbeck error on two axes, in metres."""

    def __init__(self, sigma_m: float, time_s: float, rng: random.Random) -> None:
        self._sigma_m = sigma_m
        self._time_s = time_s
        self._rng = rng
        self._east_m = rng.gauss(0.0, sigma_m)
        self._north_m = rng.gauss(0.0, sigma_m)

    def after(self, elapsed_s: float) -> tuple[float, float]:
        """Advance by `elapsed_s` seconds and give the error (east, north) in metres."""
        kept = math.exp(-max(elapsed_s, 0.0) / self._time_s)
        fresh_m = self._sigma_m * math.sqrt(1.0 - kept * kept)
        self._east_m = kept * self._east_m + self._rng.gauss(0.0, fresh_m)
        self._north_m = kept * self._north_m + self._rng.gauss(0.0, fresh_m)
        return self._east_m, self._north_m


class GpsNoise:
    """The error of one phone's receiver; ask it in the order of time."""

    def __init__(self, environment: Environment, rng: random.Random) -> None:
        self._environment = environment
        self._rng = rng
        self._quick = Wander(environment.quick_sigma_m, environment.quick_time_s, rng)
        self._slow = Wander(environment.slow_sigma_m, environment.slow_time_s, rng)
        self._last_s: float | None = None

    def error_m(self, at_s: float) -> tuple[float, float]:
        """Give the error (east, north) in metres at `at_s` seconds of any clock that only rises."""
        elapsed_s = 0.0 if self._last_s is None else at_s - self._last_s
        self._last_s = at_s
        quick_east_m, quick_north_m = self._quick.after(elapsed_s)
        slow_east_m, slow_north_m = self._slow.after(elapsed_s)
        white_m = self._environment.white_sigma_m
        return (
            quick_east_m + slow_east_m + self._rng.gauss(0.0, white_m),
            quick_north_m + slow_north_m + self._rng.gauss(0.0, white_m),
        )

    def accuracy_m(self) -> float:
        """Give a reported accuracy: a 68 % radius, as optimistic as phones are, never under 3 m."""
        fair_m = self._environment.sigma_m * RADIUS_68_PER_SIGMA
        guess_m = fair_m * self._rng.uniform(0.5, 1.1) * math.exp(self._rng.gauss(0.0, 0.2))
        return round(max(guess_m, 3.0), 1)

    def speed_mps(self, true_mps: float) -> float | None:
        """Give the Doppler speed, or None in the one fix of seven in which a phone has none."""
        if self._rng.random() > 0.85:
            return None
        if true_mps < 0.2:
            return 0.0 if self._rng.random() < 0.8 else round(abs(self._rng.gauss(0.0, 0.4)), 2)
        return round(max(0.0, true_mps + self._rng.gauss(0.0, 0.5)), 2)
