"""The delivery ledger at the desk, and the last sign of life of what works through it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from incidents.admin import AssignmentAdmin
from incidents.admin.looks import event_look
from incidents.selectors.access import assignments_visible_to, is_operator
from notifications.admin.proof import attempt_badge, proof_badge
from notifications.models import (
    Delivery,
    DeliveryAttempt,
    EngineBeat,
)
from responders.admin.desk import LookOnlyAdmin, LookOnlyInline
from responders.admin.filters import filled_or_not
from responders.admin.shown import moment
from responders.requests import staff_of


@admin.display(description=_("peristiwa"), ordering="event")
def _what(delivery: Delivery) -> str:
    return str(event_look(delivery.event.kind)[2])


class DeliveryInline(LookOnlyInline):
    """The ledger of an assignment or a notice: who was to hear of what, and what is proven."""

    model = Delivery
    fields = ("what", "person", "planned", "received", "tries")
    readonly_fields = fields
    ordering = ("event_id", "person_id")
    verbose_name_plural = _("buku pengiriman")
    what = staticmethod(_what)
    planned = staticmethod(moment("planned_at", _("direncanakan")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows = super().get_queryset(request)
        related = rows.select_related("event", "person", "received_on")
        return related.prefetch_related("attempts__device")

    @admin.display(description=_("bukti"))
    def received(self, delivery: Delivery) -> str:
        attempts = delivery.in_order()
        return proof_badge(delivery, attempts)

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

    list_display = ("planned", "what", "person", "lane", "received", "next_step", "attempts_made")
    list_filter = (
        "lane",
        filled_or_not(
            "received_at", _("bukti"), empty=_("belum terbukti"), filled=_("diterima ponsel")
        ),
    )
    list_select_related = ("event", "person")
    search_fields = ("person__username", "person__name", "event__kind")
    ordering = ("-id",)
    inlines = (AttemptInline,)
    what = staticmethod(_what)
    planned = staticmethod(moment("planned_at", _("direncanakan")))
    received = staticmethod(moment("received_at", _("diterima ponsel")))
    next_step = staticmethod(moment("next_attempt_at", _("langkah berikut")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows = super().get_queryset(request)
        if not is_operator(staff_of(request)):
            return rows
        return rows.filter(assignment__in=assignments_visible_to(staff_of(request)).values("pk"))


@admin.register(EngineBeat)
class EngineBeatAdmin(LookOnlyAdmin):
    """The last sign of life of each engine."""

    city_wide = True
    list_display = ("name", "at_clock", "detail")
    ordering = ("name",)
    at_clock = staticmethod(moment("at", _("waktu")))
