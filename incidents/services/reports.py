"""Issue a report: draw it, write its files, and record what was said."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from incidents.journal import record
from incidents.models import IssuedReport
from incidents.reports.charts import charts_of
from incidents.reports.heading import heading
from incidents.reports.open_tables import as_json
from incidents.reports.report import Report
from incidents.reports.tables import tables_of
from incidents.reports.write_csv import csv_bytes
from incidents.reports.write_pdf import pdf_bytes
from incidents.reports.write_xlsx import xlsx_bytes
from incidents.selectors.report_facts import last_seq
from incidents.selectors.report_names import names_for
from incidents.selectors.reports import month_of, report_on
from responders.models import User

FORMATS = ("pdf", "xlsx", "csv")
HOUR_OF_ISSUE = 1  # own choice: the night's quiet, after the last day's late evidence


def written(report: Report, *, inside: bool) -> dict[str, bytes]:
    """Return a report as files by format, in the language in force. Nobody is named in them.

    inside: with the work of each call taker, for the city's own eyes.
    """
    names = names_for(report, inside=inside)
    tables, head = tables_of(report, names, inside=inside), heading(report, names)
    title = title_of(report)
    return {
        "pdf": pdf_bytes(tables, charts_of(report, names), head, title=title),
        "xlsx": xlsx_bytes(tables, head, title=title, as_of=report.scope.as_of),
        "csv": csv_bytes(tables, head),
    }


def _public(report: Report) -> dict[str, Any]:
    """Return the open data of a report in every language that its page can be read in."""
    told = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            told[language] = as_json(report, names_for(report, inside=False))
    return told


def title_of(report: Report) -> str:
    """Return what a report calls itself: by its month where it covers one, else by its days."""
    scope = report.scope
    first = scope.start.astimezone(scope.zone)
    if (scope.start, scope.end) == month_of(first.date()):
        return _("Laporan 112 bulan %s") % f"{first:%m-%Y}"
    last = scope.end.astimezone(scope.zone) - timedelta(milliseconds=1)
    return _("Laporan 112, %(first)s s.d. %(last)s") % {
        "first": f"{first:%d-%m-%Y}",
        "last": f"{last:%d-%m-%Y}",
    }


def issue_report(
    *,
    start: datetime,
    end: datetime,
    actor: User | None,
    now: datetime,
    up_to_seq: int | None = None,
) -> IssuedReport:
    """Issue the report on a period in the language in force; the same range again finds the first.

    The files stand in DATA_DIR/reports under the report's id. Records `report.issued`. What was
    issued stands: its files and its open data are left as they are where goals or names were
    changed since, so that the same range is drawn otherwise.
    """
    last = last_seq() if up_to_seq is None else up_to_seq
    report = report_on(start=start, end=end, up_to_seq=last)
    files = written(report, inside=False)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    with transaction.atomic():
        issued, is_new = IssuedReport.objects.get_or_create(
            starts_at=start,
            ends_at=end,
            up_to_seq=last,
            version=report.version,
            language=get_language() or settings.LANGUAGE_CODE,
            defaults={
                "chain": report.chain,
                "digests": digests,
                "public": _public(report),
                "issued_at": now,
                "issued_by": actor,
            },
        )
        for name, content in files.items():
            if issued.digests.get(name) == digests[name]:
                _keep(path_of(issued, name), content)
        if is_new:
            data = {"report": str(issued.pk), "up_to_seq": last, "digests": digests}
            record("report.issued", now=now, actor=actor, data=data)
    return issued


def path_of(issued: IssuedReport, file_format: str) -> Path:
    """Return where a report's file stands."""
    return Path(settings.DATA_DIR) / "reports" / f"{issued.pk}.{file_format}"


def issue_last_month(now: datetime) -> IssuedReport:
    """Issue the report on the month before `now`'s, in the city's language."""
    this_month, _after = month_of(timezone.localtime(now).date())
    start, end = month_of((this_month - timedelta(days=1)).date())
    with override(settings.LANGUAGE_CODE):
        return issue_report(start=start, end=end, actor=None, now=now)


def next_issue(now: datetime) -> datetime:
    """Return when the next monthly report is due: in the first night after the month's end."""
    _first, after = month_of(timezone.localtime(now).date())
    this, _ = month_of(timezone.localtime(now).date())
    due = this + timedelta(hours=HOUR_OF_ISSUE)
    return due if due > now else after + timedelta(hours=HOUR_OF_ISSUE)


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_bytes(content)
    part.replace(path)
