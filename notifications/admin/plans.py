"""The plans of the ladders at the desk: what stands, what a change would do, a new version."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from incidents.admin.assignment_cards import span_text
from notifications.admin.plan_form import StepForm, StepFormSet, words_of
from notifications.errors import PlanRefused
from notifications.ladder_rules import STEPS_MAX, Step
from notifications.models import LadderPlan, LadderStep
from notifications.plan_story import story_of
from notifications.reach import means_for
from notifications.services.plans import revise_plan, steps_of
from responders.admin.desk import DeskAdmin
from responders.admin.filters import filled_or_not
from responders.admin.names import NamesMixin
from responders.admin.shown import badge, clock_text, moment
from responders.requests import staff_of

CHANGE_PLAN = "notifications.change_ladderplan"
OUTLOOK = "admin/notifications/ladderplan/outlook.html"


class StepInline(NamesMixin, admin.TabularInline):
    """The steps of a plan. A saved change is a new version."""

    model = LadderStep
    form = StepForm
    formset = StepFormSet
    fields = ("channel", "after_s", "unless")
    extra = 1
    max_num = STEPS_MAX

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Let go of a step that ladders have taken: its row stays with the old version."""
        formset = super().get_formset(request, obj, **kwargs)
        form: Any = formset.form
        form.hand_clean_DELETE = lambda _form: None
        return formset

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
    change_form_template = "admin/notifications/ladderplan/change_form.html"
    list_display = ("kind", "version", "in_use", "steps_in_words", "made", "created_by")
    list_filter = (
        "kind",
        filled_or_not("retired_at", _("pemakaian"), empty=_("dipakai"), filled=_("diganti")),
    )
    list_select_related = ("created_by",)
    ordering = ("kind", "-version")
    fields = (("kind", "in_use"), ("made", "created_by"))
    readonly_fields = ("kind", "in_use", "made", "created_by")
    inlines = (StepInline,)
    made = staticmethod(moment("created_at", _("dibuat")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[LadderPlan]:
        return super().get_queryset(request).prefetch_related("steps")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(require_POST(self.outlook))
        name = "notifications_ladderplan_outlook"
        return [path("<int:plan_id>/pratinjau/", page, name=name), *super().get_urls()]

    @admin.display(description=_("pemakaian"))
    def in_use(self, plan: LadderPlan) -> str:
        if plan.retired_at is None:
            return badge("ok", "check", _("dipakai"))
        text = _("diganti %(at)s") % {"at": clock_text(plan.retired_at)}
        return badge("quiet", "clock", text)

    @admin.display(description=_("langkah"))
    def steps_in_words(self, plan: LadderPlan) -> str:
        """Return "00:00 soket yang terbuka, push ke ponsel · 00:20 dispatcher menelepon"."""
        named: dict[int, list[str]] = {}
        for step in steps_of(plan):
            named.setdefault(step.after_s, []).append(str(LadderStep.Channel(step.channel).label))
        return " · ".join(f"{span_text(at)} {', '.join(names)}" for at, names in named.items())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def page_context(self, request: HttpRequest, obj: LadderPlan) -> dict[str, Any]:
        return super().page_context(request, obj) | outlook_of(obj, steps_of(obj))

    def outlook(self, request: HttpRequest, plan_id: int) -> HttpResponse:
        """Tell what the steps in the form would do; nothing is saved."""
        plan = self.get_object(request, str(plan_id))
        if plan is None:
            raise Http404
        if not self.has_change_permission(request, plan):
            raise PermissionDenied
        [(formset_class, _inline)] = self.get_formsets_with_inlines(request, plan)
        formset = formset_class(
            request.POST, instance=plan, prefix=formset_class.get_default_prefix()
        )
        if formset.is_valid():
            return render(request, OUTLOOK, outlook_of(plan, formset.wanted()))
        return render(request, OUTLOOK, {"g_faults": formset.faults_in_words()})

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

    def response_change(self, request: HttpRequest, obj: LadderPlan) -> HttpResponse:
        """Go on with the version that is in use by now, or back to the list."""
        if "_continue" in request.POST:
            return HttpResponseRedirect(page_in_use(obj.kind))
        return HttpResponseRedirect(reverse("admin:notifications_ladderplan_changelist"))


def outlook_of(plan: LadderPlan, steps: list[Step]) -> dict[str, Any]:
    """Return what the steps would do, for the page of a plan."""
    return {
        "g_outlook": [
            {
                "at": span_text(line.after_s),
                "what": line.what,
                "unless": LadderStep.Level(line.unless).label if line.after_s else "",
                "lacks": line.lacks,
            }
            for line in story_of(steps, means_for(plan.kind, timezone.now()))
        ],
        "g_page_in_use": page_in_use(plan.kind) if plan.retired_at else "",
    }


def page_in_use(kind: str) -> str:
    """Return the address of the version of a kind that is in use."""
    plan = LadderPlan.objects.get(kind=kind, retired_at=None)
    return reverse("admin:notifications_ladderplan_change", args=[plan.pk])
