"""Ladders at the desk: the plans a city writes, how a message climbed, what a dispatcher says."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from incidents.admin import AssignmentAdmin
from incidents.selectors.access import assignments_visible_to, is_operator
from notifications.errors import NotificationError, PlanRefused
from notifications.ladder_rules import (
    AFTER_MAX_S,
    HEARD_BY_S,
    SECOND_PHONE_MAX_S,
    SPOKEN,
    STEPS_MAX,
    Step,
    faults_of,
)
from notifications.models import (
    AuditFinding,
    Ladder,
    LadderPlan,
    LadderStep,
    OutsideAttempt,
    OutsideMessage,
)
from notifications.services.outside import confirm_spoken
from notifications.services.plans import is_urgent, revise_plan
from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin, LookOnlyAdmin, LookOnlyInline
from responders.admin.names import NamesMixin
from responders.admin.shown import badge, clock_text, moment
from responders.requests import staff_of

CHANGE_PLAN = "notifications.change_ladderplan"
SPEAKS = "incidents.change_assignment"
FAULTS: dict[str, Promise] = {
    "after_out_of_range": _("Detik harus antara 0 dan %(after_max)d."),
    "too_many": _("Paling banyak %(steps_max)d langkah."),
    "twice": _("Saluran yang sama pada detik yang sama tercantum dua kali."),
    "socket_is_fixed": _("Soket selalu ada, sekali, pada detik 0."),
    "push_is_fixed": _("Push selalu ada, sekali, pada detik 0."),
    "second_phone_late": _("Ponsel kedua: sekali, paling lambat detik %(second_max)d."),
    "nobody_hears": _(
        "Penugasan yang tidak sampai harus terdengar oleh seseorang: dispatcher menelepon, "
        "paling lambat detik %(heard_by)d."
    ),
    "replaced": _("Versi ini sudah diganti; ubah versi yang berlaku."),
}
LIMITS = {
    "after_max": AFTER_MAX_S,
    "steps_max": STEPS_MAX,
    "second_max": SECOND_PHONE_MAX_S,
    "heard_by": HEARD_BY_S,
}
OUTSIDE_LOOKS = {
    "planned": ("alarm", "late"),
    "retry": ("warn", "late"),
    "accepted": ("info", "phone"),
    "dead": ("alarm", "cross"),
    "said": ("ok", "check"),
    "unanswered": ("warn", "cross"),
    "needless": ("quiet", "check"),
}
TURN_TONES = {"taken": ("info", "dot"), "needless": ("quiet", "check"), "nobody": ("warn", "cross")}


def words_of(code: str) -> str:
    """Return the sentence of one fault of a plan."""
    return str(FAULTS[code]) % LIMITS


class StepFormSet(BaseInlineFormSet):
    """The steps as they are to be; whether they make a plan is the rules' matter."""

    def wanted(self) -> list[Step]:
        """Return the steps that are filled in and stay."""
        return [
            Step(data["channel"], data["after_s"], data["unless"])
            for form in self.forms
            if (data := getattr(form, "cleaned_data", None)) and not data.get("DELETE")
        ]

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        faults = faults_of(self.wanted(), urgent=is_urgent(self.instance.kind))
        if faults:
            raise forms.ValidationError([words_of(fault.code) for fault in faults])


class StepInline(NamesMixin, admin.TabularInline):
    """The steps of a plan. A saved change is a new version."""

    model = LadderStep
    formset = StepFormSet
    fields = ("channel", "after_s", "unless")
    extra = 1
    max_num = STEPS_MAX

    def _may(self, request: HttpRequest, plan: LadderPlan | None) -> bool:
        in_force = plan is None or plan.retired_at is None
        return in_force and request.user.has_perm(CHANGE_PLAN)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("notifications.view_ladderplan") or self._may(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)


@admin.register(LadderPlan)
class LadderPlanAdmin(DeskAdmin):
    """The plans: changed by making a new version; a ladder that runs keeps its own."""

    city_wide = True
    list_display = ("kind", "version", "in_force", "made", "created_by", "steps_count")
    list_filter = ("kind", ("retired_at", admin.EmptyFieldListFilter))
    list_select_related = ("created_by",)
    ordering = ("kind", "-version")
    fields = (("kind", "version"), ("made", "created_by", "in_force"))
    readonly_fields = ("kind", "version", "made", "created_by", "in_force")
    inlines = (StepInline,)
    made = staticmethod(moment("created_at", _("dibuat")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[LadderPlan]:
        return super().get_queryset(request).annotate(count=Count("steps"))

    @admin.display(description=_("berlaku"))
    def in_force(self, plan: LadderPlan) -> str:
        if plan.retired_at is None:
            return badge("ok", "check", _("berlaku"))
        text = _("diganti %(at)s") % {"at": clock_text(plan.retired_at)}
        return badge("quiet", "clock", text)

    @admin.display(description=_("langkah"))
    def steps_count(self, plan: Any) -> int:
        return plan.count

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Leave the writing to the service."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Put the new version into force through the service."""
        for formset in formsets:
            if isinstance(formset, StepFormSet):
                self._revise(request, form.instance, formset.wanted())

    def _revise(self, request: HttpRequest, plan: LadderPlan, steps: list[Step]) -> None:
        try:
            revised = revise_plan(
                plan=plan, steps=steps, actor=staff_of(request), now=timezone.now()
            )
        except PlanRefused as refused:
            for fault in refused.faults:
                messages.error(request, words_of(fault.code))
            return
        if revised.pk == plan.pk:
            messages.info(request, _("Tidak ada yang berubah."))
        else:
            messages.success(request, _("%(plan)s berlaku.") % {"plan": revised})

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, dict[str, list[str]]]]:
        """Say it in a word: the rows of the formset are not what was written."""
        return [{"changed": {"fields": ["steps"]}}]

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:notifications_ladderplan_changelist"))


