"""The transparency page: the city's figures for everybody, as a page and as CSV. No sign-in."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from incidents.models import IssuedReport
from incidents.reports import words
from incidents.reports.on_page import on_page
from incidents.reports.write_csv import csv_bytes
from incidents.selectors.open_data import Month, open_month, open_months
from responders.requests import language_of


@require_safe
@cache_control(public=True, max_age=300)
def transparency(request: HttpRequest, month: str = "") -> HttpResponse:
    """Show the newest issued month, or the one asked for as YYYY-MM. 404 where none was issued.

    `?bahasa=en` is English; `?terbitan=1` the first that was issued on that month, not the last.
    """
    months, language = open_months(), language_of(request)
    context: dict[str, object] = {
        "months": [_name(editions[0]) for editions in months],
        "language": language,
        "is_demo": settings.DEMO,
    }
    if months or month:
        editions = _chosen(months, month)
        edition = _edition(request, editions)
        head, tables = _told(editions, edition, language)
        context |= {
            "month": _name(editions[0]),
            "edition": edition,
            "earlier": range(1, len(editions)),
            "heading": head,
            "tables": [on_page(table) for table in tables],
        }
    with override(language):
        return render(request, "transparency.html", context)


@require_safe
@cache_control(public=True, max_age=300)
def open_data_csv(request: HttpRequest, month: str) -> HttpResponse:
    """Return one issued month as CSV."""
    editions = _chosen(open_months(), month)
    head, tables = _told(editions, _edition(request, editions), language_of(request))
    name = f"gerak112-{month}.csv"
    return HttpResponse(
        csv_bytes(tables, head),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _told(editions: list[IssuedReport], edition: int, language: str) -> Month:
    """Return what was issued; where that was more than once, it says so before all else."""
    issued = editions[edition - 1]
    head, tables = open_month(issued, language)
    if len(editions) > 1:
        with override(language):
            said = _("%(number)d dari %(all)d, %(at)s WIB")
            at = words.moment(issued.issued_at, timezone.get_default_timezone())
            told = said % {"number": edition, "all": len(editions), "at": at}
            head = [(_("Terbitan"), told), *head]
    return head, tables


def _chosen(months: list[list[IssuedReport]], name: str) -> list[IssuedReport]:
    if not name:
        return months[0]
    found = next((editions for editions in months if _name(editions[0]) == name), None)
    if found is None:
        raise Http404
    return found


def _edition(request: HttpRequest, editions: list[IssuedReport]) -> int:
    asked = request.GET.get("terbitan", str(len(editions)))
    if asked not in map(str, range(1, len(editions) + 1)):
        raise Http404
    return int(asked)


def _name(issued: IssuedReport) -> str:
    return f"{timezone.localtime(issued.starts_at):%Y-%m}"
