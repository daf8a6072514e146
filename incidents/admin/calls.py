"""Calls: one row a ring, closed with its class by one press."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.admin.forms import ClassForm
from incidents.admin.looks import CALL_CLASS_LOOKS
from incidents.errors import IncidentError
from incidents.lifecycle import CallState
from incidents.masking import masked
from incidents.models import Call
from incidents.selectors.access import calls_visible_to
from incidents.services.calls import classify_call
from responders.admin.buttons import Button
from responders.admin.desk import LookOnlyAdmin
from responders.admin.shown import badge, moment
from responders.requests import staff_of

CALL_LOOKS = {
    CallState.RINGING: ("alarm", "phone"),
    CallState.ANSWERED: ("info", "phone"),
    CallState.ENDED: ("quiet", "check"),
    CallState.ABANDONED: ("warn", "cross"),
}


def _classify(call: Call, *, call_class: str, note: str, actor: Any, now: datetime) -> None:
    classify_call(call=call, call_class=call_class, note=note, actor=actor, now=now)


def _reveal(call: Call, *, actor: Any, now: datetime) -> Call:
    """Hand the call to the page that shows its number; the press itself is logged before."""
    return call


def _number(call: Call, _origin: str) -> dict[str, Any]:
    return {
        "secret": call.caller_number or call.caller_raw or "–",
        "explanation": _(
            "Nomor pelapor adalah data pribadi. Pembukaan ini tercatat atas nama Anda."
        ),
    }


@admin.register(Call)
class CallAdmin(LookOnlyAdmin):
    """Every ring, its number covered until somebody asks for it by a logged press."""

    refusals = (IncidentError,)
    list_display = ("received", "number", "look", "kind", "incident", "answered_by", "line")
    list_filter = ("state", "call_class", "received_at")
    list_select_related = ("incident", "answered_by")
    search_fields = ("call_id", "=caller_number", "incident__number")
    ordering = ("-received_at",)
    fields = (
        "call_id",
        "look",
        "kind",
        "number",
        "caller_name",
        "ringing",
        "answered",
        "ended",
        "abandoned",
        "received",
        "answered_by",
        "line",
        "incident",
        "note",
        "open_link",
    )
    buttons = (
        Button(
            name="classify",
            label=_("Tutup dengan kelas"),
            run=_classify,
            permission="incidents.change_call",
            shown=lambda call: call.incident_id is None,
            form=ClassForm,
        ),
        Button(
            name="reveal",
            label=_("Tampilkan nomor pelapor"),
            run=_reveal,
            permission="incidents.change_call",
            shown=lambda call: bool(call.caller_number or call.caller_raw),
            page="admin/secret.html",
            present=_number,
        ),
    )
    received = staticmethod(moment("received_at", _("diketahui")))
    ringing = staticmethod(moment("ringing_at", _("berdering")))
    answered = staticmethod(moment("answered_at", _("dijawab")))
    ended = staticmethod(moment("ended_at", _("selesai")))
    abandoned = staticmethod(moment("abandoned_at", _("ditutup penelepon")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        return calls_visible_to(staff_of(request))

    @admin.display(description=_("nomor pelapor"), ordering="caller_number")
    def number(self, call: Call) -> Promise | str:
        return masked(call.caller_number or call.caller_raw) or _("tanpa nomor")

    @admin.display(description=_("status"), ordering="state")
    def look(self, call: Call) -> str:
        return badge(*CALL_LOOKS[CallState(call.state)], call.get_state_display())

    @admin.display(description=_("kelas"), ordering="call_class")
    def kind(self, call: Call) -> str:
        unclassified = ("warn", "question", _("belum digolongkan"))
        return badge(*CALL_CLASS_LOOKS.get(call.call_class, unclassified))

    @admin.display(description=_("tindak lanjut"))
    def open_link(self, call: Call) -> str:
        if call.incident_id is not None:
            return "–"
        return format_html(
            '<a class="g-button" href="{}?call={}">{}</a>',
            reverse("admin:incidents_incident_add"),
            call.pk,
            _("Buka kejadian dari panggilan ini"),
        )
