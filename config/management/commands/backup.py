"""Command `backup`: copy the database, keys, logins and photos, beside running servers."""

import os
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup.make import make_backup, remove_old
from config.backup.manifest import BadBackup


class Command(BaseCommand):
    help = "Make a backup in a new folder below DIR; its path is the last line printed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", help="the folder that holds the backups")
        parser.add_argument(
            "--keep", type=int, default=0, help="remove all but the newest N (default: keep all)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy, then remove what is old. Exit 1 with a sentence where it cannot."""
        os.umask(0o077)
        into = Path(options["dir"]).resolve()
        try:
            made = make_backup(into, now=datetime.now(UTC))
        except (BadBackup, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        for folder in remove_old(into, keep=max(0, options["keep"])):
            self.stdout.write(f"Removed {folder.name}.")
        self.stdout.write(
            "It holds personal data and keys: keep a copy off this machine, encrypted.\n"
            "Not in it: the environment file, and keys that it names outside the data folder."
        )
        self.stdout.write(str(made))
