"""A city to start from: a data folder that is migrated and seeded once a run, and then copied.

Migrating and seeding take ten seconds; a server on a copy is up in two.
"""

import atexit
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
OURS = ("GERAK_", "DJANGO_", "DATABASE_URL", "REDIS_URL", "CELERY_", "DEMO")
DATABASE = "gerak112.sqlite3"
MAKE = """
from django.core.management import call_command
from responders.models import User
call_command("migrate", verbosity=0)
call_command("seed", "--quiet")
call_command("service_token", "dispatcher")
print(*User.objects.exclude(role="staff").values_list("username", flat=True).order_by("pk"))
"""


@dataclass(frozen=True)
class City:
    """A seeded folder; the token of its dispatcher's other system; whose phones can be enrolled."""

    folder: Path
    token: str
    people: tuple[str, ...]


@cache
def seeded_city() -> City:
    """Make the city, once a run; it goes with the process."""
    holder = TemporaryDirectory(prefix="gerak112-city-")
    atexit.register(holder.cleanup)
    environment = environment_of(holder.name)
    *_, token, people = manage(environment, "shell", "--no-imports", "-c", MAKE)
    return City(Path(holder.name), token, tuple(people.split()))


def environment_of(folder: Path | str, **over: str) -> dict[str, str]:
    """Return the environment of a process of the product on a folder, with nothing of our own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return clean | {"GERAK_DATA_DIR": str(folder), "DEMO": "0", "PYTHONUNBUFFERED": "1"} | over


def manage(environment: dict[str, str], *words: str) -> list[str]:
    """Run a management command; return the lines of its output."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError(done.stderr + done.stdout)
    return done.stdout.strip().splitlines()
