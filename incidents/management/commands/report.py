"""Command `report`: the report on a month or any days, as files."""

from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from incidents.selectors.reports import month_of, report_on
from incidents.services.reports import FORMATS, issue_report, path_of, written


class Command(BaseCommand):
    """Write the report on a period as PDF, XLSX and CSV.

    Without --out it is issued: kept in the data folder, its digests in the journal. With --out it
    is only written there. --up-to N draws it as known at that journal number.
    """

    help = "Write the report on a month (--month 2026-11) or on days (--from, --to)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", help="YYYY-MM; default: the month before this one")
        parser.add_argument("--from", dest="first", help="first day, YYYY-MM-DD")
        parser.add_argument("--to", dest="last", help="last day, YYYY-MM-DD, included")
        parser.add_argument("--up-to", type=int, help="the last journal number to read")
        parser.add_argument("--format", choices=FORMATS, nargs="+", default=list(FORMATS))
        parser.add_argument("--out", help="write into this folder and keep no record")
        parser.add_argument("--inside", action="store_true", help="with each call taker's work")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        start, end = self._period(options)
        now = datetime.now(UTC)
        with override(options["language"] or settings.LANGUAGE_CODE):
            if options["out"] is None:
                if options["inside"]:
                    raise CommandError("--inside wants --out: an issued report names nobody.")
                issued = issue_report(
                    start=start, end=end, actor=None, now=now, up_to_seq=options["up_to"]
                )
                for name in options["format"]:
                    self.stdout.write(f"{path_of(issued, name)} {issued.digests[name]}")
                return
            report = report_on(start=start, end=end, up_to_seq=options["up_to"])
            files = written(report, inside=options["inside"])
        if report.copy_failed:
            self.stderr.write("The reports' copy cannot be read from; the one database was.")
        if report.behind:
            self.stderr.write(f"The reports' copy is {report.behind} events behind.")
        folder = Path(options["out"])
        folder.mkdir(parents=True, exist_ok=True)
        for name in options["format"]:
            path = folder / f"gerak112-{start:%Y%m%d}-{report.last_seq}.{name}"
            path.write_bytes(files[name])
            self.stdout.write(str(path))

    def _period(self, options: dict[str, Any]) -> tuple[datetime, datetime]:
        try:
            if options["first"] or options["last"]:
                zone = timezone.get_default_timezone()
                start = datetime.fromisoformat(options["first"] or "").replace(tzinfo=zone)
                last = datetime.fromisoformat(options["last"] or options["first"])
                end = last.replace(tzinfo=zone) + timedelta(days=1)
                if end <= start:
                    raise CommandError("--to lies before --from.")
                return start, end
            if options["month"]:
                return month_of(datetime.strptime(options["month"], "%Y-%m").date())  # noqa: DTZ007
        except ValueError as error:
            raise CommandError(f"Not a day or month: {error}") from error
        this_month, _next = month_of(timezone.localdate())
        return month_of((this_month - timedelta(days=1)).date())
