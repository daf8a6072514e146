"""Who saw what between when: the list that a breach of personal data asks for (Art. 46)."""

import csv
import io
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from incidents.models import Call
from incidents.reports.write_csv import plain
from incidents.services.calls import e164
from responders.admin.desk import within_agency
from responders.admin.shown import clock_text
from responders.admin.watched import covered, note_access
from responders.models import AccessEntry, User
from responders.requests import staff_of
from responders.wire_time import to_wire

SHOWN_ROWS = 500
LOCAL_TIME = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
WHAT = gettext_lazy("siapa melihat apa")


class SeenForm(forms.Form):
    """Ask for a span of time, and whose looks or which subject, if not all."""

    start = forms.DateTimeField(
        label=gettext_lazy("dari"),
        input_formats=LOCAL_TIME,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    end = forms.DateTimeField(
        label=pgettext_lazy("akhir masa", "sampai"),
        input_formats=LOCAL_TIME,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    actor = forms.CharField(
        label=gettext_lazy("pelaku (nama pengguna)"), required=False, max_length=150
    )
    number = forms.CharField(label=gettext_lazy("nomor penelepon"), required=False, max_length=32)
    subject = forms.CharField(label=gettext_lazy("id data"), required=False, max_length=64)

    def rows(self, user: User) -> QuerySet[AccessEntry]:
        """Return the entries asked for, oldest first."""
        asked = self.cleaned_data
        rows = AccessEntry.objects.filter(at__gte=asked["start"], at__lte=asked["end"])
        if asked["actor"]:
            rows = rows.filter(actor__username=asked["actor"])
        if asked["subject"]:
            rows = rows.filter(subject_id=asked["subject"])
        if asked["number"]:
            rows = rows.filter(_of_caller(e164(asked["number"]) or asked["number"]))
        rows = within_agency(user, rows, "actor__agency")
        return rows.select_related("actor").order_by("at", "pk")


def _of_caller(number: str) -> Q:
    """Return looks at a number's calls, and at the incidents whose pages showed them."""
    calls = list(Call.objects.filter(caller_number=number).values_list("pk", "incident_id"))
    of_calls = Q(subject_kind="incidents.call", subject_id__in=[str(pk) for pk, _one in calls])
    incidents = [str(one) for _pk, one in calls if one]
    return of_calls | Q(subject_kind="incidents.incident", subject_id__in=incidents)


@require_GET
@permission_required("responders.view_accessentry", raise_exception=True)
def _page(request: HttpRequest) -> HttpResponse:
    form = SeenForm(request.GET if "start" in request.GET else None)
    context: dict[str, Any] = admin.site.each_context(request)
    context |= {"title": _("Siapa melihat apa"), "form": form}
    if not form.is_bound:
        return TemplateResponse(request, "admin/who_saw.html", context)
    if not form.is_valid():
        return TemplateResponse(request, "admin/who_saw.html", context, status=400)
    as_file = request.GET.get("format") == "csv"
    asked = form.cleaned_data
    action = AccessEntry.Action.EXPORT if as_file else AccessEntry.Action.SEARCH
    span = f"{to_wire(asked['start'])}/{to_wire(asked['end'])}"
    sought = " ".join(filter(None, (asked["actor"], covered(asked["number"]), asked["subject"])))
    note_access(request, action, AccessEntry, WHAT, reason=f"{span} {sought}".strip())
    rows = form.rows(staff_of(request))
    if as_file:
        return _file(rows)
    shown = list(rows[: SHOWN_ROWS + 1])
    context |= {
        "rows": [
            {
                "entry": row,
                "at": timezone.localtime(row.at).strftime("%d/%m/%Y"),
                "time": clock_text(row.at),
            }
            for row in shown[:SHOWN_ROWS]
        ],
        "more": len(shown) > SHOWN_ROWS,
        "limit": SHOWN_ROWS,
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "admin/who_saw.html", context)


# Supervisors and auditors; strangers are sent to the sign-in page.
who_saw = admin.site.admin_view(_page)


def _file(rows: QuerySet[AccessEntry]) -> HttpResponse:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        ("at", "username", "name", "action", "subject_kind", "subject_id", "what", "reason", "from")
    )
    for row in rows.iterator(2000):
        cells = (
            to_wire(row.at),
            row.actor.username,
            row.actor.name,
            row.action,
            row.subject_kind,
            row.subject_id,
            row.what,
            row.reason,
            row.address,
        )
        writer.writerow([plain(cell) for cell in cells])
    response = HttpResponse(
        text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="gerak112-who-saw.csv"'
    response["Cache-Control"] = "no-store"
    return response
