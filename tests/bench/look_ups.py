"""Look-ups that must cost the same when the system grows: the area of a point, whom to send.

    python -m tests.bench --only look-ups

A PostgreSQL of its own is filled with villages of generated outlines (60 vertices each) and with
units, a crew and a phone each, first a thousand, then all of them; the product's own functions are
asked in one process beside a `SELECT 1` over the same connection. A wrong answer voids a figure.
"""

import math
import os
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime

from tests.bench.figures import Figure, exit_code
from tests.bench.table import machine, show
from tests.postgres import private_cluster

FEW, AREAS, UNITS, AGENCIES = 1_000, 80_000, 10_000, 20
ROUNDS, ASKED = 5, 100
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
SIDE_DEG = 0.05  # of the square that a generated village, or a unit, has to itself
A_ROW = 283  # squares in a row: the square root of 80,000


def main() -> int:
    """Measure in a process of its own, on a cluster of its own."""
    with private_cluster() as url:
        ours = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-m", "tests.bench.look_ups"]
        return subprocess.run(command, env=os.environ | ours, check=False).returncode


def inside() -> int:
    import django  # noqa: PLC0415 - the parent process needs no Django

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    figures = [*area_figures(), *unit_figures()]
    show(figures, {}, machine())
    return exit_code(figures)


def area_figures():
    from django.db import connection  # noqa: PLC0415

    from incidents.selectors.areas import area_at  # noqa: PLC0415
    from tests.bench.look_up_rows import make_villages  # noqa: PLC0415

    def ask(number):
        return area_at(*middle(number)).code == f"99.{number:06}"

    took = Figure("E-1", "area of a point, 80,000 outlines", "PostgreSQL", "µs", 5_000, False)
    flat = Figure("E-1", "CPU: 80,000 ÷ 1,000", "PostgreSQL", "µs", 1.5, False, "1,000 outlines")
    grown = Figure("E-1", "memory that the look-ups added", "PostgreSQL", "MB", 20, False)
    make_villages(0, FEW)
    few = [timed(ask, FEW) for _ in range(ROUNDS)]
    make_villages(FEW, AREAS)
    vacuum(connection)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(ROUNDS):
        us, cpu_us, wrong = timed(ask, AREAS)
        took.add(us, cpu_us=cpu_us, wrong=wrong)
        flat.add(cpu_us, beside=few[number][1], wrong=few[number][2])
    after_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown.add(max(0.1, (after_kb - before_kb) / 1024))
    return took, flat, grown


def unit_figures():
    from django.db import connection  # noqa: PLC0415

    from incidents.selectors.recommendation import recommend_units  # noqa: PLC0415
    from tests.bench.look_up_rows import (  # noqa: PLC0415
        is_available,
        make_incident_at,
        make_units,
    )

    at = [number for number in range(0, FEW, AGENCIES) if is_available(number, AGENCIES)]

    def ask(number):
        best = recommend_units(incidents[number], NOW).candidates[0]
        return best.chosen and best.unit.call_sign == f"Regu {at[number]}"

    def nothing(_number):
        with connection.cursor() as cursor:
            return cursor.execute("SELECT 1").fetchone() == (1,)

    all_of_them = Figure(
        "D-1", "recommendation among 10,000 units", "PostgreSQL", "µs", 10_000, False
    )
    flat = Figure("D-1", "10,000 ÷ 1,000", "PostgreSQL", "µs", 1.5, False, "1,000 units")
    trip = Figure("D-1", "a round trip", "SELECT 1", "µs")
    make_units(0, FEW, AGENCIES)
    incidents = [make_incident_at(*middle(number)) for number in at]
    vacuum(connection)
    few = [timed(ask, len(incidents), 40) for _ in range(ROUNDS)]
    make_units(FEW, UNITS, AGENCIES)
    vacuum(connection)
    for number in range(ROUNDS):
        us, cpu_us, wrong = timed(ask, len(incidents), 40)
        all_of_them.add(us, cpu_us=cpu_us, wrong=wrong)
        flat.add(us, beside=few[number][0], wrong=few[number][2])
        trip.add(*timed(nothing, 1)[:1])
    return all_of_them, flat, trip


def middle(number):
    """Return the middle of a square, in degrees."""
    row, column = divmod(number, A_ROW)
    return -8 + row * SIDE_DEG, 100 + column * SIDE_DEG


def timed(ask, known, asked=ASKED):
    """Return one look-up's microseconds, those of our CPU in it, and what was wrong with it."""
    draw = random.Random(known)
    numbers = [draw.randrange(known) for _ in range(asked)]
    ask(numbers[0])
    began, used = time.perf_counter(), time.process_time()
    right = [ask(number) for number in numbers]
    us, cpu_us = ((time.perf_counter() - began) / asked, (time.process_time() - used) / asked)
    wrong = "" if all(right) else f"{right.count(False)} of {asked} answers"
    return us * 1e6, cpu_us * 1e6, wrong


def vacuum(connection):
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def ring(number, vertices=60):
    """Return a star-like ring of so many vertices that stays inside its own square."""
    lat, lon = middle(number)
    turn = 2 * math.pi / vertices
    points = []
    for corner in range(vertices):
        far = SIDE_DEG * (0.35 + 0.12 * math.sin(corner * 5 + number))
        points.append(
            [
                round(lon + far * math.cos(corner * turn), 6),
                round(lat + far * math.sin(corner * turn), 6),
            ]
        )
    return [*points, points[0]]


if __name__ == "__main__":
    sys.exit(inside())
