"""Command `rights`: who may do what, as a table for docs/rights.md."""

from django.core.management.base import BaseCommand

from config.rights import rights_table


class Command(BaseCommand):
    help = "Print the table of rights that the seed gives the groups."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(rights_table(), ending="")
