"""Command `replay`: where everything stood, told from the journal alone."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from incidents.picture import differences
from incidents.selectors.pictures import stored_picture, told_picture
from incidents.selectors.report_facts import last_seq, seq_at


class Command(BaseCommand):
    """Print incidents, assignments and calls as known at a moment, as JSON.

    --at: a time (WIB unless it names a zone) or a journal number; the end by default. --check: hold
    the end against what is stored instead; exit 1 and each difference where they are unlike.
    """

    help = "Tell from the journal where everything stood (--at), or hold it against the tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", help="a time, or a journal number")
        parser.add_argument("--check", action="store_true", help="compare with what is stored")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            found = differences(told_picture(), stored_picture())
            if found:
                raise CommandError("\n".join(found), returncode=1)
            self.stdout.write(f"The journal tells what is stored ({last_seq()} events).")
            return
        picture = told_picture(_seq(options["at"]))
        self.stdout.write(json.dumps(picture, ensure_ascii=False, indent=1, sort_keys=True))


def _seq(text: str | None) -> int | None:
    if text is None:
        return None
    if text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"Neither a time nor a number: {text}") from error
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    return seq_at(moment)
