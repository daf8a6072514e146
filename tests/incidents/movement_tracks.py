"""Build fixes by hand for the tests of movement: seconds after the assignment, metres."""

from datetime import UTC, datetime, timedelta

from incidents.movement.plane import Plane, Point
from incidents.movement.track import Fix
from incidents.movement.verdict import Judgement, judge
from incidents.policy import MOVEMENT

T0 = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
STATION = Point(lat=-0.7893, lon=100.6543)
PLANE = Plane(STATION)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def fix(at_s: float, x: float = 0.0, y: float = 0.0, **facts) -> Fix:
    """Return a fix that was recorded and received at `at_s`, with a clock known to be right."""
    place = PLANE.to_degrees(x, y)
    defaults = {
        "key": facts.get("device_key", "phone") + f"@{at_s:g}",
        "device_key": "phone",
        "recorded_at": at(at_s),
        "received_at": at(at_s),
        "accuracy_m": 10.0,
        "speed_mps": 0.0,
        "offset_low_s": 0.0,
        "offset_high_s": 0.0,
    }
    return Fix(lat=place.lat, lon=place.lon, **{**defaults, **facts})


def standing(first_s: float, last_s: float, *, every_s: float = 10.0, **facts) -> list[Fix]:
    """Return fixes of a phone that stands, give or take a few metres."""
    count = int((last_s - first_s) / every_s) + 1
    return [
        fix(first_s + i * every_s, 3.0 * (i % 3), -2.0 * (i % 4), **facts) for i in range(count)
    ]


def driving(start_s: float, last_s: float, *, every_s: float = 10.0, **facts) -> list[Fix]:
    """Return fixes of a phone that leaves eastward at 10 m/s, the first at `start_s`."""
    count = int((last_s - start_s) / every_s) + 1
    facts = {"speed_mps": 10.0, **facts}
    return [fix(start_s + i * every_s, 10.0 * i * every_s, 0.0, **facts) for i in range(count)]


def leaving(start_s: float, last_s: float | None = None, **facts) -> list[Fix]:
    """Return fixes of a phone that stands from before the assignment until it drives off."""
    last_s = start_s + 120 if last_s is None else last_s
    return standing(-300, start_s - 10, **facts) + driving(start_s, last_s, **facts)


def judged(fixes, *, now_s: float, **changes) -> Judgement:
    """Return the judgement at `now_s` on an assignment with a ten-minute target."""
    return judge(
        **{
            "fixes": fixes,
            "dispatched_at": T0,
            "move_by": at(600),
            "scene": None,
            "now": at(now_s),
            "policy": MOVEMENT,
            **changes,
        }
    )


def from_rows(rows) -> list[Fix]:
    """Return fixes of recorded rows [t, x, y, accuracy, speed]."""
    return [
        fix(t, x, y, key=i, accuracy_m=accuracy, speed_mps=speed)
        for i, (t, x, y, accuracy, speed) in enumerate(rows)
    ]
