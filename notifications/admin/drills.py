"""Drills at the desk: called by a supervisor, counted live, ended."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.admin.asked import AskedAdmin
from notifications.drill_figures import table_of
from notifications.models import Drill
from notifications.selectors_drill import deliveries_of_drill, person_of
from notifications.services.drills import call_drill, end_drill
from responders.admin.buttons import Button
from responders.admin.shown import badge, clock_text, moment
from responders.requests import staff_of

DRILL_LOOKS = {
    Drill.State.OPEN: ("info", "phone"),
    Drill.State.ENDED: ("quiet", "check"),
}
WAY_WORDS: dict[str, Promise] = {
    "all": _("semua"),
    "socket": _("soket yang terbuka"),
    "push": _("dibangunkan lewat push"),
    "poll": _("ambil sendiri"),
    "none": _("tidak sampai"),
}


class CallDrillForm(forms.ModelForm):
    """Ask whom to call, and in which words; that it is a drill is said anyway."""

    class Meta:
        model = Drill
        fields = ("scope", "agency", "title", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "title" in self.fields:
            self.fields["title"].initial = _("Latihan: uji alarm")
        if "scope" in self.fields:
            self.fields["scope"] = forms.ChoiceField(
                label=_("untuk"), choices=Drill.Scope.choices, initial=Drill.Scope.DUTY
            )
        if "agency" in self.fields:
            self.fields["agency"].help_text = _("Hanya untuk latihan satu instansi.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_agency = data.get("scope") == Drill.Scope.AGENCY
        if is_agency and not data.get("agency"):
            self.add_error("agency", _("Pilih instansi."))
        if not is_agency:
            data["agency"] = None
        return data


def _end(drill: Drill, *, actor: Any, now: Any) -> None:
    end_drill(drill=drill, actor=actor, now=now)


@admin.register(Drill)
class DrillAdmin(AskedAdmin):
    """Drills. The page of one counts who was reached, saw and answered, by which way, how fast."""

    agency_path = "agency"
    made_words = _("Latihan dimulai.")
    refused_to = "changelist"
    change_form_template = "admin/notifications/drill/change_form.html"
    form = CallDrillForm
    list_display = ("called", "title", "scope", "agency", "look", "called_by", "ended")
    list_filter = ("state", "scope")
    list_select_related = ("agency", "called_by")
    search_fields = ("title",)
    ordering = ("-called_at",)
    fields = ("scope", "agency", "title", "text")
    buttons = (
        Button(
            name="end",
            label=_("Akhiri latihan"),
            run=_end,
            permission="notifications.change_drill",
            shown=lambda drill: drill.state == Drill.State.OPEN,
        ),
    )
    called = staticmethod(moment("called_at", _("dimulai")))
    ended = staticmethod(moment("ended_at", _("diakhiri")))

    @admin.display(description=_("status"), ordering="state")
    def look(self, drill: Drill) -> str:
        return badge(*DRILL_LOOKS[Drill.State(drill.state)], drill.get_state_display())

    def has_change_permission(self, request: HttpRequest, obj: Drill | None = None) -> bool:
        """Let nobody correct a drill that was called: what was said was said."""
        return obj is None and super().has_change_permission(request, obj)

    def page_context(self, request: HttpRequest, obj: Drill) -> dict[str, Any]:
        deliveries = deliveries_of_drill(obj)
        people = [(row, person_of(row, obj.called_at)) for row in deliveries]
        return super().page_context(request, obj) | {
            "g_look": self.look(obj),
            "g_called": clock_text(obj.called_at),
            "g_open": obj.state == Drill.State.OPEN,
            "g_table": [
                {"row": row, "way": WAY_WORDS[row.way]}
                for row in table_of([person for _row, person in people])
            ],
            "g_people": [
                {"name": str(row.person), "way": WAY_WORDS[person.way], "part": person}
                for row, person in people
            ],
        }

    def make(self, request: HttpRequest, asked: Drill) -> Drill:
        return call_drill(
            scope=asked.scope,
            agency=asked.agency,
            title=asked.title,
            text=asked.text,
            actor=staff_of(request),
            now=timezone.now(),
        )
