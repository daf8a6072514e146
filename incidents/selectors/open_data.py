"""What the public is told: the issued reports on whole months, with small cells kept back."""

from functools import lru_cache
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from incidents.models import IssuedReport
from incidents.reports.heading import heading
from incidents.reports.open_tables import Heading, from_json, open_tables
from incidents.reports.tables import Table
from incidents.selectors.report_names import names_for
from incidents.selectors.reports import month_of, report_on

SHOWN_MONTHS = 24
Month = tuple[Heading, list[Table]]


def open_months() -> list[list[IssuedReport]]:
    """Return what was issued on each whole month: the newest month first, in it the newest last.

    The newest is what was read the furthest. The same range in another language is no new edition.
    """
    months: dict[object, dict[object, IssuedReport]] = {}
    rows = IssuedReport.objects.defer("public").order_by("-starts_at", "up_to_seq", "issued_at")
    for issued in rows:
        first = timezone.localtime(issued.starts_at).date()
        if (issued.starts_at, issued.ends_at) == month_of(first):
            editions = months.setdefault(issued.starts_at, {})
            editions.setdefault((issued.up_to_seq, issued.version), issued)
    return [list(editions.values()) for editions in months.values()][:SHOWN_MONTHS]


def open_month(issued: IssuedReport, language: str) -> Month:
    """Return heading and tables of one issued month, as they were issued.

    One of which none were kept is drawn by the present definitions, once a process, and says so.
    """
    kept = (issued.public or {}).get(language)
    return from_json(kept) if kept else _drawn(issued.pk, language)


@lru_cache(maxsize=SHOWN_MONTHS * 2)
def _drawn(issued_id: UUID, language: str) -> Month:
    issued = IssuedReport.objects.get(pk=issued_id)
    report = report_on(start=issued.starts_at, end=issued.ends_at, up_to_seq=issued.up_to_seq)
    with override(language):
        names = names_for(report, inside=False)
        head = heading(report, names)
        said = _("dengan definisi versi %s; angka ini ditarik ulang dengan definisi sekarang")
        head.append((_("Diterbitkan"), said % issued.version))
        return head, open_tables(report, names)
