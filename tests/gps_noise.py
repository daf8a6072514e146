"""Invent phones that stand or drive, with GPS errors like those of real ones. Metres, seconds.

Errors that last (a fast and a slow one), white noise, reflections that jump away and may or may not
admit it, false speeds with them, lost fixes, uneven times, speeds not reported.
"""

from dataclasses import dataclass

import numpy as np

Row = tuple[float, float, float, float, float | None]  # t, x, y, accuracy, speed


@dataclass(frozen=True)
class Sky:
    """What a place does to GPS: sigmas with their correlation times, and its reflections."""

    name: str
    errors: tuple[tuple[float, float], ...]
    white_m: float = 1.0
    jump_every_s: float = 0.0
    jump_m: tuple[float, float] = (0.0, 0.0)
    jump_lasts_s: float = 1.0
    admitted: float = 1.0
    false_speed: float = 0.0
    roam_m: float = 0.0

    @property
    def radius_m(self) -> float:
        """Return the 68 % radius of the lasting and the white errors together."""
        return 1.515 * float(np.hypot(self.white_m, np.hypot(*[sigma for sigma, _ in self.errors])))


OPEN = Sky("open", ((3, 30), (2, 300)), white_m=0.5)
URBAN = Sky("urban", ((8, 35), (6, 300)), 1.0, 1800, (50, 150), 20, admitted=0.7, false_speed=0.1)
INDOOR = Sky(
    "indoor", ((8, 35), (6, 300)), 1.0, 900, (50, 200), 40, 0.5, false_speed=0.2, roam_m=25
)
HARSH = Sky("harsh", ((15, 40), (12, 300)), 2.0, 400, (50, 250), 45, admitted=0.5, false_speed=0.2)
SKIES = (OPEN, URBAN, INDOOR, HARSH)

KINDS = ("car", "jam", "foot")


def parked(sky: Sky, seed: int, *, every_s: float = 10.0) -> list[Row]:
    """Return what a phone sends that stands (or is carried about a building) for ten minutes."""
    rng = np.random.default_rng([seed, 1, len(sky.name)])
    at_s = _times(rng, -300.0, 600.0, every_s)
    seconds = np.arange(-301.0, 602.0)
    path, speed = _roam(rng, len(seconds), sky.roam_m)
    return _seen(rng, sky, at_s, seconds, path, speed)


def driven(sky: Sky, kind: str, seed: int, *, every_s: float = 10.0) -> tuple[list[Row], float]:
    """Return what a phone sends that leaves some time after the assignment, and when it leaves."""
    rng = np.random.default_rng([seed, 2 + KINDS.index(kind), len(sky.name)])
    starts_s = float(rng.uniform(20, 300))
    at_s = _times(rng, -300.0, starts_s + 600, every_s)
    seconds = np.arange(-301.0, starts_s + 603)
    speed = np.zeros(len(seconds))
    heading = np.full(len(seconds), rng.uniform(0, 2 * np.pi))
    first = int(np.searchsorted(seconds, starts_s))
    speed[first:], turns = _ride(rng, kind, len(seconds) - first)
    heading[first:] += turns
    steps = np.stack([speed * np.cos(heading), speed * np.sin(heading)], axis=1)
    return _seen(rng, sky, at_s, seconds, np.cumsum(steps, axis=0), speed), starts_s


def _times(rng, first_s, last_s, every_s):
    gaps = every_s * rng.uniform(0.8, 1.2, int((last_s - first_s) / every_s) + 2)
    at_s = first_s + np.cumsum(gaps)
    at_s = at_s[at_s < last_s]
    return at_s[rng.random(len(at_s)) > 0.05]


def _roam(rng, count, radius_m):
    path, speed = np.zeros((count, 2)), np.zeros(count)
    here, goal, wait = np.zeros(2), np.zeros(2), rng.exponential(60)
    for i in range(count if radius_m else 0):
        way = goal - here
        left = float(np.hypot(*way))
        if wait > 0:
            wait -= 1
        elif left <= 1:
            angle, wait = rng.uniform(0, 2 * np.pi), rng.exponential(60)
            goal = radius_m * np.sqrt(rng.random()) * np.array([np.cos(angle), np.sin(angle)])
        else:
            here, speed[i] = here + way / left, 1.0
        path[i] = here
    return path, speed


