"""Command `seed`: add what is missing of the city."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management.base import BaseCommand

from config.logins import keep_logins, logins_file, logins_table
from config.seed.seed import seed_city


class Command(BaseCommand):
    help = (
        "Add the areas, agencies, types, units and people that are missing, and the rights that the"
        " seeded groups lack. Safe to run twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="do not print the new passwords")

    def handle(self, *args: object, quiet: bool, **options: object) -> None:
        result = seed_city(datetime.now(UTC))
        made = ", ".join(f"{count} {what}" for what, count in result.made.items() if count)
        self.stdout.write(f"Made: {made or 'nothing, all is there'}.")
        for group, rights in result.rights.items():
            self.stdout.write(f"The group {group} may now also: {', '.join(rights)}.")
        if result.passwords:
            keep_logins(result.passwords)
            if not quiet:
                self.stdout.write(logins_table(result.passwords))
            self.stdout.write(f"The passwords are kept in {logins_file()}.")
