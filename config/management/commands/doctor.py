"""Command `doctor`: say in plain words what is missing or unsafe."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.core import checks
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config.deployment import Finding, installation_findings
from config.engine import BEAT_NAME
from config.instance import holder_of
from config.logins import logins_file
from config.readiness import LATE_S, lateness_s, layer_name
from notifications.models import EngineBeat, Official
from notifications.reach import unreachable_areas
from responders.models import CrewShift, Device, User

STALE_BEAT_S = 15.0


class Command(BaseCommand):
    help = "Say what is missing or unsafe. Exit 1 where something is bad."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        """Print a line a finding, the worst last."""
        now = datetime.now(UTC)
        found = [*settings_findings(), *shape_findings(), *database_findings(now)]
        order = ("ok", "look", "bad")
        for finding in sorted(found, key=lambda finding: order.index(finding.grade)):
            self.stdout.write(f"{finding.grade:<5} {finding.text}")
        if any(finding.grade == "bad" for finding in found):
            sys.exit(1)


def settings_findings() -> Iterator[Finding]:
    """Turn the system checks into findings."""
    messages = checks.run_checks(include_deployment_checks=not settings.EMBEDDED)
    for message in messages:
        grade = "bad" if message.level >= checks.ERROR else "look"
        yield Finding(grade, " ".join(filter(None, (message.msg, message.hint))))
    if not messages:
        yield Finding("ok", "The settings pass every check.")


def shape_findings() -> Iterator[Finding]:
    """Say which shape this is, and whether its server runs."""
    shape = "embedded (SQLite, one process)" if settings.EMBEDDED else "production (PostgreSQL)"
    yield Finding("ok", f"Shape: {shape}, channel layer {layer_name()}.")
    holder = holder_of(settings.DATA_DIR)
    if holder is not None:
        yield Finding("ok", f"The embedded server runs (process {holder}).")
    elif settings.EMBEDDED:
        yield Finding("look", "The server does not run: `make run` starts it.")
    if logins_file().exists():
        yield Finding(
            "look", f"The first passwords still lie in {logins_file()}: delete it once noted."
        )


def database_findings(now: datetime) -> Iterator[Finding]:
    """Look into the database: migrations, people, the sweeper, what is late."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield Finding("bad", f"The database does not answer: {error}")
        return
    if missing:
        yield Finding("bad", f"{len(missing)} migrations are missing: `manage.py migrate`.")
        return
    yield Finding("ok", "The database answers and is up to date.")
    yield from _people_findings(now)
    yield from _clock_findings(now)
    yield from installation_findings(now)


def _people_findings(now: datetime) -> Iterator[Finding]:
    if not User.objects.exists():
        yield Finding("bad", "There is nobody in the database: `manage.py seed`.")
        return
    enrolled = Device.objects.filter(revoked_at=None, signed_out_at=None)
    crew = CrewShift.objects.filter(ends_at=None)
    without = crew.exclude(user__in=enrolled.values("user")).count()
    if without:
        yield Finding(
            "look", f"{without} of {crew.count()} crew members on a standing shift have no phone."
        )
    offices = Official.objects.filter(ends_at=None)
    deaf = offices.exclude(user__in=enrolled.values("user")).count()
    if deaf:
        yield Finding("look", f"{deaf} of {offices.count()} camat and lurah have no phone.")
    unreachable = unreachable_areas(now)
    if unreachable:
        yield Finding("look", f"No official can be reached in {', '.join(unreachable)}.")
    unwoken = enrolled.filter(push_token="").count()
    if unwoken:
        yield Finding("look", f"{unwoken} phones have no push address.")


def _clock_findings(now: datetime) -> Iterator[Finding]:
    late_s = lateness_s(now)
    beat = EngineBeat.objects.filter(name__startswith=BEAT_NAME).order_by("-at").first()
    if beat is None or (now - beat.at).total_seconds() > STALE_BEAT_S:
        yield Finding("look", "No sweeper gives a sign of life: no clock runs.")
    else:
        yield Finding("ok", "The sweeper lives.")
    if late_s > LATE_S:
        yield Finding("bad", f"The oldest due row has waited {late_s:.0f} s.")
