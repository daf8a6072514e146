"""Officials, notices, and the delivery ledger at the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from incidents.admin import AssignmentAdmin
from incidents.selectors.access import assignments_visible_to, incidents_visible_to, is_operator
from notifications.models import (
    Delivery,
    DeliveryAttempt,
    EngineBeat,
    Notice,
    NoticeAnswer,
    NoticeReceipt,
    Official,
)
from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin, LookOnlyAdmin, LookOnlyInline
from responders.admin.enrolment import code_for, code_page
from responders.admin.shown import badge, clock_text, moment
from responders.requests import staff_of

ATTEMPT_TONES = {
    "received": ("ok", "check"),
    "seen": ("ok", "check"),
    "answered": ("ok", "check"),
    "accepted": ("info", "phone"),
    "sent": ("info", "phone"),
    "planned": ("quiet", "clock"),
    "retry": ("warn", "late"),
    "dead": ("alarm", "cross"),
}
NOTICE_LOOKS = {
    "issued": ("info", "dot"),
    "updated": ("info", "dot"),
    "withdrawn": ("quiet", "cross"),
    "closed": ("quiet", "check"),
}


def attempt_badge(attempt: DeliveryAttempt) -> Any:
    """Return one attempt as channel, state and time."""
    words = (attempt.get_channel_display(), attempt.get_state_display(), clock_text(attempt.at))
    return badge(*ATTEMPT_TONES[attempt.state], " ".join(str(word) for word in words))


class DeliveryInline(LookOnlyInline):
    """The ledger of an assignment: who was to hear of what, and what is proven of it."""

    model = Delivery
    fields = ("what", "person", "planned", "received", "tries")
    readonly_fields = fields
    ordering = ("event_id", "person_id")
    verbose_name_plural = _("buku pengiriman")
    planned = staticmethod(moment("planned_at", _("direncanakan")))
    received = staticmethod(moment("received_at", _("diterima ponsel")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows = super().get_queryset(request)
        return rows.select_related("event", "person").prefetch_related("attempts")

    @admin.display(description=_("peristiwa"))
    def what(self, delivery: Delivery) -> str:
        return delivery.event.kind

    @admin.display(description=_("percobaan"))
    def tries(self, delivery: Delivery) -> str:
        badges = ((attempt_badge(attempt),) for attempt in delivery.attempts.all())
        return format_html_join(" ", "{}", badges) or "–"


# The ledger belongs on the assignment's page, and this app knows it: imports point right.
AssignmentAdmin.inlines = (*AssignmentAdmin.inlines, DeliveryInline)


class AttemptInline(LookOnlyInline):
    """What each channel said of one delivery."""

    model = DeliveryAttempt
    fields = ("look", "device", "detail")
    readonly_fields = fields
    ordering = ("at", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeliveryAttempt]:
        return super().get_queryset(request).select_related("device__user")

    @admin.display(description=_("percobaan"))
    def look(self, attempt: DeliveryAttempt) -> str:
        return attempt_badge(attempt)


@admin.register(Delivery)
class DeliveryAdmin(LookOnlyAdmin):
    """One event for one person."""

    list_display = ("planned", "event", "person", "lane", "received", "next_step", "attempts_made")
    list_filter = ("lane", ("received_at", admin.EmptyFieldListFilter))
    list_select_related = ("event", "person")
    search_fields = ("person__username", "person__name", "event__kind")
    ordering = ("-id",)
    inlines = (AttemptInline,)
    planned = staticmethod(moment("planned_at", _("direncanakan")))
    received = staticmethod(moment("received_at", _("diterima ponsel")))
    next_step = staticmethod(moment("next_attempt_at", _("langkah berikut")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows = super().get_queryset(request)
        if not is_operator(staff_of(request)):
            return rows
        return rows.filter(assignment__in=assignments_visible_to(staff_of(request)).values("pk"))


class ReceiptInline(LookOnlyInline):
    """Who read a notice."""

    model = NoticeReceipt
    fields = ("person", "read_at", "claimed_at")
    readonly_fields = fields
    verbose_name_plural = _("dibaca oleh")

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeReceipt]:
        return super().get_queryset(request).select_related("person")


class AnswerInline(LookOnlyInline):
    """What officials reported back."""

    model = NoticeAnswer
    fields = ("person", "condition", "text", "received_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeAnswer]:
        return super().get_queryset(request).select_related("person")


@admin.register(Notice)
class NoticeAdmin(LookOnlyAdmin):
    """What camat and lurah were told."""

    list_display = ("issued", "office", "incident", "headline", "look")
    list_filter = ("state", "office")
    list_select_related = ("office", "incident")
    search_fields = ("headline", "incident__number", "office__name")
    ordering = ("-issued_at",)
    inlines = (ReceiptInline, AnswerInline)
    issued = staticmethod(moment("issued_at", _("diberitahukan")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        rows = super().get_queryset(request)
        if not is_operator(staff_of(request)):
            return rows
        return rows.filter(incident__in=incidents_visible_to(staff_of(request)).values("pk"))

    @admin.display(description=_("status"), ordering="state")
    def look(self, notice: Notice) -> str:
        return badge(*NOTICE_LOOKS[notice.state], notice.get_state_display())


@admin.register(Official)
class OfficialAdmin(DeskAdmin):
    """Camat and lurah, acting ones too; their phones are enrolled from here."""

    list_display = ("user", "area", "role", "starts", "ends")
    list_filter = ("role", "area__level")
    list_select_related = ("user", "area")
    search_fields = ("user__name", "user__username", "area__name")
    ordering = ("area__code", "user__name")
    buttons = (
        Button(
            name="code",
            label=_("Buat kode pendaftaran ponsel"),
            run=lambda official, *, actor, now: code_for(official.user, actor=actor, now=now),
            permission="responders.add_enrolmentcode",
            shown=lambda official: official.ends_at is None or official.ends_at > timezone.now(),
            page="admin/secret.html",
            present=code_page,
        ),
    )
    starts = staticmethod(moment("starts_at", _("mulai")))
    ends = staticmethod(moment("ends_at", _("selesai")))


@admin.register(EngineBeat)
class EngineBeatAdmin(LookOnlyAdmin):
    """The last sign of life of each engine."""

    list_display = ("name", "at_clock", "detail")
    ordering = ("name",)
    at_clock = staticmethod(moment("at", _("waktu")))
