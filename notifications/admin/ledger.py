"""Officials, notices, and the delivery ledger at the desk."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from incidents.admin import AssignmentAdmin, IncidentAdmin
from incidents.models import Area, Incident
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
from notifications.reach import AreaReach, Contact, OfficeWord, areas_reach, offices_of
from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin, LookOnlyAdmin, LookOnlyInline
from responders.admin.enrolment import code_for, code_page
from responders.admin.shown import badge, clock_text, moment
from responders.models import User
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
ANSWER_LOOKS = {
    "safe": ("ok", "check"),
    "light_damage": ("warn", "alert"),
    "heavy_damage": ("alarm", "alert"),
    "victims": ("alarm", "alert"),
}
NOTICE_LOOKS = {
    "issued": ("info", "dot"),
    "updated": ("info", "dot"),
    "withdrawn": ("quiet", "cross"),
    "closed": ("quiet", "check"),
}


def attempt_badge(attempt: DeliveryAttempt) -> Any:
    """Return one attempt as channel, state, phone, time, and what the provider said."""
    words = [attempt.get_channel_display(), attempt.get_state_display(), clock_text(attempt.at)]
    if attempt.device is not None:
        words.append(attempt.device.name)
    if attempt.detail:
        words.append(f"({attempt.detail})")
    return badge(*ATTEMPT_TONES[attempt.state], " ".join(str(word) for word in words))


def proof_badge(delivery: Delivery) -> Any:
    """Return what is proven of a delivery: "diterima 10:02:07 di Redmi"; else that nothing is."""
    if delivery.received_at is None:
        return badge("warn", "clock", _("belum terbukti"))
    words = {
        "at": clock_text(delivery.received_at),
        "phone": delivery.received_on.name if delivery.received_on else "–",
    }
    return badge("ok", "check", _("diterima %(at)s di %(phone)s") % words)


class DeliveryInline(LookOnlyInline):
    """The ledger of an assignment: who was to hear of what, and what is proven of it."""

    model = Delivery
    fields = ("what", "person", "planned", "received", "tries")
    readonly_fields = fields
    ordering = ("event_id", "person_id")
    verbose_name_plural = _("buku pengiriman")
    planned = staticmethod(moment("planned_at", _("direncanakan")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows = super().get_queryset(request)
        related = rows.select_related("event", "person", "received_on")
        return related.prefetch_related("attempts__device")

    @admin.display(description=_("bukti"))
    def received(self, delivery: Delivery) -> str:
        return proof_badge(delivery)

    @admin.display(description=_("peristiwa"))
    def what(self, delivery: Delivery) -> str:
        return delivery.event.kind

    @admin.display(description=_("percobaan"))
    def tries(self, delivery: Delivery) -> str:
        badges = ((attempt_badge(attempt),) for attempt in delivery.attempts.all())
        return format_html_join(" ", "{}", badges) or "–"


# The ledger belongs on the assignment's page, and this app knows it: imports point right.
AssignmentAdmin.inlines = (*AssignmentAdmin.inlines, DeliveryInline)


def officials_panel(user: User, incident: Incident) -> dict[str, Any]:
    """Return what the offices were told of an incident, read and answered, for its page."""
    if not user.has_perm("notifications.view_notice"):
        return {}
    return {"g_offices": [_office(one) for one in offices_of(incident)]}


def _office(one: OfficeWord) -> dict[str, Any]:
    words = {"at": clock_text(one.reached_at), "phone": one.reached_on}
    reached = badge("ok", "check", _("diterima %(at)s di %(phone)s") % words)
    return {
        "name": one.office,
        "url": reverse("admin:notifications_notice_change", args=[one.notice.pk]),
        "state": badge(*NOTICE_LOOKS[one.notice.state], one.state_words),
        "basis": one.basis_text,
        "reached": reached if one.reached_at else badge("warn", "clock", _("belum terbukti")),
        "read": [f"{name} {clock_text(at)}" for name, at in one.read_by],
        "answers": [
            {
                "look": badge(*ANSWER_LOOKS[answer.condition], answer.condition_words),
                "who": answer.official,
                "at": clock_text(answer.at),
                "text": answer.text,
                "needs": answer.needs,
            }
            for answer in one.answers
        ],
    }


IncidentAdmin.more_panels = (*IncidentAdmin.more_panels, officials_panel)


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
    fields = ("person", "condition", "text", "needs", "received_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeAnswer]:
        return super().get_queryset(request).select_related("person")


@admin.register(Notice)
class NoticeAdmin(LookOnlyAdmin):
    """What camat and lurah were told."""

    personal_page = _("jawaban pejabat")
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


def _area_row(area: AreaReach) -> dict[str, Any]:
    reached = badge("ok", "check", _("terjangkau"))
    return {
        "name": area.name,
        "code": area.code,
        "level": Area.Level(area.level).label,
        "look": reached if area.is_reachable else badge("alarm", "cross", _("tidak ada")),
        "contacts": [
            {
                "name": contact.name,
                "role_words": contact.role_words,
                "phone": contact.phone,
                "look": _contact_look(contact),
            }
            for contact in area.contacts
        ],
    }


def _contact_look(contact: Contact) -> Any:
    if contact.by_socket:
        return badge("ok", "check", _("soket"))
    if contact.by_push:
        return badge("ok", "phone", _("push"))
    return badge("warn", "cross", _("tanpa ponsel"))


@admin.register(Official)
class OfficialAdmin(DeskAdmin):
    """Camat and lurah, acting ones too; their phones are enrolled from here."""

    keeps_values = True
    city_wide = True
    personal_page = _("telepon pejabat")
    list_display = ("user", "area", "role", "phone", "starts", "ends")
    change_list_template = "admin/notifications/official/change_list.html"
    list_filter = ("role", "area__level")
    list_select_related = ("user", "area")
    search_fields = ("user__name", "user__username", "area__name")
    ordering = ("area__code", "user__name")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.reach)
        return [path("jangkauan/", page, name="notifications_official_reach"), *super().get_urls()]

    def reach(self, request: HttpRequest) -> HttpResponse:
        """Show who can be reached in each area before anything happens."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        areas = areas_reach(timezone.now())
        deaf = sum(not area.is_reachable for area in areas)
        context = self.admin_site.each_context(request) | {
            "title": _("Siapa yang bisa dihubungi"),
            "summary": _("%(deaf)d dari %(all)d wilayah tidak bisa dihubungi")
            % {"deaf": deaf, "all": len(areas)},
            "areas": [_area_row(area) for area in areas],
        }
        return TemplateResponse(request, "admin/notifications/official/reach.html", context)

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

    city_wide = True
    list_display = ("name", "at_clock", "detail")
    ordering = ("name",)
    at_clock = staticmethod(moment("at", _("waktu")))
