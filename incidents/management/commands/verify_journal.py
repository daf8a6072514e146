"""Command `verify_journal`: walk the stored hash chains, of the journal and of each phone."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.models import JournalHead
from incidents.selectors.integrity import first_broken_event
from incidents.services.anchors import broken_anchors
from responders.chain import GENESIS
from responders.ingest.walk import first_broken_check_in
from responders.models import CheckIn, Device


class Command(BaseCommand):
    """Exit 0 where every chain holds; 1 and the first bad row where one does not.

    May run beside a live server. The head hash it prints is worth keeping elsewhere: it shows
    whether the whole journal was made anew.
    """

    help = "Walk the stored hash chains and name the first bad row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchors", help="a file of head lines kept outside, to hold it against"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        head = JournalHead.objects.filter(pk=1).first() or JournalHead(hash=GENESIS)
        event = first_broken_event()
        if event is not None:
            raise CommandError(
                f"The journal does not hold. Event seq {event.seq}: {event.problem}.", returncode=1
            )
        row = first_broken_check_in()
        if row is not None:
            raise CommandError(
                f"The check-ins do not hold. Check-in {row.check_in} of phone {row.device}: "
                f"{row.problem}.",
                returncode=1,
            )
        if options["anchors"]:
            self._hold_against(options["anchors"])
        phones, rows = Device.objects.count(), CheckIn.objects.count()
        self.stdout.write(
            f"The journal holds: {head.seq} events, head {head.hash}. "
            f"The check-ins hold: {rows} rows of {phones} phones."
        )

    def _hold_against(self, name: str) -> None:
        try:
            lines = Path(name).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{name}: {error}", returncode=1) from error
        for broken in broken_anchors(lines):
            raise CommandError(
                f"The journal does not hold against the anchor of {broken.day} (seq {broken.seq}): "
                f"{broken.problem}.",
                returncode=1,
            )
        self.stdout.write(f"It agrees with {len(lines)} anchors.")
