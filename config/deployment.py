"""What a look at the running installation finds beyond its settings: clocks, files, copies.

Belongs here: looks at database, disk and clock, for `manage.py doctor`. Not here:
what the settings alone can say (checks.py).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from config.backup.make import last_backup
from config.readiness import layer_problem_now
from incidents.models import HeadAnchor
from incidents.reports_copy import has_copy
from incidents.selectors.copy_state import copy_state

BACKUP_OLD = timedelta(hours=36)
SKEW_LOOK_S, SKEW_BAD_S = 1.0, 5.0
ANCHOR_OLD = timedelta(days=2)
CONNECTIONS_A_PROCESS = 20  # docs/deploy.md, Growing


class Finding(NamedTuple):
    """One line: `ok`, `look` (works, less than it could) or `bad`, and the sentence."""

    grade: str
    text: str


def installation_findings(now: datetime) -> Iterator[Finding]:
    """Look at everything in turn. Raises what the database raises."""
    yield from _layer()
    yield from _clock()
    yield from _connections()
    yield from _reports_copy()
    yield from _copies(now)
    yield from _anchors(now)
    yield from _keys()
    yield from _static_files()


def _layer() -> Iterator[Finding]:
    if settings.EMBEDDED:
        return
    problem = layer_problem_now()
    yield (
        Finding("bad", problem["message"])
        if problem
        else Finding("ok", "The channel layer carries a canary.")
    )


def _clock() -> Iterator[Finding]:
    """Hold this machine's clock against the database's."""
    if connection.vendor != "postgresql":
        return
    before = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    ours = before + (datetime.now(UTC) - before) / 2
    skew_s = skew_of(ours, theirs)
    if skew_s < SKEW_LOOK_S:
        yield Finding("ok", "This clock and the database's agree.")
        return
    grade = "bad" if skew_s >= SKEW_BAD_S else "look"
    yield Finding(grade, f"This clock and the database's differ by {skew_s:.1f} s: run chrony.")


def skew_of(ours: datetime, theirs: datetime) -> float:
    """Return by how many seconds two clocks differ."""
    return abs((ours - theirs).total_seconds())


def _connections() -> Iterator[Finding]:
    """Look whether the database has room for what one more process opens when it is busy."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
            " FROM pg_stat_activity WHERE backend_type = 'client backend'"
        )
        used, most = cursor.fetchone()
    yield connections_finding(used, most)


def connections_finding(used: int, most: int) -> Finding:
    """Return what is said of so many connections in use, of so many that the database allows."""
    said = f"{used} of the database's {most} connections are in use"
    if most - used >= CONNECTIONS_A_PROCESS:
        return Finding("ok", f"{said}.")
    return Finding(
        "bad",
        f"{said}: a busy process opens {CONNECTIONS_A_PROCESS}, and one that gets none stores "
        "nothing. Raise max_connections.",
    )


def _reports_copy() -> Iterator[Finding]:
    """Ask the database that the reports are read from, where there is one of its own."""
    if not has_copy():
        return
    try:
        state = copy_state()
    except (DatabaseError, InterfaceError) as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding(
            "look", f"The reports' copy cannot be read; the one database is read instead: {reason}"
        )
        return
    if not state.is_ours:
        yield Finding("bad", "GERAK_REPORTS_DATABASE_URL names a database with another journal.")
    elif state.behind:
        yield Finding("look", f"The reports' copy is {state.behind} events behind.")
    else:
        yield Finding("ok", "The reports' copy has every event.")


def _copies(now: datetime) -> Iterator[Finding]:
    last = last_backup()
    if last is None:
        yield Finding("look", "There is no backup: `manage.py backup DIR`, every night.")
    elif now - last > BACKUP_OLD:
        hours = (now - last).total_seconds() / 3600
        yield Finding("look", f"The last backup is {hours:.0f} hours old.")
    else:
        yield Finding("ok", "A backup was made within the last day.")


def _anchors(now: datetime) -> Iterator[Finding]:
    if not (settings.GERAK_HEAD_FILE or settings.GERAK_HEAD_MAIL or settings.GERAK_HEAD_URL):
        yield Finding(
            "look",
            "The journal's head is written nowhere outside: who holds this machine could write the "
            "history anew. Set GERAK_HEAD_MAIL, GERAK_HEAD_URL or GERAK_HEAD_FILE.",
        )
        return
    newest = HeadAnchor.objects.order_by("-day").first()
    if newest is not None and not all(newest.written.values()):
        places = ", ".join(place for place, done in newest.written.items() if not done)
        yield Finding("bad", f"The journal's head of {newest.day} did not reach: {places}.")
    elif newest is not None and now - newest.made_at > ANCHOR_OLD:
        yield Finding("bad", f"The journal's head was last written for {newest.day}.")
    elif newest is not None:
        yield Finding("ok", f"The journal's head of {newest.day} was written outside.")


def _keys() -> Iterator[Finding]:
    """A key kept beside what it signs proves less than one kept apart."""
    if settings.EMBEDDED:
        return
    file = settings.GERAK_SIGNING_KEY_FILE
    inside = not file or Path(file).resolve().is_relative_to(Path(settings.DATA_DIR))
    if not settings.GERAK_SIGNING_KEY and inside:
        yield Finding(
            "look",
            "The key that signs proofs lies in the data folder, beside what it signs, and each "
            "machine makes its own: set GERAK_SIGNING_KEY_FILE.",
        )
    for name in ("SECRET_KEY", "GERAK_TELEPHONY_SECRET"):
        if len(set(getattr(settings, name))) < 8:
            yield Finding("bad", f"{name} can be guessed: set a long random text.")


def _static_files() -> Iterator[Finding]:
    if settings.STATIC_ROOT is None:
        return
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield Finding("ok", "The static files were collected.")
    else:
        yield Finding(
            "bad", "The static files are missing, so pages fail: `manage.py collectstatic`."
        )
