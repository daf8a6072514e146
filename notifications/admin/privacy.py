"""Requests on personal data at the desk: asked, approved by a second person, done or refused."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.masking import masked
from notifications.admin.asked import AskedAdmin
from notifications.errors import NotificationError
from notifications.models import DataRequest
from notifications.services.export import export_of
from notifications.services.privacy import approve, ask, carry_out, carry_out_export, refuse
from responders.admin.buttons import Button
from responders.admin.shown import badge, moment
from responders.admin.watched import note_access
from responders.models import AccessEntry
from responders.requests import staff_of

Kind, State = DataRequest.Kind, DataRequest.State
ADD, CHANGE = "notifications.add_datarequest", "notifications.change_datarequest"
LOOKS = {
    State.ASKED: ("warn", "clock"),
    State.APPROVED: ("info", "check"),
    State.DONE: ("ok", "check"),
    State.REFUSED: ("quiet", "cross"),
}


class AskForm(forms.ModelForm):
    """Ask what is to be done, with whose data, and why; what does not fit the service refuses."""

    class Meta:
        model = DataRequest
        fields = ("kind", "number", "person", "new_name", "new_number", "reason")


class RefusalForm(forms.Form):
    """Ask for the reason that the person is told."""

    refusal = forms.CharField(label=_("alasan penolakan"), max_length=500)


def _approve(request: DataRequest, *, actor: Any, now: datetime) -> None:
    approve(request=request, actor=actor, now=now)


def _refuse(request: DataRequest, *, refusal: str, actor: Any, now: datetime) -> None:
    refuse(request=request, refusal=refusal, actor=actor, now=now)


def _carry_out(request: DataRequest, *, actor: Any, now: datetime) -> None:
    carry_out(request=request, actor=actor, now=now)


def _is_asked(request: DataRequest) -> bool:
    return request.state == State.ASKED


@admin.register(DataRequest)
class DataRequestAdmin(AskedAdmin):
    """What is asked of personal data. Nobody approves their own; each press is in the journal."""

    agency_path = "asked_by__agency"
    made_words = _("Permintaan dicatat.")
    refused_to = "add"
    change_form_template = "admin/notifications/datarequest/change_form.html"
    form = AskForm
    personal_page = _("permintaan data pribadi")
    list_display = ("asked", "kind", "about", "look", "asked_by", "approved_by", "due")
    list_filter = ("kind", "state")
    list_select_related = ("person", "asked_by", "approved_by")
    ordering = ("-asked_at",)
    buttons = (
        Button(
            "approve",
            _("Setujui sebagai orang kedua"),
            _approve,
            CHANGE,
            lambda one: _is_asked(one) and one.takes_two,
        ),
        Button(
            "carry-out",
            _("Laksanakan"),
            _carry_out,
            CHANGE,
            lambda one: _is_asked(one) and not one.takes_two,
        ),
        Button(
            "refuse",
            _("Tolak"),
            _refuse,
            CHANGE,
            lambda one: one.state in (State.ASKED, State.APPROVED),
            form=RefusalForm,
            danger=True,
        ),
    )
    asked = staticmethod(moment("asked_at", _("diminta")))
    due = staticmethod(moment("answer_by", _("dijawab paling lambat")))
    approved = staticmethod(moment("approved_at", _("disetujui pada")))
    ended = staticmethod(moment("ended_at", _("berakhir")))

    @admin.display(description=_("status"), ordering="state")
    def look(self, one: DataRequest) -> str:
        return badge(*LOOKS[State(one.state)], one.get_state_display())

    @admin.display(description=_("tentang"))
    def about(self, one: DataRequest) -> str:
        return str(one.person) if one.person else masked(one.number) or "–"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        if obj is None:
            return AskForm.Meta.fields
        return (
            ("kind", "look"),
            "about",
            ("new_name", "new_number"),
            "reason",
            ("asked", "asked_by", "due"),
            ("approved", "approved_by"),
            ("ended", "ended_by"),
            "refusal",
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("look", "about", "asked", "due", "approved", "ended")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody rewrite a request: buttons alone move it."""
        return obj is None and super().has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("notifications.view_datarequest"))

    def offered(self, request: HttpRequest, obj: DataRequest) -> list[Button]:
        """Offer the approval to everybody but whoever asked."""
        mine = obj.asked_by_id == staff_of(request).pk
        offered = super().offered(request, obj)
        return [one for one in offered if not (mine and one.name == "approve")]

    def get_urls(self) -> list[URLPattern]:
        copy = path(
            "<uuid:request_id>/copy/",
            self.admin_site.admin_view(self.copy),
            name="notifications_datarequest_copy",
        )
        return [copy, *super().get_urls()]

    def page_context(self, request: HttpRequest, obj: DataRequest) -> dict[str, Any]:
        ready = obj.kind == Kind.EXPORT and obj.state == State.APPROVED
        mine = obj.asked_by_id == staff_of(request).pk
        url = reverse("admin:notifications_datarequest_copy", args=[obj.pk])
        return super().page_context(request, obj) | {"g_copy_url": url if ready and mine else ""}

    def copy(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Hand out an approved copy, once, to whoever asked for it."""
        user = staff_of(request)
        if not user.has_perm(ADD) or request.method != "POST":
            raise PermissionDenied
        one = get_object_or_404(DataRequest, pk=request_id)
        subject = one.person or one
        try:
            carry_out_export(request=one, actor=user, now=timezone.now())
        except NotificationError as refusal:
            messages.error(request, str(refusal))
            return self._back(one)
        note_access(request, AccessEntry.Action.EXPORT, subject, _("salinan data satu orang"))
        response = HttpResponse(export_of(one), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="gerak112-{one.pk}.zip"'
        response["Cache-Control"] = "no-store"
        return response

    def make(self, request: HttpRequest, asked: DataRequest) -> DataRequest:
        return ask(
            kind=asked.kind,
            number=asked.number,
            person=asked.person,
            new_name=asked.new_name,
            new_number=asked.new_number,
            reason=asked.reason,
            actor=staff_of(request),
            now=timezone.now(),
        )
