"""The reports at the desk: the city's figures on one page, to print, and as files."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incidents.admin.report_form import ReportForm, with_days
from incidents.reports.charts import Bar, Chart, charts_of, part_names, scaled
from incidents.reports.definitions import between
from incidents.reports.heading import heading
from incidents.reports.on_page import Cell, on_page
from incidents.reports.report import Report
from incidents.reports.tables import Table, tables_of
from incidents.selectors.report_names import names_for
from incidents.selectors.reports import city_goals, report_on
from incidents.services.reports import written

CHART_WIDTH, LABEL_WIDTH, ROW_HEIGHT = 560.0, 190.0, 26.0
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@require_GET
@permission_required("incidents.view_issuedreport", raise_exception=True)
def _page(request: HttpRequest) -> HttpResponse:
    form = ReportForm(with_days(request.GET))
    context = admin.site.each_context(request) | {"title": _("Laporan"), "form": form}
    if not form.is_valid():
        return TemplateResponse(request, "admin/report.html", context, status=400)
    report = _report(form)
    wanted = request.GET.get("format", "")
    if wanted in CONTENT_TYPES:
        return _file(report, wanted)
    names = names_for(report, inside=True)
    asked = request.GET.copy()
    asked.pop("format", None)
    context |= {
        "report": report,
        "heading": heading(report, names),
        "charts": [_drawn(chart) for chart in charts_of(report, names) if chart.longest],
        "tables": [_shown(table) for table in tables_of(report, names, inside=True)],
        "parts": part_names(),
        "query": asked.urlencode(),
        "formats": list(CONTENT_TYPES),
    }
    return TemplateResponse(request, "admin/report.html", context)


# Supervisors, auditors and administrators; strangers are sent to the sign-in page.
reports = admin.site.admin_view(_page)


def _report(form: ReportForm) -> Report:
    start, end = form.period()
    asked = form.cleaned_data
    goals = city_goals()
    if asked["start"] and asked["end"] and asked["start"] != asked["end"]:
        own = between(asked["start"], asked["end"])
        goals.setdefault(own.code, own)
    return report_on(
        start=start,
        end=end,
        agency=asked["agency"].key if asked["agency"] else "",
        area=asked["area"].code if asked["area"] else "",
        incident_type=asked["type"].key if asked["type"] else "",
        closed_only=asked["closed_only"],
        goals=goals,
    )


def _file(report: Report, file_format: str) -> HttpResponse:
    content = written(report, inside=True)[file_format]
    start = report.scope.start.astimezone(report.scope.zone)
    name = f"gerak112-{start:%Y%m%d}-{report.last_seq}.{file_format}"
    return HttpResponse(
        content,
        content_type=CONTENT_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _shown(table: Table) -> dict[str, Any]:
    """Return a table as the page writes it, each breach with the way to its proof."""
    page = on_page(table)
    if table.key == "breaches":
        page["rows"] = [
            [*row[:-1], Cell(_("bukti"), False, _assignment(row[-1].text))] for row in page["rows"]
        ]
    return page


def _assignment(key: str) -> str:
    return reverse("admin:incidents_assignment_change", args=[key])


def _drawn(chart: Chart) -> dict[str, Any]:
    """Return a chart with every bar placed, in the units of the page's drawing."""
    height = ROW_HEIGHT if len(chart.bars) <= 12 else ROW_HEIGHT * 0.6
    return {
        "title": chart.title,
        "height": height * len(chart.bars) + 4,
        "width": LABEL_WIDTH + CHART_WIDTH + 130,
        "bars": [
            _bar(bar, chart, top=index * height + 3, height=height - 6)
            for index, bar in enumerate(chart.bars)
        ],
        "has_parts": any(len(bar.parts) > 1 for bar in chart.bars),
    }


def _bar(bar: Bar, chart: Chart, *, top: float, height: float) -> dict[str, Any]:
    counts = [count for _name, count in bar.parts]
    longest = bar.total if len(counts) > 1 else chart.longest
    placed = scaled(counts, longest=longest, width=CHART_WIDTH)
    return {
        "label": bar.label,
        "y": f"{top:.1f}",
        "height": f"{height:.1f}",
        "middle": f"{top + height / 2 + 4:.1f}",
        "counts": " / ".join(str(count) for count in counts),
        "parts": [
            {"name": name, "x": f"{LABEL_WIDTH + left:.1f}", "width": f"{width:.1f}"}
            for (name, count), (left, width) in zip(bar.parts, placed, strict=True)
            if count
        ],
    }
