"""Public alerts: told, updated and cancelled by a dispatcher; the documents as they were sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from incidents.models import Area
from incidents.selectors.access import incidents_visible_to, is_operator
from notifications.admin.public_forms import CancelForm, PublicAlertForm, public_incidents
from notifications.cap import info_of
from notifications.errors import NotificationError
from notifications.models import PublicAlert
from notifications.services.public_alerts import cancel_public_alert, issue_public_alert
from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin
from responders.admin.shown import badge, moment
from responders.requests import staff_of

TONES = {"Alert": ("alarm", "alert"), "Update": ("warn", "alert"), "Cancel": ("quiet", "cross")}
SHOWN = ("incident", "look", "sent", "expires", "told", "told_en", "areas", "links")


def _cancel(alert: PublicAlert, *, reason: str, actor: Any, now: datetime) -> None:
    cancel_public_alert(alert=alert, reason=reason, actor=actor, now=now)


def _told(alert: PublicAlert, language: str) -> str:
    """Return what the document says, a paragraph for each part."""
    info = info_of(bytes(alert.document), language=language)[0]
    parts = [part for part in (info.description, info.instruction) if part]
    paragraphs = format_html_join("", "<p>{}</p>", ((part,) for part in parts))
    return format_html("<strong>{}</strong>{}", info.headline, paragraphs)


def _stands(alert: PublicAlert) -> bool:
    return alert.message_type != "Cancel" and not hasattr(alert, "successor")


@admin.register(PublicAlert)
class PublicAlertAdmin(DeskAdmin):
    """What the public was told. A row is a message sent: another may replace it, none edits it."""

    form = PublicAlertForm
    change_form_template = "admin/public_alert.html"
    refusals = (NotificationError,)
    list_display = ("sent", "headline", "look", "incident", "expires", "issued_by")
    list_filter = ("message_type", "sent_at")
    list_select_related = ("incident", "issued_by", "successor")
    search_fields = ("headline", "incident__number", "identifier")
    ordering = ("-sent_at",)
    buttons = (
        Button(
            name="cancel",
            label=_("Batalkan peringatan"),
            run=_cancel,
            permission="notifications.add_publicalert",
            shown=_stands,
            form=CancelForm,
            danger=True,
        ),
    )
    sent = staticmethod(moment("sent_at", _("dikirim")))
    expires = staticmethod(moment("expires_at", _("berlaku sampai")))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[PublicAlert]:
        rows = super().get_queryset(request).select_related("incident__type", "successor")
        if not is_operator(staff_of(request)):
            return rows
        return rows.filter(incident__in=incidents_visible_to(staff_of(request)).values("pk"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return SHOWN if obj is not None else super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return SHOWN if obj is not None else super().get_readonly_fields(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the incident's areas, or with the message that is to be replaced."""
        earlier = self._named(request, "supersedes", PublicAlert.objects.all())
        if earlier is not None:
            areas = Area.objects.filter(code__in=earlier.content["areas"])
            about = {"incident": earlier.incident_id, "supersedes": earlier.pk, "areas": areas}
            return about | earlier.content["words"]
        incident = self._named(request, "incident", public_incidents())
        if incident is None:
            return {}
        return {"incident": incident.pk, "areas": incident.areas.all()}

    def _named(self, request: HttpRequest, name: str, rows: QuerySet) -> Any:
        """Return the row that a parameter of the address names, None for anything else."""
        try:
            return rows.filter(pk=UUID(request.GET.get(name, ""))).first()
        except ValueError:
            return None

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show what is refused after the form was checked: somebody else was quicker."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotificationError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:notifications_publicalert_changelist"))

    def save_form(self, request: HttpRequest, form: ModelForm, change: bool) -> PublicAlert:
        """Tell the public, through the service."""
        if not isinstance(form, PublicAlertForm):
            raise TypeError(form)
        data = form.cleaned_data
        return issue_public_alert(
            incident=data["incident"],
            words=form.words(),
            areas=list(data["areas"]),
            actor=staff_of(request),
            now=timezone.now(),
            supersedes=data["supersedes"],
        )

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Leave the writing to the service."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Leave the writing to the service."""

    def response_add(
        self, request: HttpRequest, obj: PublicAlert, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, _("Peringatan diumumkan dan ada di umpan CAP."))
        return self._back(obj)

    def page_context(self, request: HttpRequest, obj: PublicAlert) -> dict[str, Any]:
        add = reverse("admin:notifications_publicalert_add")
        may = request.user.has_perm("notifications.add_publicalert") and _stands(obj)
        page = {"g_update_url": f"{add}?supersedes={obj.pk}" if may else ""}
        return super().page_context(request, obj) | page

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {"g_is_test": not settings.GERAK_CAP_SENDER} | (extra_context or {})
        return super().add_view(request, form_url, context)

    @admin.display(description=_("jenis"), ordering="message_type")
    def look(self, alert: PublicAlert) -> str:
        if hasattr(alert, "successor"):
            return badge("quiet", "check", _("sudah diganti"))
        if alert.expires_at <= timezone.now():
            return badge("quiet", "clock", _("tidak berlaku lagi"))
        return badge(*TONES[alert.message_type], alert.get_message_type_display())

    @admin.display(description=_("isi"))
    def told(self, alert: PublicAlert) -> str:
        return _told(alert, "id")

    @admin.display(description=_("isi (Inggris)"))
    def told_en(self, alert: PublicAlert) -> str:
        return _told(alert, "en")

    @admin.display(description=_("wilayah"))
    def areas(self, alert: PublicAlert) -> str:
        return ", ".join(info_of(bytes(alert.document), language="id")[1])

    @admin.display(description=_("dokumen"))
    def links(self, alert: PublicAlert) -> str:
        return format_html(
            '<a href="{}">CAP</a> · {}',
            reverse("cap-document", args=[alert.pk]),
            alert.identifier,
        )
