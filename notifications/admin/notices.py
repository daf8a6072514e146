"""What camat and lurah were told of an incident, and what they answered, at the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.admin import IncidentAdmin
from incidents.models import Incident
from incidents.selectors.access import incidents_visible_to, is_operator
from notifications.admin.ledger import DeliveryInline
from notifications.models import (
    Notice,
    NoticeAnswer,
    NoticeReceipt,
)
from notifications.reach import OfficeWord, offices_of
from responders.admin.desk import LookOnlyAdmin, LookOnlyInline
from responders.admin.shown import badge, clock_text, moment
from responders.models import User
from responders.requests import staff_of

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
    inlines = (ReceiptInline, AnswerInline, DeliveryInline)
    issued = staticmethod(moment("issued_at", _("diberitahukan")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        rows = super().get_queryset(request)
        if not is_operator(staff_of(request)):
            return rows
        return rows.filter(incident__in=incidents_visible_to(staff_of(request)).values("pk"))

    @admin.display(description=_("status"), ordering="state")
    def look(self, notice: Notice) -> str:
        return badge(*NOTICE_LOOKS[notice.state], notice.get_state_display())
