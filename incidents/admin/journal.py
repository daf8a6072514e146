"""What machines and services wrote: the journal, verdicts, timers, milestones. To be read."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incidents.admin.looks import event_look, reason_text, verdict_badge
from incidents.models import IncidentEvent, Milestone, MovementVerdict, Timer
from incidents.selectors.access import assignments_visible_to, incidents_visible_to, is_operator
from responders.admin.desk import LookOnlyAdmin
from responders.admin.filters import filled_or_not
from responders.admin.shown import badge, moment
from responders.requests import staff_of


class OfAssignmentAdmin(LookOnlyAdmin):
    """Rows that belong to an assignment: visible with it."""

    list_select_related: ClassVar[tuple[str, ...]] = ("assignment__unit", "assignment__incident")
    search_fields = ("assignment__unit__call_sign", "assignment__incident__number")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.filter(assignment__in=assignments_visible_to(staff_of(request)).values("pk"))


@admin.register(IncidentEvent)
class IncidentEventAdmin(LookOnlyAdmin):
    """The journal, newest first; an operator's without what other agencies' units did."""

    list_display = ("seq", "recorded", "look", "incident", "assignment", "actor")
    list_select_related = ("incident", "assignment__unit", "assignment__incident", "actor")
    list_filter = ("kind",)
    search_fields = ("incident__number", "kind")
    ordering = ("-seq",)
    recorded = staticmethod(moment("recorded_at", _("dicatat")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[IncidentEvent]:
        rows, user = super().get_queryset(request), staff_of(request)
        if not is_operator(user):
            return rows
        own = Q(assignment__in=assignments_visible_to(user).values("pk"))
        return rows.filter(
            Q(assignment=None) | own, incident__in=incidents_visible_to(user).values("pk")
        )

    @admin.display(description=_("peristiwa"), ordering="kind")
    def look(self, event: IncidentEvent) -> str:
        return badge(*event_look(event.kind))


class VerdictColumns:
    """How a judgement reads, in its own list and on its assignment's page."""

    judged = staticmethod(moment("judged_at", _("diputuskan")))
    moved = staticmethod(moment("moved_at", _("bergerak")))
    known = staticmethod(moment("known_at", _("diketahui")))

    @admin.display(description=_("putusan"), ordering="verdict")
    def look(self, verdict: MovementVerdict) -> str:
        return verdict_badge(verdict)

    @admin.display(description=_("alasan"), ordering="reason")
    def why(self, verdict: MovementVerdict) -> str:
        return str(reason_text(verdict.reason)) if verdict.reason else "–"


@admin.register(MovementVerdict)
class MovementVerdictAdmin(VerdictColumns, OfAssignmentAdmin):
    """Every judgement, superseded ones too."""

    list_display = ("judged", "assignment", "number", "look", "why", "moved", "known")
    list_filter = ("verdict", "reason")
    ordering = ("-judged_at",)


@admin.register(Timer)
class TimerAdmin(OfAssignmentAdmin):
    """Deadlines: what is waited for, what rang."""

    list_display = ("due", "kind", "assignment", "fired", "settled")
    list_filter = (
        "kind",
        filled_or_not("fired_at", _("berbunyi"), empty=_("belum"), filled=_("sudah")),
    )
    ordering = ("-due_at",)
    due = staticmethod(moment("due_at", _("jatuh tempo")))
    fired = staticmethod(moment("fired_at", _("berbunyi")))
    settled = staticmethod(moment("settled_at", _("selesai")))


@admin.register(Milestone)
class MilestoneAdmin(OfAssignmentAdmin):
    """Each step as somebody claimed it."""

    list_display = ("happened", "step", "assignment", "source", "actor", "clock_doubtful")
    list_select_related = (*OfAssignmentAdmin.list_select_related, "actor")
    list_filter = ("step", "source", "clock_doubtful")
    ordering = ("-received_at",)
    happened = staticmethod(moment("happened_at", _("waktu kejadian")))
