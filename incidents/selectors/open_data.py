"""What the public is told: the issued reports on whole months, with small cells kept back."""

from functools import lru_cache
from uuid import UUID

from django.utils import timezone
from django.utils.translation import override

from incidents.models import IssuedReport
from incidents.reports.open_tables import open_tables
from incidents.reports.tables import Table, heading
from incidents.selectors.report_names import names_for
from incidents.selectors.reports import month_of, report_on

SHOWN_MONTHS = 24
Month = tuple[list[tuple[str, str]], list[Table]]


def open_months() -> list[IssuedReport]:
    """Return the newest issued report on each whole month, the newest month first."""
    newest: dict[object, IssuedReport] = {}
    rows = IssuedReport.objects.order_by("-starts_at", "-up_to_seq")
    for issued in rows[: SHOWN_MONTHS * 4]:
        first = timezone.localtime(issued.starts_at).date()
        if (issued.starts_at, issued.ends_at) == month_of(first):
            newest.setdefault(issued.starts_at, issued)
    return list(newest.values())[:SHOWN_MONTHS]


def open_month(issued: IssuedReport, language: str) -> Month:
    """Return heading and tables of one issued month. Drawn once a process: it never changes."""
    return _drawn(issued.pk, language)


@lru_cache(maxsize=SHOWN_MONTHS * 2)
def _drawn(issued_id: UUID, language: str) -> Month:
    issued = IssuedReport.objects.get(pk=issued_id)
    report = report_on(start=issued.starts_at, end=issued.ends_at, up_to_seq=issued.up_to_seq)
    with override(language):
        names = names_for(report, inside=False)
        return heading(report, names), open_tables(report, names)
