"""The replay at the desk: the board at any second of a past window, for debriefing."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from incidents.admin.looks import EVENT_LOOKS, words_for_board
from incidents.admin.maps import map_setup
from incidents.admin.report_form import FIRST_DAY, LAST_DAY, start_of
from incidents.models import Incident
from incidents.selectors.replay import replay_of
from incidents.selectors.report_names import type_labels
from responders.requests import address_of, staff_of
from responders.services.access import record_access

LONGEST_H = 12
TRACKS = gettext_lazy("posisi petugas selama penugasan (putar ulang)")


FACT_WORDS = {kind: look[2] for kind, look in EVENT_LOOKS.items()}


class WindowForm(forms.Form):
    """Ask for a window: its beginning, and how many hours."""

    start = forms.DateTimeField(
        label=gettext_lazy("mulai"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[
            MinValueValidator(start_of(FIRST_DAY)),
            MaxValueValidator(start_of(LAST_DAY)),
        ],
    )
    hours = forms.IntegerField(
        label=gettext_lazy("jam"), min_value=1, max_value=LONGEST_H, initial=2
    )


@require_GET
@permission_required("incidents.view_issuedreport", raise_exception=True)
def _page(request: HttpRequest) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": _("Putar ulang")}
    form = WindowForm(request.GET if "start" in request.GET else None, initial=_newest())
    context["form"] = form
    if not form.is_bound:
        return TemplateResponse(request, "admin/replay.html", context)
    if not form.is_valid():
        return TemplateResponse(request, "admin/replay.html", context, status=400)
    start: datetime = form.cleaned_data["start"]
    record_access(
        actor=staff_of(request),
        action="view",
        subject=Incident,
        what=TRACKS,
        reason=f"{start:%Y-%m-%d %H:%M} +{form.cleaned_data['hours']} h",
        address=address_of(request),
        now=timezone.now(),
    )
    end = min(start + timedelta(hours=form.cleaned_data["hours"]), timezone.now())
    context |= {
        "replay": replay_of(start, end) if end > start else None,
        "map": map_setup(),
        "words": words_for_board() | {"types": type_labels(), "facts": FACT_WORDS},
    }
    return TemplateResponse(request, "admin/replay.html", context)


# Supervisors, auditors and administrators; strangers are sent to the sign-in page.
replay = admin.site.admin_view(_page)


def _newest() -> dict[str, Any]:
    """Return the window that is asked for most: the last two hours."""
    return {"start": timezone.localtime() - timedelta(hours=2), "hours": 2}
