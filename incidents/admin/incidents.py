"""Incidents: the desk's main page. Opened, corrected, staffed and closed through services."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.admin.forms import (
    CloseForm,
    DispatchForm,
    IncidentForm,
    OpenIncidentForm,
    ReasonForm,
)
from incidents.admin.incident_page import incident_page
from incidents.admin.looks import incident_badge
from incidents.errors import IncidentError
from incidents.lifecycle import (
    DISPATCHER_MOVES,
    OPEN_ASSIGNMENT_STATES,
    OPEN_INCIDENT_STATES,
)
from incidents.models import Incident
from incidents.selectors.access import calls_visible_to, incidents_visible_to
from incidents.services.closure import (
    cancel_incident,
    close_incident,
    hold_incident,
    reopen_incident,
    resume_incident,
)
from incidents.services.dispatch import dispatch_unit
from incidents.services.intake import Report, open_incident, update_incident
from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin
from responders.admin.shown import moment
from responders.models import Unit
from responders.requests import staff_of

CHANGE = "incidents.change_incident"
PLACE = (("lat", "lon"), "areas")


class Counted(Protocol):
    """An incident as the list reads it: with the number of units on it."""

    running: int


class SomeRefused(IncidentError):
    """Some of the units asked for were not sent; says which and why."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__()
        self.text = "; ".join(sentences)


def _dispatch(incident: Incident, *, units: QuerySet[Unit], actor: Any, now: datetime) -> None:
    """Send each unit; those that cannot be sent hold up none of the others."""
    refused = []
    for unit in units:
        try:
            dispatch_unit(incident=incident, unit=unit, actor=actor, now=now)
        except IncidentError as refusal:
            refused.append(f"{unit}: {refusal}")
    if refused:
        raise SomeRefused(refused)


def _close(incident: Incident, *, disposition: str, note: str, actor: Any, now: datetime) -> None:
    close_incident(incident=incident, disposition=disposition, note=note, actor=actor, now=now)


def _hold(incident: Incident, *, reason: str, actor: Any, now: datetime) -> None:
    hold_incident(incident=incident, reason=reason, actor=actor, now=now)


def _resume(incident: Incident, *, actor: Any, now: datetime) -> None:
    resume_incident(incident=incident, actor=actor, now=now)


def _cancel(incident: Incident, *, reason: str, actor: Any, now: datetime) -> None:
    cancel_incident(incident=incident, reason=reason, actor=actor, now=now)


def _reopen(incident: Incident, *, reason: str, actor: Any, now: datetime) -> None:
    reopen_incident(incident=incident, reason=reason, actor=actor, now=now)


def may_move(target: str) -> Callable[[Incident], bool]:
    """Return whether a dispatcher may move an incident there, as a question about one."""
    return lambda incident: target in DISPATCHER_MOVES.get(incident.state, frozenset())


def is_in(*states: str) -> Callable[[Incident], bool]:
    """Return whether an incident stands in one of some states, as a question about one."""
    return lambda incident: incident.state in states


@admin.register(Incident)
class IncidentAdmin(DeskAdmin):
    """Incidents. States and times are the services'; the form holds what may be corrected."""

    refusals = (IncidentError,)
    change_form_template = "admin/incidents/incident/change_form.html"
    form = IncidentForm
    list_display = ("number", "opened", "priority", "type", "look", "units", "place")
    list_filter = ("state", "priority", "opened_at")
    list_select_related = ("type",)
    search_fields = ("number", "summary", "address", "landmark", "type__label")
    ordering = ("-opened_at",)
    fieldsets = (
        (None, {"fields": (("type", "priority"), "summary", "address", "landmark", *PLACE)}),
    )
    add_fieldsets = (
        (None, {"fields": (("type", "priority"), "summary", "address", "landmark", *PLACE)}),
        (_("Pelapor"), {"fields": ("call", ("caller_name", "caller_phone"))}),
    )
    buttons = (
        Button(
            name="dispatch",
            label=_("Kirim"),
            run=_dispatch,
            permission="incidents.add_assignment",
            form=DispatchForm,
            in_panel=True,
        ),
        Button("close", _("Tutup kejadian"), _close, CHANGE, may_move("closed"), CloseForm),
        Button("hold", _("Tunda"), _hold, CHANGE, may_move("on_hold"), ReasonForm),
        Button("resume", _("Lanjutkan"), _resume, CHANGE, is_in("on_hold")),
        Button("cancel", _("Batalkan"), _cancel, CHANGE, may_move("cancelled"), ReasonForm, True),
        Button(
            "reopen", _("Buka kembali"), _reopen, CHANGE, is_in("closed", "cancelled"), ReasonForm
        ),
    )
    opened = staticmethod(moment("opened_at", _("dibuka")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        running = Count("assignments", filter=Q(assignments__state__in=OPEN_ASSIGNMENT_STATES))
        return incidents_visible_to(staff_of(request)).annotate(running=running)

    @admin.display(description=_("status"), ordering="state")
    def look(self, incident: Incident) -> str:
        return incident_badge(incident)

    @admin.display(description=_("regu bertugas"), ordering="running")
    def units(self, incident: Counted) -> int:
        return incident.running

    @admin.display(description=_("lokasi"))
    def place(self, incident: Incident) -> str:
        return incident.address or incident.landmark or "–"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        if obj is None:
            kw["form"] = OpenIncidentForm
        return super().get_form(request, obj, change, **kw)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.state in OPEN_INCIDENT_STATES
        return is_open and super().has_change_permission(request, obj)

    def page_context(self, request: HttpRequest, obj: Incident) -> dict[str, Any]:
        page = incident_page(staff_of(request), obj, timezone.now())
        return super().page_context(request, obj) | page

    def save_form(self, request: HttpRequest, form: ModelForm, change: bool) -> Incident:
        """Open or correct through the services."""
        data, actor = form.cleaned_data, staff_of(request)
        areas = list(data.pop("areas", []))
        if change:
            incident = Incident.objects.get(pk=form.instance.pk)
            return update_incident(
                incident=incident, changes=data, areas=areas, actor=actor, now=timezone.now()
            )
        call_pk = data.pop("call")
        call = calls_visible_to(actor).filter(pk=call_pk).first() if call_pk else None
        report = Report(areas=areas, **data)
        return open_incident(report=report, actor=actor, now=timezone.now(), call=call)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Leave the writing to the service."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Leave the writing to the service."""
