"""Assignments: a unit sent to an incident, with its clocks, ledger and evidence."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from incidents.admin.assignment_buttons import BUTTONS
from incidents.admin.field import NoteInline, PhotoInline
from incidents.admin.journal import VerdictColumns
from incidents.admin.looks import (
    ALARM_LOOKS,
    SUSPICIONS,
    assignment_badge,
    reason_text,
    verdict_badge,
)
from incidents.alarms import alarms_of
from incidents.errors import IncidentError
from incidents.lifecycle import Verdict
from incidents.models import Assignment, Milestone, MovementVerdict
from incidents.policy import DEADLINES
from incidents.selectors.access import assignments_visible_to
from incidents.selectors.verdicts import suspicions_of
from responders.admin.desk import LookOnlyAdmin, LookOnlyInline
from responders.admin.shown import badge, clock_text, moment
from responders.requests import staff_of


class MilestoneInline(LookOnlyInline):
    """The steps as claimed."""

    model = Milestone
    fields = ("step", "source", "actor", "claimed", "happened", "received", "note")
    readonly_fields = fields
    happened = staticmethod(moment("happened_at", _("waktu kejadian")))
    received = staticmethod(moment("received_at", _("diterima")))

    @admin.display(description=_("waktu menurut ponsel"))
    def claimed(self, milestone: Milestone) -> str:
        at = clock_text(milestone.claimed_at)
        doubt = badge("warn", "alert", _("jam meragukan"))
        return format_html("{} {}", at, doubt) if milestone.clock_doubtful else at


class VerdictInline(VerdictColumns, LookOnlyInline):
    """The judgements of this assignment."""

    model = MovementVerdict
    fields = ("number", "look", "why", "moved", "known", "displacement_m", "judged")
    readonly_fields = fields
    ordering = ("number",)


@admin.register(Assignment)
class AssignmentAdmin(LookOnlyAdmin):
    """Assignments; what happens to one is a press or a fact from the phone, never a field."""

    personal_page = _("jejak petugas dalam penugasan")
    refusals = (IncidentError,)
    list_display = ("dispatched", "unit", "agency", "incident", "look", "delivered", "movement")
    list_filter = ("state", "verdict", "unit__agency", "dispatched_at")
    list_select_related = ("unit__agency", "incident")
    search_fields = ("unit__call_sign", "incident__number")
    ordering = ("-dispatched_at",)
    fields = (
        ("incident", "unit"),
        ("look", "movement", "alarms"),
        ("dispatched", "move_by_clock", "delivered"),
        ("acknowledged", "en_route", "on_scene"),
        ("completed", "declined", "cancelled"),
        "reason",
        ("moved", "known", "displacement_m"),
        "crew_names",
        "proofs",
        "suspicion",
    )
    inlines: ClassVar[tuple[type[LookOnlyInline], ...]] = (
        MilestoneInline,
        VerdictInline,
        NoteInline,
        PhotoInline,
    )
    buttons = BUTTONS
    dispatched = staticmethod(moment("dispatched_at", _("dikirim")))
    move_by_clock = staticmethod(moment("move_by", _("batas waktu pergerakan")))
    acknowledged = staticmethod(moment("acknowledged_at", _("diterima")))
    en_route = staticmethod(moment("en_route_at", _("menuju lokasi")))
    on_scene = staticmethod(moment("on_scene_at", _("tiba di lokasi")))
    completed = staticmethod(moment("completed_at", _("selesai")))
    declined = staticmethod(moment("declined_at", _("ditolak")))
    cancelled = staticmethod(moment("cancelled_at", _("dibatalkan")))
    delivered = staticmethod(moment("delivered_at", _("sampai di ponsel")))
    moved = staticmethod(moment("moved_at", _("bergerak")))
    known = staticmethod(moment("movement_known_at", _("diketahui")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return assignments_visible_to(staff_of(request))

    @admin.display(description=_("instansi"), ordering="unit__agency__short_name")
    def agency(self, assignment: Assignment) -> str:
        return str(assignment.unit.agency)

    @admin.display(description=_("status"), ordering="state")
    def look(self, assignment: Assignment) -> str:
        return assignment_badge(assignment)

    @admin.display(description=_("pergerakan"), ordering="verdict")
    def movement(self, assignment: Assignment) -> str:
        why = [reason_text(assignment.verdict_reason)] if assignment.verdict_reason else []
        return format_html_join(" ", "{}", [(verdict_badge(assignment),), *((w,) for w in why)])

    @admin.display(description=_("bukti pergerakan"))
    def proofs(self, assignment: Assignment) -> str:
        """Return the ways to the proof in force and to every one before it."""
        if assignment.verdict == Verdict.PENDING:
            return "–"
        newest = [
            (reverse("newest-proof", args=[assignment.pk, kind]), kind.upper())
            for kind in ("json", "pdf")
        ]
        older = assignment.proofs.order_by("-issued_at").values_list("pk", "issued_at")[1:]
        earlier = [
            (reverse("proof-file", args=[pk, "pdf"]), clock_text(issued_at))
            for pk, issued_at in older
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', [*newest, *earlier])

    @admin.display(description=_("dugaan posisi buatan (bukan putusan)"))
    def suspicion(self, assignment: Assignment) -> str:
        """Return each phone's score with its published reasons; never a sanction by itself."""
        found = suspicions_of(assignment, timezone.now())
        rows = [
            (
                device.name,
                one.score,
                ", ".join(str(SUSPICIONS[name]) for name in one.reasons) or "–",
            )
            for device, one in found
        ]
        return format_html_join(" · ", "{}: {}/100 ({})", rows) or "–"

    @admin.display(description=_("peringatan"))
    def alarms(self, assignment: Assignment) -> str:
        ringing = alarms_of(assignment, now=timezone.now(), policy=DEADLINES)
        return format_html_join(" ", "{}", [(badge(*ALARM_LOOKS[a]),) for a in ringing]) or "–"

    @admin.display(description=_("petugas saat dikirim"))
    def crew_names(self, assignment: Assignment) -> str:
        return ", ".join(str(person) for person in assignment.crew.all()) or "–"