def _ride(rng, kind, count):
    cruise, gain, block, light = {
        "car": (rng.uniform(7, 15), rng.uniform(0.8, 2), rng.uniform(100, 300), 0.35),
        "jam": (rng.uniform(2, 4), 0.8, rng.uniform(40, 120), 0.6),
        "foot": (rng.uniform(1, 1.6), 1.0, rng.uniform(80, 200), 0.1),
    }[kind]
    yard_s = {"car": rng.uniform(15, 40) * (rng.random() < 0.3), "jam": 20, "foot": 0}[kind]
    speed, turned = np.zeros(count), np.zeros(count)
    now, gone, halt, angle, corner = 0.0, 0.0, 0.0, 0.0, block
    for i in range(count):
        if halt > 0:
            now, halt = max(0.0, now - 3), halt - 1
        else:
            now = min(2.0 if i < yard_s else cruise, now + gain)
        gone += now
        if gone > corner:
            corner = gone + block * rng.uniform(0.6, 1.4)
            halt = rng.uniform(5, 45) if rng.random() < light else 0.0
            angle += rng.choice([-1, 1]) * np.pi / 2 if rng.random() < 0.5 else 0.0
        speed[i], turned[i] = now, angle
    return speed, turned


def _seen(rng, sky, at_s, seconds, path, speed):
    count = len(at_s)
    place = np.stack([np.interp(at_s, seconds, path[:, axis]) for axis in (0, 1)], axis=1)
    true = np.interp(at_s, seconds, speed)
    place = place + rng.normal(0, sky.white_m, (count, 2))
    for sigma, lasts_s in sky.errors:
        place = place + _lasting(rng, at_s, sigma, lasts_s)
    claimed = sky.radius_m * rng.uniform(0.5, 1.1, count) * np.exp(rng.normal(0, 0.2, count))
    still = np.where(rng.random(count) < 0.8, 0.0, np.abs(rng.normal(0, 0.4, count)))
    rate = np.where(true < 0.2, still, np.maximum(0, true + rng.normal(0, 0.5, count)))
    _reflect(rng, sky, at_s, place, claimed, rate)
    told = rng.random(count) < 0.85
    return [
        (
            round(float(at_s[i]), 1),
            round(float(place[i, 0]), 1),
            round(float(place[i, 1]), 1),
            round(max(3.0, float(claimed[i])), 1),
            round(float(rate[i]), 2) if told[i] else None,
        )
        for i in range(count)
    ]


def _lasting(rng, at_s, sigma, lasts_s):
    kept = np.exp(-np.diff(at_s) / lasts_s)
    kicks = rng.normal(size=(len(at_s), 2)) * sigma
    error = np.empty((len(at_s), 2))
    error[0] = kicks[0]
    for i, keep in enumerate(kept, start=1):
        error[i] = keep * error[i - 1] + np.sqrt(1 - keep * keep) * kicks[i]
    return error


def _reflect(rng, sky, at_s, place, claimed, rate):
    when_s = at_s[0]
    while sky.jump_every_s:
        when_s += rng.exponential(sky.jump_every_s)
        if when_s > at_s[-1]:
            return
        during = np.flatnonzero(
            (at_s >= when_s) & (at_s < when_s + rng.exponential(sky.jump_lasts_s))
        )
        if not len(during):
            continue
        size_m, angle = rng.uniform(*sky.jump_m), rng.uniform(0, 2 * np.pi)
        place[during] += size_m * np.array([np.cos(angle), np.sin(angle)])
        place[during] += rng.normal(0, 0.05 * size_m, (len(during), 2))
        if rng.random() < sky.admitted:
            claimed[during] = size_m * rng.uniform(0.4, 1.0)
        if rng.random() < sky.false_speed:
            rate[during[0]] = rng.uniform(2, 15)
        if rng.random() < sky.false_speed and len(during) > 1:
            rate[during[1]] = rng.uniform(1, 8)
