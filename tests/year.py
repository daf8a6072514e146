"""A year of a mid-size city on PostgreSQL, and what its reports cost: `python -m tests.year`.

Makes a private cluster, writes 60,000 calls, 6,000 incidents, their assignments and journal
(chained as in earnest) and 5 million check-ins, emptied but for the last 31 days, then draws and
writes every report in a process of its own. Prints seconds and peak memory, the bytes of what was
written, and what the night's purge of positions costs; exit 1 where a goal is missed. Options:
--calls, --check-ins, --only (a part: reports, bytes, purge).
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from tests.postgres import private_cluster

START = datetime(2025, 1, 1, tzinfo=UTC) - timedelta(hours=7)
END = START + timedelta(days=365)
HELD = timedelta(days=30)  # how long positions are kept; one day more than that is due
REPORT_GOAL_S, PAGE_GOAL_S, LOOK_GOAL_S = 5.0, 1.0, 0.1

CHECK_INS_SQL = """
INSERT INTO responders_checkin (device_id, client_id, recorded_at, received_at, lat, lon,
    accuracy_m, source, salt, source_auth, time_suspect, data_digest, previous_hash, hash)
SELECT %(device)s, gen_random_uuid(), at, at, CASE WHEN at >= %(held)s THEN -0.79 END,
    CASE WHEN at >= %(held)s THEN 100.65 END, 12, 'gps',
    CASE WHEN at >= %(held)s THEN md5(n::text) ELSE '' END, 'strong', false,
    repeat('0', 64), lpad(to_hex(n - 1), 64, '0'), lpad(to_hex(n), 64, '0')
FROM generate_series(1, %(count)s) AS n,
    LATERAL (SELECT %(start)s + n * (interval '365 days' / %(count)s) AS at) AS time
"""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=60_000)
    options.add_argument("--check-ins", type=int, default=5_000_000)
    options.add_argument("--only", choices=("reports", "bytes", "purge"), nargs="+")
    options.add_argument("--part", choices=PARTS)
    chosen = options.parse_args()
    if chosen.part:
        return PARTS[chosen.part](chosen)
    with private_cluster() as url:
        environment = os.environ | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        again = [sys.executable, "-m", "tests.year", "--calls", str(chosen.calls)]
        again += ["--check-ins", str(chosen.check_ins)]
        for part in ["fill", *(chosen.only or ("reports", "bytes", "purge"))]:
            done = subprocess.run([*again, "--part", part], env=environment, check=False)
            if done.returncode:
                return done.returncode
    return 0


def set_up() -> None:
    import django  # noqa: PLC0415 - the parent process needs no Django

    django.setup()


def fill(chosen: argparse.Namespace) -> int:
    set_up()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from tests.year_rows import Year  # noqa: PLC0415

    began = time.monotonic()
    call_command("migrate", verbosity=0)
    year = Year(START, calls=chosen.calls, randomly=random.Random(112))
    year.write()
    with connection.cursor() as cursor:
        values = {"device": year.device_id, "count": chosen.check_ins, "start": START}
        cursor.execute(CHECK_INS_SQL, values | {"held": END - HELD - timedelta(days=1)})
        cursor.execute("VACUUM ANALYZE")
    print(
        f"filled in {time.monotonic() - began:.0f} s: {chosen.calls:,} calls, "
        f"{year.incidents:,} incidents, {year.assignments:,} assignments, "
        f"{year.events:,} events, {chosen.check_ins:,} check-ins",
        flush=True,
    )
    return 0


def reports(_chosen: argparse.Namespace) -> int:
    set_up()
    from django.test import Client  # noqa: PLC0415

    from incidents.selectors.reports import report_on  # noqa: PLC0415
    from incidents.services.reports import written  # noqa: PLC0415
    from responders.models import User  # noqa: PLC0415

    month = (START + timedelta(days=181), START + timedelta(days=212))
    client = Client()
    client.force_login(User.objects.get(username="admin"))
    page = "/admin/laporan/?first=2025-07-01&last=2025-07-31"
    client.get(page)  # the first request of a process loads templates
    rows = [
        timed("report on the year", REPORT_GOAL_S, lambda: report_on(start=START, end=END)),
        timed(
            "report on one kelurahan's year",
            REPORT_GOAL_S,
            lambda: report_on(start=START, end=END, area="13.72.01.1001"),
        ),
        timed(
            "the month as PDF, XLSX, CSV",
            REPORT_GOAL_S,
            lambda: written(report_on(start=month[0], end=month[1]), inside=False),
        ),
        timed("dashboard page on a month", PAGE_GOAL_S, lambda: client.get(page)),
    ]
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, seconds, goal in rows:
        print(f"{name:<34}{seconds:7.2f} s  (goal {goal:.0f} s)")
    print(f"{'peak memory of the process':<34}{peak_mib:7.0f} MiB")
    return int(any(seconds > goal for _name, seconds, goal in rows))


def sizes(chosen: argparse.Namespace) -> int:
    """Print what a call and a check-in take, with their indexes (docs/growth.md)."""
    set_up()
    from tests.year_purge import bytes_of  # noqa: PLC0415

    case = bytes_of("incidents_call", "incidents_incident", "incidents_assignment")
    case += bytes_of("incidents_incidentevent")
    print(f"{'bytes a call, with all that follows':<40}{case / chosen.calls:7.0f}")
    print(f"{'bytes a check-in':<40}{bytes_of('responders_checkin') / chosen.check_ins:7.0f}")
    return 0


def purge(_chosen: argparse.Namespace) -> int:
    """Time the look for positions past their time, by our index and without it."""
    set_up()
    from tests.year_purge import drop_index, look, night  # noqa: PLC0415

    rows, night_s = night(END)
    print(f"{'one night: ' + format(rows, ',') + ' positions emptied':<40}{night_s:7.2f} s")
    _name, with_s, goal_s = timed("", LOOK_GOAL_S, lambda: look(END))
    drop_index()
    without_s = timed("", LOOK_GOAL_S, lambda: look(END))[1]
    print(f"{'the next look, where nothing is due':<40}{with_s * 1000:7.1f} ms")
    print(f"{'the same without check_in_unpurged':<40}{without_s * 1000:7.1f} ms")
    return int(with_s > goal_s)


def timed(name: str, goal_s: float, act) -> tuple[str, float, float]:  # noqa: ANN001
    began = time.perf_counter()
    act()
    return name, time.perf_counter() - began, goal_s


PARTS = {"fill": fill, "reports": reports, "bytes": sizes, "purge": purge}

if __name__ == "__main__":
    sys.exit(main())
