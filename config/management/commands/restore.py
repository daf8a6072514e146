"""Command `restore`: put a backup in place, as a history of its own."""

import os
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from config.backup.manifest import BadBackup
from config.backup.restore import checked_manifest, chosen_backup, put_in_place
from config.instance import HoldsTheFolder
from notifications.models import EngineBeat

ALIVE = timedelta(seconds=15)


class RestoreCommand(BaseCommand):
    help = "Restore a backup (DIR, or the newest in DIR). What was here is kept aside."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", help="a backup, or the folder that holds them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check every digest, replace all, say what to know. Exit 1, nothing changed, else."""
        os.umask(0o077)
        now = datetime.now(UTC)
        self._refuse_beside_servers(now)
        try:
            folder = chosen_backup(Path(options["dir"]).resolve())
            manifest = checked_manifest(folder)
            epoch, aside = put_in_place(folder, now=now)
        except (BadBackup, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"Restored {folder.name}: {manifest.seq} events, head {manifest.head or 'none'}.\n"
            f"The journal's new epoch is {epoch}: phones fetch everything anew.\n"
            f"What was here lies in {aside}: delete it once nothing is missed.\n"
            f"Phones and tokens revoked after {manifest.made_at} are valid again: revoke them.\n"
            "Everybody at the desk signs in again. Next: `manage.py migrate` (`make run` does it\n"
            "by itself), `manage.py verify_journal`, `manage.py doctor`."
        )

    def _refuse_beside_servers(self, now: datetime) -> None:
        """Raise where a server process of the production shape lives."""
        if settings.EMBEDDED:
            return
        try:
            alive = EngineBeat.objects.filter(at__gt=now - ALIVE).order_by("name").first()
        except DatabaseError:
            return  # an empty database
        if alive:
            raise CommandError(
                f"A server process lives ({alive.name}). Stop all of them first; after a kill, "
                f"wait {ALIVE.total_seconds():.0f} s."
            )


class Command(HoldsTheFolder, RestoreCommand):
    pass
