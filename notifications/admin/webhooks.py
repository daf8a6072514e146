"""Webhooks of agencies: made here, tried here, their log read here."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from notifications.errors import NotificationError
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookSubscription
from notifications.senders.web_address import AddressRefused, read_address
from notifications.services.subscriptions import (
    resume_subscription,
    rotate_secret,
    secrets_of,
    send_test,
    stop_subscription,
    subscribe,
)
from notifications.webhook_rules import WIRE_KINDS
from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin, LookOnlyAdmin, LookOnlyInline
from responders.admin.shown import badge, clock_text, moment
from responders.requests import staff_of

LOG_ROWS = 20
CHANGE = "notifications.change_webhooksubscription"
KIND_WORDS = {
    "assignment.dispatched": _("regu dikirim"),
    "assignment.updated": _("status penugasan berubah"),
    "assignment.cancelled": _("penugasan dibatalkan"),
    "incident.updated": _("data kejadian diperbaiki"),
    "incident.closed": _("kejadian ditutup"),
}
DELIVERY_LOOKS = {
    "pending": ("info", "clock"),
    "delivered": ("ok", "check"),
    "dead": ("alarm", "cross"),
}
ONCE = _("Simpan sekarang: rahasia ini tidak ditampilkan lagi.")
RENEWED = _(
    "Simpan sekarang: rahasia ini tidak ditampilkan lagi. Rahasia lama masih dipakai 24 jam."
)
ON_ITS_WAY = [
    (messages.INFO, _("Uji coba sedang dikirim: jawabannya tertulis di catatan pengiriman."))
]


def _stop(subscription: WebhookSubscription, *, actor: Any, now: datetime) -> None:
    stop_subscription(subscription=subscription, reason="", now=now)


def _test(subscription: WebhookSubscription, *, actor: Any, now: datetime) -> None:
    send_test(subscription=subscription, actor=actor, now=now)


def _rotate(subscription: WebhookSubscription, *, actor: Any, now: datetime) -> str:
    return rotate_secret(subscription=subscription, actor=actor, now=now)


def _resume(subscription: WebhookSubscription, *, actor: Any, now: datetime) -> None:
    resume_subscription(subscription=subscription, actor=actor, now=now)


def _is_on(subscription: WebhookSubscription) -> bool:
    return subscription.stopped_at is None


def _button(name: str, label: Any, run: Any, **over: Any) -> Button:
    return Button(name=name, label=label, run=run, permission=CHANGE, **over)


class SubscriptionForm(forms.ModelForm):
    """Ask where which events are to be posted."""

    kinds = forms.MultipleChoiceField(
        label=_("Peristiwa"),
        choices=[(kind, KIND_WORDS[kind]) for kind in WIRE_KINDS],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = WebhookSubscription
        fields = ("agency", "name", "url", "kinds", "with_caller")
        help_texts = {
            "with_caller": _("Nama dan nomor pelapor ikut dikirim selama penugasan terbuka."),
        }

    def clean_url(self) -> str:
        """Refuse what could not be posted to."""
        url = str(self.cleaned_data["url"]).strip()
        try:
            address = read_address(url)
        except AddressRefused as error:
            raise forms.ValidationError(
                _("Alamat harus berupa https:// biasa, tanpa nama pengguna atau tanda #.")
            ) from error
        if address.scheme != "https" and not settings.GERAK_WEBHOOK_PRIVATE:
            raise forms.ValidationError(_("Alamat harus https: isinya tidak boleh dibaca orang."))
        return url


@admin.register(WebhookSubscription)
class WebhookSubscriptionAdmin(DeskAdmin):
    """Subscriptions; the secret is shown once, when it is made or renewed."""

    keeps_values = True
    form = SubscriptionForm
    agency_path = "agency_id"
    refusals = (NotificationError,)
    list_display = ("name", "agency", "url", "look", "last_ok", "waiting")
    list_filter = ("agency",)
    list_select_related = ("agency",)
    search_fields = ("name", "url")
    ordering = ("agency__short_name", "name")
    readonly_fields = ("look", "last_ok", "log")
    buttons = (
        _button("test", _("Kirim uji coba"), _test, shown=_is_on, tell=lambda _sent: ON_ITS_WAY),
        _button(
            "rotate",
            _("Ganti rahasia"),
            _rotate,
            page="admin/secret.html",
            present=lambda secret, _origin: {"secret": secret, "explanation": RENEWED},
        ),
        _button("resume", _("Jalankan lagi"), _resume, shown=lambda s: not _is_on(s)),
        _button("stop", _("Hentikan"), _stop, shown=_is_on, danger=True),
    )
    last_ok = staticmethod(moment("last_ok_at", _("terakhir berhasil")))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ("agency", "name", "url", "kinds", "with_caller")
        return fields if obj is None else (*fields, "look", "last_ok", "log")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_readonly_fields(request, obj)
        return names if obj is None else ("agency", *names)

    @admin.display(description=_("status"))
    def look(self, subscription: WebhookSubscription) -> SafeString:
        if subscription.stop_reason == "410":
            return badge("alarm", "cross", _("dihentikan: penerima menjawab 410"))
        if subscription.stopped_at is not None:
            return badge("quiet", "cross", _("dihentikan"))
        if subscription.failures:
            words = _("gagal %(count)s kali") % {"count": subscription.failures}
            return badge("alarm", "alert", words)
        return badge("ok", "check", _("berjalan"))

    @admin.display(description=_("menunggu"))
    def waiting(self, subscription: WebhookSubscription) -> int:
        return subscription.deliveries.filter(state="pending").count()

    @admin.display(description=_("catatan pengiriman"))
    def log(self, subscription: WebhookSubscription) -> str:
        """Return the last posts, newest first, each with what came back."""
        rows = subscription.deliveries.prefetch_related("attempts").order_by("-pk")[:LOG_ROWS]
        lines = [
            (
                clock_text(row.planned_at),
                row.kind,
                badge(*DELIVERY_LOOKS[row.state], row.get_state_display()),
                ", ".join(f"{one.detail} ({one.took_ms} ms)" for one in row.attempts.all()),
            )
            for row in rows
        ]
        return format_html_join("", "<div>{} {} {} {}</div>", lines) or "–"

    def save_form(self, request: HttpRequest, form: ModelForm, change: bool) -> Any:
        """Subscribe through the service; a correction is a plain one."""
        if change:
            return super().save_form(request, form, change)
        return subscribe(**form.cleaned_data, actor=staff_of(request), now=timezone.now())

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Write what the form names and nothing else: the sweeper writes the other fields."""
        if change and form.changed_data:
            obj.save(update_fields=[*form.changed_data])

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Nothing hangs on a subscription that a form writes."""

    def response_add(
        self,
        request: HttpRequest,
        obj: WebhookSubscription,
        post_url_continue: str | None = None,
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": _("Rahasia webhook"),
            "original": obj,
            "secret": secrets_of(obj, timezone.now())[0],
            "explanation": ONCE,
            "back": reverse("admin:notifications_webhooksubscription_change", args=[obj.pk]),
        }
        response = TemplateResponse(request, "admin/secret.html", context)
        response["Cache-Control"] = "no-store"
        return response


class WebhookAttemptInline(LookOnlyInline):
    """What came back of each post."""

    model = WebhookAttempt
    fields = ("tried", "state", "detail", "took_ms")
    readonly_fields = fields
    ordering = ("at", "pk")
    tried = staticmethod(moment("at", _("waktu")))


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(LookOnlyAdmin):
    """The log of posts to other systems."""

    agency_path = "subscription__agency_id"
    list_display = ("planned", "subscription", "kind", "look", "attempts_made")
    list_filter = ("state", "subscription")
    list_select_related = ("subscription__agency",)
    ordering = ("-planned_at",)
    fields = ("subscription", "event", "kind", "look", "planned", "ended", "next_step")
    readonly_fields = fields
    inlines = (WebhookAttemptInline,)
    ended = staticmethod(moment("ended_at", _("berakhir")))
    next_step = staticmethod(moment("next_attempt_at", _("langkah berikut")))
    planned = staticmethod(moment("planned_at", _("direncanakan")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        return super().get_queryset(request).select_related("subscription__agency")

    @admin.display(description=_("status"), ordering="state")
    def look(self, delivery: WebhookDelivery) -> SafeString:
        return badge(*DELIVERY_LOOKS[delivery.state], delivery.get_state_display())
