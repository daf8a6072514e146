"""Try the movement rule in force on recorded tracks, JSON lines. Needs no database."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.movement.plane import Plane, Point
from incidents.movement.track import Fix
from incidents.movement.verdict import judge
from incidents.policy import MOVEMENT, MovementPolicy

ASSIGNED_AT = datetime(
    2000, 1, 1, tzinfo=UTC
)  # any instant will do: the rule knows differences only
PLANE = Plane(Point(lat=-0.79, lon=100.65))  # any place will do
MOST_SECONDS = 10_000_000.0
MOST_METRES = 1_000_000.0


class BadTrack(ValueError):
    """A line is not a track; the message says what is wrong with it."""


class Command(BaseCommand):
    """Judge each track of a file as known when its last fix is in.

    A line is `{"id", "fixes": [[t_s, x_m, y_m, accuracy_m | null, speed_mps | null], ...]}` in a
    local plane, t = 0 the assignment, each fix arriving at its own time. Prints `{"id", "verdict",
    "moved_at_s", "known_at_s"}` a line. A bad line is named on standard error, the others are
    judged, and the exit status is 1. Source: the contract, "Running".
    """

    help = "Judge recorded tracks (JSON lines) by the movement rule in force."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a file of JSON lines, one track a line")

    def handle(self, *args: Any, **options: Any) -> None:
        policy = MOVEMENT
        bad = 0
        for number, line in self._lines(options["file"]):
            try:
                answer = judged(line, policy=policy)
            except BadTrack as error:
                bad += 1
                self.stderr.write(f"line {number}: {error}")
            else:
                self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if bad:
            raise CommandError(f"{bad} bad line(s)", returncode=1)

    def _lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        try:
            lines = Path(name).read_bytes().splitlines()
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}", returncode=1) from error
        return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def judged(line: bytes, *, policy: MovementPolicy) -> dict[str, Any]:
    """Return the answer to one line of the file. Raises BadTrack."""
    track = _track(line)
    fixes = [_fix(i, row) for i, row in enumerate(track["fixes"])]
    verdict = judge(
        fixes=fixes,
        dispatched_at=ASSIGNED_AT,
        move_by=ASSIGNED_AT + timedelta(seconds=policy.movement_target_s),
        scene=None,
        now=max((fix.received_at for fix in fixes), default=ASSIGNED_AT),
        policy=policy,
    )
    return {
        "id": track["id"],
        "verdict": verdict.verdict,
        "moved_at_s": _seconds(verdict.moved_at),
        "known_at_s": _seconds(verdict.known_at),
    }


def _track(line: bytes) -> dict[str, Any]:
    try:
        track = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadTrack(f"not JSON: {error}") from error
    if not isinstance(track, dict):
        raise BadTrack("not a JSON object")
    if not isinstance(track.get("id"), str | int):
        raise BadTrack('"id" is missing, or is neither text nor a number')
    if not isinstance(track.get("fixes"), list):
        raise BadTrack('"fixes" is missing or not a list')
    return track


def _fix(index: int, row: Any) -> Fix:
    if not isinstance(row, list) or len(row) not in (4, 5):
        raise BadTrack(f"fix {index}: not [t_s, x_m, y_m, accuracy_m, speed_mps]")
    at_s = _number(index, "t_s", row[0], most=MOST_SECONDS)
    place = PLANE.to_degrees(
        _number(index, "x_m", row[1], most=MOST_METRES),
        _number(index, "y_m", row[2], most=MOST_METRES),
    )
    at = ASSIGNED_AT + timedelta(seconds=at_s)
    return Fix(
        key=index,
        device_key="track",
        recorded_at=at,
        received_at=at,
        lat=place.lat,
        lon=place.lon,
        accuracy_m=_optional(index, "accuracy_m", row[3]),
        speed_mps=_optional(index, "speed_mps", row[4] if len(row) == 5 else None),
        offset_low_s=0.0,
        offset_high_s=0.0,
    )


def _optional(index: int, name: str, value: Any) -> float | None:
    return None if value is None else _number(index, name, value, most=MOST_METRES)


def _number(index: int, name: str, value: Any, *, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadTrack(f"fix {index}: {name} is not a number")
    if not abs(value) <= most:
        raise BadTrack(f"fix {index}: {name} is out of range")
    return float(value)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else round((at - ASSIGNED_AT).total_seconds(), 3)
