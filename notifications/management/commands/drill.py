"""Command `drill`: call a drill, or show the table of one."""

import time
from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from notifications.drill_figures import Row, table_of
from notifications.errors import NotificationError
from notifications.models import Drill
from notifications.selectors_drill import deliveries_of_drill, person_of
from notifications.services.drills import call_drill
from responders.models import Agency

COUNTS = ("   way", "planned", "sent", "received", "seen", "answered")
HEAD = (*COUNTS, "received p50/p90", "answered p50/p90")


class Command(BaseCommand):
    help = "Call a drill and print what it measured: by channel, how many and how fast."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--show", type=int, metavar="N", help="the newest is 1: call nothing")
        parser.add_argument("--scope", choices=Drill.Scope.values, default=Drill.Scope.DUTY)
        parser.add_argument("--agency", help="the agency's key, with --scope agency")
        parser.add_argument("--title", default="Latihan: uji alarm")
        parser.add_argument("--wait", type=float, default=30.0, help="seconds before the table")

    def handle(self, *args: object, show: int | None, wait: float, **asked: str) -> None:
        if show is None:
            drill = _called(asked)
            self.stdout.write(f"{drill.title}: {drill.pk}")
            time.sleep(wait)
        else:
            drill = _shown(show)
        people = [person_of(row, drill.called_at) for row in deliveries_of_drill(drill)]
        for cells in [HEAD, *map(_cells, table_of(people))]:
            line = (cell.rjust(len(head)) for head, cell in zip(HEAD, cells, strict=True))
            self.stdout.write("  ".join(line))


def _called(asked: dict[str, str]) -> Drill:
    agency = Agency.objects.filter(key=asked["agency"]).first()
    is_agency = asked["scope"] == Drill.Scope.AGENCY
    if is_agency != bool(asked["agency"]) or is_agency != bool(agency):
        raise CommandError("--scope agency and the key of an --agency go together.")
    try:
        return call_drill(
            scope=asked["scope"],
            agency=agency,
            title=asked["title"],
            actor=None,
            now=datetime.now(UTC),
        )
    except NotificationError as refusal:
        raise CommandError(str(refusal)) from refusal


def _shown(number: int) -> Drill:
    newest_first = Drill.objects.order_by("-called_at", "-pk")
    found = newest_first[number - 1 : number].first() if number > 0 else None
    if found is None:
        raise CommandError(f"There is no drill number {number}.")
    return found


def _cells(row: Row) -> tuple[str, ...]:
    counted = (row.people, row.sent, row.received, row.seen, row.answered)
    return (
        row.way,
        *map(str, counted),
        _pair(row.received_p50_s, row.received_p90_s),
        _pair(row.answered_p50_s, row.answered_p90_s),
    )


def _pair(p50_s: float | None, p90_s: float | None) -> str:
    return " / ".join("-" if value is None else f"{value:.1f} s" for value in (p50_s, p90_s))
