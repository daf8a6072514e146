"""Assignments: a unit sent to an incident, with its clocks, ledger and evidence."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.admin.field import NoteInline, PhotoInline
from incidents.admin.forms import CorrectionForm, NextForm, ReasonForm
from incidents.admin.looks import (
    ALARM_LOOKS,
    SUSPICIONS,
    assignment_badge,
    reason_text,
    verdict_badge,
)
from incidents.alarms import alarms_of
from incidents.errors import IncidentError
from incidents.lifecycle import AssignmentState, MilestoneSource, Observation, Verdict, may_step
from incidents.models import Assignment, Milestone, MovementVerdict
from incidents.policy import DEADLINES
from incidents.selectors.access import assignments_visible_to
from incidents.selectors.verdicts import suspicions_of
from incidents.services.corrections import correct_step
from incidents.services.dispatch import cancel_assignment
from incidents.services.next_units import send_next
from incidents.services.observations import observe
from incidents.services.response import take_step
from responders.admin.buttons import Button
from responders.admin.desk import LookOnlyAdmin, LookOnlyInline
from responders.admin.shown import badge, clock_text, moment
from responders.models import Unit
from responders.requests import staff_of

STEP_KEYS = {"acknowledged": "1", "en_route": "2", "on_scene": "3", "completed": "4"}
STEP_WORDS = {
    AssignmentState.ACKNOWLEDGED: _("Catat: diterima"),
    AssignmentState.EN_ROUTE: _("Catat: menuju lokasi"),
    AssignmentState.ON_SCENE: _("Catat: tiba di lokasi"),
    AssignmentState.COMPLETED: _("Catat: selesai"),
}

OBSERVATION_WORDS = {
    Observation.FIRST_ACTION: _("Catat: mulai bertindak"),
    Observation.DEPARTED: _("Catat: meninggalkan lokasi"),
    Observation.AT_DESTINATION: _("Catat: tiba di tujuan"),
}


def _step_button(step: AssignmentState) -> Button:
    """Return the button by which the dispatcher records what the crew said by radio."""

    def run(assignment: Assignment, *, actor: Any, now: datetime) -> None:
        take_step(
            assignment=assignment,
            step=step,
            at=None,
            actor=actor,
            now=now,
            source=MilestoneSource.DISPATCHER,
        )

    return Button(
        name=step.value.replace("_", "-"),
        label=STEP_WORDS[step],
        run=run,
        permission="incidents.change_assignment",
        shown=lambda assignment: may_step(assignment.state, step),
        key=STEP_KEYS[step],
    )


def _observation_button(observation: Observation) -> Button:
    """Return the button by which the dispatcher records what the crew saw itself do."""

    def run(assignment: Assignment, *, actor: Any, now: datetime) -> None:
        observe(
            assignment=assignment,
            observation=observation,
            at=None,
            actor=actor,
            now=now,
            source=MilestoneSource.DISPATCHER,
        )

    return Button(
        name=observation.value.replace("_", "-"),
        label=OBSERVATION_WORDS[observation],
        run=run,
        permission="incidents.change_assignment",
        shown=lambda assignment: assignment.state == AssignmentState.ON_SCENE,
    )


def _correct(
    assignment: Assignment, *, step: str, at: datetime, reason: str, actor: Any, now: datetime
) -> None:
    correct_step(assignment=assignment, step=step, at=at, reason=reason, actor=actor, now=now)


def _cancel(assignment: Assignment, *, reason: str, actor: Any, now: datetime) -> None:
    cancel_assignment(assignment=assignment, reason=reason, actor=actor, now=now)


def _send_next(
    assignment: Assignment, *, unit: Unit | None, actor: Any, now: datetime
) -> Assignment:
    return send_next(assignment=assignment, unit=unit, actor=actor, now=now)


class MilestoneInline(LookOnlyInline):
    """The steps as claimed."""

    model = Milestone
    fields = ("step", "source", "actor", "claimed_at", "happened_at", "received_at", "note")
    readonly_fields = fields


class VerdictInline(LookOnlyInline):
    """The judgements of this assignment."""

    model = MovementVerdict
    fields = ("number", "verdict", "reason", "moved_at", "known_at", "displacement_m", "judged_at")
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
    buttons = (
        *(_step_button(step) for step in STEP_WORDS),
        *(_observation_button(one) for one in OBSERVATION_WORDS),
        Button(
            name="next",
            label=_("Kirim regu pengganti"),
            run=_send_next,
            permission="incidents.add_assignment",
            form=NextForm,
            in_panel=True,
            tell=lambda sent: [
                (messages.SUCCESS, gettext("%(unit)s dikirim.") % {"unit": sent.unit})
            ],
        ),
        Button(
            name="correct",
            label=_("Betulkan waktu"),
            run=_correct,
            permission="incidents.change_assignment",
            shown=lambda assignment: assignment.state != AssignmentState.DISPATCHED,
            form=CorrectionForm,
        ),
        Button(
            name="cancel",
            label=_("Batalkan penugasan"),
            run=_cancel,
            permission="incidents.change_assignment",
            shown=lambda assignment: may_step(assignment.state, AssignmentState.CANCELLED),
            form=ReasonForm,
            danger=True,
        ),
    )
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