class LadderInline(LookOnlyInline):
    """How the messages of an assignment climbed."""

    model = Ladder
    fields = ("what", "plan", "started", "climbed", "following")
    readonly_fields = fields
    ordering = ("event_id",)
    verbose_name_plural = _("tangga pengiriman")
    started = staticmethod(moment("started_at", _("mulai")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ladder]:
        rows = super().get_queryset(request).select_related("event", "plan")
        return rows.prefetch_related("turns__step", "outside__ended_by")

    @admin.display(description=_("pesan"))
    def what(self, ladder: Ladder) -> str:
        return ladder.plan.get_kind_display()

    @admin.display(description=_("langkah"))
    def climbed(self, ladder: Ladder) -> str:
        rows = [
            (badge(*TURN_TONES[turn.outcome], f"{turn.step} · {turn.get_outcome_display()}"),)
            for turn in sorted(ladder.turns.all(), key=lambda turn: (turn.at, turn.pk))
        ]
        rows += [(outside_badge(message),) for message in ladder.outside.all()]
        return format_html_join(" ", "{}", rows) or "–"

    @admin.display(description=_("langkah berikut"))
    def following(self, ladder: Ladder) -> str:
        if ladder.next_step_at is not None:
            return clock_text(ladder.next_step_at)
        return ladder.get_ending_display()


# The ladder belongs on the assignment's page, and this app knows it: imports point right.
AssignmentAdmin.inlines = (*AssignmentAdmin.inlines, LadderInline)


def outside_badge(message: OutsideMessage) -> Any:
    """Return an outside message as channel, whom, state and time."""
    at = clock_text(message.ended_at or message.planned_at)
    words = (message.get_channel_display(), message.to_name, message.get_state_display(), at)
    return badge(*OUTSIDE_LOOKS[message.state], " · ".join(str(word) for word in words))


class OutsideAttemptInline(LookOnlyInline):
    """What the gateway said of each try."""

    model = OutsideAttempt
    fields = ("at", "state", "detail")
    readonly_fields = fields
    ordering = ("at", "id")


@admin.register(OutsideMessage)
class OutsideMessageAdmin(LookOnlyAdmin):
    """What leaves past the apps; a spoken one waits here until a dispatcher has said it."""

    refusals = (NotificationError,)
    personal_page = _("alamat dan isi pesan")
    list_display = ("planned", "channel", "to_name", "to_address", "text", "look", "ended_by")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "channel", "state")
    list_select_related = ("ended_by",)
    search_fields = ("to_name", "text")
    ordering = ("-planned_at", "-pk")
    fields = ("channel", "to_name", "to_address", "text", "look", "planned", "ended_by")
    readonly_fields = fields
    inlines = (OutsideAttemptInline,)
    planned = staticmethod(moment("planned_at", _("diminta")))
    buttons = (
        Button(
            name="said",
            label=_("Sudah disampaikan"),
            run=lambda message, *, actor, now: confirm_spoken(
                message=message, heard=True, actor=actor, now=now
            ),
            permission=SPEAKS,
            shown=lambda message: message.channel == SPOKEN and message.ended_at is None,
        ),
        Button(
            name="unanswered",
            label=_("Tidak diangkat"),
            run=lambda message, *, actor, now: confirm_spoken(
                message=message, heard=False, actor=actor, now=now
            ),
            permission=SPEAKS,
            shown=lambda message: message.channel == SPOKEN and message.ended_at is None,
            danger=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutsideMessage]:
        rows = super().get_queryset(request)
        if not is_operator(staff_of(request)):
            return rows
        mine = assignments_visible_to(staff_of(request)).values("pk")
        return rows.filter(Q(ladder__assignment__in=mine))

    @admin.display(description=_("status"), ordering="state")
    def look(self, message: OutsideMessage) -> str:
        return badge(*OUTSIDE_LOOKS[message.state], message.get_state_display())


@admin.register(AuditFinding)
class AuditFindingAdmin(LookOnlyAdmin):
    """Open assignments that nothing would have moved on, found and mended."""

    agency_path = "assignment__unit__agency"
    list_display = ("found", "code", "assignment")
    list_filter = ("code",)
    list_select_related = ("assignment__unit", "assignment__incident")
    ordering = ("-found_at",)
    found = staticmethod(moment("found_at", _("ditemukan")))
