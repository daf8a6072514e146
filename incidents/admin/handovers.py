"""The shift handover log: written, signed with what is open, taken over; then only read."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.admin.forms import HandoverForm, RemarkForm
from incidents.admin.looks import (
    ASSIGNMENT_LOOKS,
    CALL_STATE_LOOKS,
    INCIDENT_LOOKS,
    REQUEST_LOOKS,
    Look,
)
from incidents.errors import IncidentError
from incidents.models import HandoverEntry, ShiftHandover
from incidents.selectors.open_matters import Matter, open_matters
from incidents.services.handovers import sign_handover, take_over, write_handover
from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin
from responders.admin.shown import badge, clock_text, moment
from responders.models import User
from responders.requests import staff_of

CHANGE = "incidents.change_shifthandover"
LOOKS: dict[str, dict[str, Look]] = {
    "incident": INCIDENT_LOOKS,
    "assignment": ASSIGNMENT_LOOKS,
    "request": REQUEST_LOOKS,
    "call": CALL_STATE_LOOKS,
}


def _sign(handover: ShiftHandover, *, actor: Any, now: datetime) -> None:
    sign_handover(handover=handover, actor=actor, now=now)


def _take(handover: ShiftHandover, *, remark: str, actor: Any, now: datetime) -> None:
    take_over(handover=handover, remark=remark, actor=actor, now=now)


@admin.register(ShiftHandover)
class ShiftHandoverAdmin(DeskAdmin):
    """Handovers at the desk. Signed ones are read only, for everybody."""

    refusals = (IncidentError,)
    change_form_template = "admin/incidents/shifthandover/change_form.html"
    form = HandoverForm
    fields = ("text",)
    list_display = ("written", "written_by", "look", "taken_by", "taken")
    list_filter = ("written_at",)
    list_select_related = ("written_by", "taken_by")
    search_fields = ("written_by__name", "taken_by__name")
    ordering = ("-written_at",)
    buttons = (
        Button("sign", _("Tandatangani"), _sign, CHANGE, lambda row: not row.signed_at, key="T"),
        Button(
            "take",
            _("Terima piket"),
            _take,
            CHANGE,
            lambda row: row.signed_at and not row.taken_at,
            RemarkForm,
            key="R",
        ),
    )
    written = staticmethod(moment("written_at", _("ditulis")))
    taken = staticmethod(moment("taken_at", _("diterima")))

    @admin.display(description=_("status"), ordering="signed_at")
    def look(self, handover: ShiftHandover) -> str:
        if handover.taken_at:
            return badge("ok", "check", _("diterima"))
        if handover.signed_at:
            return badge("warn", "clock", _("menunggu penerima"))
        return badge("quiet", "dot", _("konsep"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        if obj is None:
            return may
        return may and obj.signed_at is None and obj.written_by_id == request.user.pk

    def offered(self, request: HttpRequest, obj: Any) -> list[Button]:
        """Offer signing to who wrote it, taking over to anybody else."""
        mine = obj.written_by_id == request.user.pk
        shown = {"sign": mine, "take": not mine}
        return [button for button in super().offered(request, obj) if shown[button.name]]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {"g_matters": matter_lines(open_matters())}
        return super().add_view(request, form_url, context | (extra_context or {}))

    def page_context(self, request: HttpRequest, obj: ShiftHandover) -> dict[str, Any]:
        matters: Any = obj.entries.order_by("number") if obj.signed_at else open_matters()
        return super().page_context(request, obj) | {
            "g_matters": matter_lines(matters),
            "g_look": self.look(obj),
            "g_signed": signature(obj.written_by, obj.signed_at),
            "g_taken": signature(obj.taken_by, obj.taken_at),
        }

    def save_form(self, request: HttpRequest, form: ModelForm, change: bool) -> ShiftHandover:
        """Write or correct the text through the service."""
        return write_handover(
            text=form.cleaned_data["text"],
            actor=staff_of(request),
            now=timezone.now(),
            handover=form.instance if change else None,
        )

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Leave the writing to the service."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Leave the writing to the service."""

    def response_add(
        self, request: HttpRequest, obj: ShiftHandover, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Lead to the page of the handover: it is signed there."""
        messages.success(request, _("Serah terima disimpan. Tandatangani bila sudah lengkap."))
        return self._back(obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShiftHandover]:
        rows = super().get_queryset(request)
        return rows if staff_of(request).bound_agency_id is None else rows.none()


def signature(user: User | None, at: datetime | None) -> str:
    """Return who signed and when, in words; empty before."""
    return "" if at is None else f"{user} · {clock_text(at)}"


def matter_lines(matters: QuerySet[HandoverEntry] | list[Matter]) -> list[dict[str, Any]]:
    """Return open matters as lines: those of an incident below it."""
    return [
        {
            "subject": _subject(matter),
            "below": matter.kind in ("assignment", "request"),
            "kind": HandoverEntry.Kind(matter.kind).label,
            "look": badge(*LOOKS[matter.kind].get(matter.state, ("quiet", "dot", matter.state))),
            "since": clock_text(matter.since),
        }
        for matter in matters
    ]


def _subject(matter: HandoverEntry | Matter) -> str:
    if matter.kind == "incident":
        url = reverse("admin:incidents_incident_change", args=[matter.incident_id])
    elif matter.kind == "call":
        url = reverse("admin:incidents_call_change", args=[matter.call_id])
    else:
        return matter.subject
    return format_html('<a href="{}">{}</a>', url, matter.subject)
