"""Command `purge`: erase what has been kept long enough, or count it."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config.instance import HoldsTheFolder
from notifications.errors import NotificationError
from notifications.models import DataRequest
from notifications.services.privacy import carry_out_purge
from notifications.services.purge import Line, due_rows, leave_no_bytes


class Command(HoldsTheFolder, BaseCommand):
    """Erase by an approved request; --dry-run counts without any. Not beside a running server."""

    help = "Erase personal data whose time is over (--request ID), or count it (--dry-run)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        either = parser.add_mutually_exclusive_group(required=True)
        either.add_argument("--dry-run", action="store_true", help="count what is due by kind")
        either.add_argument("--request", help="the id of a request that a second person approved")

    def handle(self, *args: Any, **options: Any) -> None:
        now = datetime.now(UTC)
        if options["dry_run"]:
            self._show(due_rows(now))
            return
        try:
            request = DataRequest.objects.get(pk=options["request"])
            lines = carry_out_purge(request=request, actor=request.asked_by, now=now)
        except (DataRequest.DoesNotExist, ValidationError) as error:
            raise CommandError("There is no such request.") from error
        except NotificationError as error:
            raise CommandError(str(error)) from error
        self._show(lines)
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM")
            leave_no_bytes()

    def _show(self, lines: list[Line]) -> None:
        self.stdout.write(f"{'kind':28}{'days':>6}{'rows':>9}")
        for line in lines:
            self.stdout.write(f"{line.key:28}{line.days:>6}{line.rows:>9}")
        self.stdout.write(f"{'total':28}{'':>6}{sum(line.rows for line in lines):>9}")
