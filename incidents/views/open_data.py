"""The transparency page: the city's figures for everybody, as a page and as CSV. No sign-in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from incidents.models import IssuedReport
from incidents.reports.tables import COUNT, SPAN
from incidents.reports.write_csv import csv_bytes
from incidents.reports.write_pdf import shown
from incidents.selectors.open_data import open_month, open_months

LANGUAGE = "id"


@require_safe
@cache_control(public=True, max_age=300)
def transparency(request: HttpRequest, month: str = "") -> HttpResponse:
    """Show the newest issued month, or the one asked for as YYYY-MM. 404 where none was issued."""
    months = open_months()
    chosen = _chosen(months, month)
    context: dict[str, object] = {"months": [(_name(one), one) for one in months]}
    if chosen is not None:
        head, tables = open_month(chosen, get_language() or LANGUAGE)
        context |= {
            "month": _name(chosen),
            "heading": head,
            "tables": [
                {
                    "title": table.title,
                    "note": table.note,
                    "columns": [(one.title, one.kind in (COUNT, SPAN)) for one in table.columns],
                    "rows": [
                        [
                            (shown(value, one.kind), one.kind in (COUNT, SPAN))
                            for value, one in zip(row, table.columns, strict=True)
                        ]
                        for row in table.rows
                    ],
                }
                for table in tables
            ],
        }
    return render(request, "transparency.html", context)


@require_safe
@cache_control(public=True, max_age=300)
def open_data_csv(request: HttpRequest, month: str) -> HttpResponse:
    """Return one issued month as CSV."""
    chosen = _chosen(open_months(), month)
    if chosen is None:
        raise Http404
    head, tables = open_month(chosen, get_language() or LANGUAGE)
    name = f"gerak112-{month}.csv"
    return HttpResponse(
        csv_bytes(tables, head),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _chosen(months: list[IssuedReport], name: str) -> IssuedReport | None:
    if not name:
        return months[0] if months else None
    found = next((one for one in months if _name(one) == name), None)
    if found is None:
        raise Http404
    return found


def _name(issued: IssuedReport) -> str:
    return f"{timezone.localtime(issued.starts_at):%Y-%m}"
