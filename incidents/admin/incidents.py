"""Incidents: the desk's main page. Opened, corrected, staffed and closed through services."""

from collections.abc import Callable
from typing import Any, Protocol

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.context_processors import PermWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.admin.evidence_track import evidence_track
from incidents.admin.forms import EvidenceForm
from incidents.admin.incident_forms import IncidentForm, OpenIncidentForm
from incidents.admin.incident_page import incident_page, page_version
from incidents.admin.looking import is_same_look, look_ticket
from incidents.admin.looks import incident_badge
from incidents.admin.maps import map_setup
from incidents.admin.presses import BUTTONS, CHANGE, waits_for_units
from incidents.errors import IncidentError
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, OPEN_INCIDENT_STATES
from incidents.models import Incident
from incidents.selectors.access import (
    assignments_visible_to,
    calls_visible_to,
    incidents_visible_to,
)
from incidents.selectors.call_desk import opened_lately
from incidents.services.intake import Report, open_incident, update_incident
from responders.admin.desk import DeskAdmin
from responders.admin.shown import moment
from responders.admin.watched import note_access
from responders.models import AccessEntry, User
from responders.requests import staff_of

PANELS = (
    "facts",
    "buttons",
    "assignments",
    "proposal",
    "outside",
    "tracks",
    "field",
    "offices",
    "history",
)
PLACE = (("lat", "lon"), "areas")


class Counted(Protocol):
    """An incident as the list reads it: with the number of units on it."""

    running: int


@admin.register(Incident)
class IncidentAdmin(DeskAdmin):
    """Incidents. States and times are the services'; the form holds what may be corrected."""

    refusals = (IncidentError,)
    personal_page = _("pelapor, alamat, dan jejak petugas")
    personal_search = _("alamat kejadian")
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
    buttons = BUTTONS
    # What the apps to the left add to the page: each returns context for its panel.
    more_versions: tuple[Callable[[Incident], Any], ...] = ()
    more_panels: tuple[Callable[[User, Incident], dict[str, Any]], ...] = ()
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

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        if obj is None:
            kw["form"] = OpenIncidentForm
        return super().get_form(request, obj, change, **kw)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.state in OPEN_INCIDENT_STATES
        return is_open and super().has_change_permission(request, obj)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask as a call's page does: the place is read, and what is known near it is shown."""
        page = {"g_map": map_setup(), "g_suggest_url": reverse("admin:incidents_call_suggest")}
        return super().add_view(request, form_url, page | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        pages = (("live", self.live), ("evidence", self.evidence))
        more = [
            path(
                f"<path:object_id>/{word}/",
                self.admin_site.admin_view(view),
                name=f"incidents_incident_{word}",
            )
            for word, view in pages
        ]
        return [*more, *super().get_urls()]

    def live(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Return the panels as they are now; 204 where nothing changed since `?version=`."""
        incident = self._seen(request, object_id)
        version = self._version(request, incident)
        if request.GET.get("version") == version:
            return HttpResponse(status=204)
        context = self.page_context(request, incident) | {
            "original": incident,
            "opts": self.opts,
            "perms": PermWrapper(request.user),
        }
        panels = {
            name: render_to_string(f"admin/incidents/incident/{name}.html", context)
            for name in PANELS
        }
        return JsonResponse({"version": version, "panels": panels})

    def evidence(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Return the movement evidence of one assignment (`?assignment=`), for map and words.

        Writes the look down first; with the `look` of an earlier answer it goes on with that one.
        """
        incident = self._seen(request, object_id)
        form = EvidenceForm(request.GET)
        if not form.is_valid():
            raise Http404
        rows = assignments_visible_to(staff_of(request)).select_related("unit", "incident")
        key = form.cleaned_data["assignment"]
        assignment = get_object_or_404(rows, pk=key, incident=incident)
        look = request.GET.get("look", "")
        if not is_same_look(request, assignment):
            note_access(request, AccessEntry.Action.VIEW, assignment, _("jejak regu"))
            look = look_ticket(request, assignment)
        answer = JsonResponse(evidence_track(assignment, timezone.now()) | {"look": look})
        answer["Cache-Control"] = "no-store"
        return answer

    def _seen(self, request: HttpRequest, object_id: str) -> Incident:
        """Return an incident that this person may see, asked for by GET."""
        incident = self.get_object(request, unquote(object_id))
        if incident is None or request.method != "GET":
            raise Http404
        if not self.has_view_permission(request, incident):
            raise PermissionDenied
        return incident

    def _version(self, request: HttpRequest, incident: Incident) -> str:
        more = [version(incident) for version in self.more_versions]
        return page_version(staff_of(request), incident, timezone.now(), more)

    def page_context(self, request: HttpRequest, obj: Incident) -> dict[str, Any]:
        page = incident_page(staff_of(request), obj, timezone.now())
        page["g_map"] = map_setup()
        page["g_here"] = {"incidents": [_pin(obj)], "units": []}
        page["g_version"] = self._version(request, obj)
        page["g_note_url"] = reverse("admin:incidents_incident_press", args=[obj.pk, "note"])
        page["g_may_note"] = request.user.has_perm("incidents.add_note")
        page["g_may_ask"] = request.user.has_perm("incidents.add_agencyrequest")
        page["g_waits"] = request.user.has_perm(CHANGE) and waits_for_units(obj)
        for panel in self.more_panels:
            page |= panel(staff_of(request), obj)
        for card in page["g_assignments"]:
            card["ledger"] = page.get("g_ledger", {}).get(card["row"].pk, [])
            card["climb"] = page.get("g_climbs", {}).get(card["row"].pk)
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

    def response_add(
        self, request: HttpRequest, obj: Incident, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Lead to the page of the incident just opened: units are sent from there."""
        messages.success(request, _("Kejadian %(number)s dibuka.") % {"number": obj.number})
        many = opened_lately(staff_of(request), timezone.now())
        if many is not None:
            words = _("Anda membuka %(count)d kejadian dalam sepuluh menit. Gabungkan yang sama.")
            messages.warning(request, words % {"count": many})
        return self._back(obj)

    def response_change(self, request: HttpRequest, obj: Incident) -> HttpResponse:
        messages.success(request, _("Data kejadian disimpan."))
        return self._back(obj)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Leave the writing to the service."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Leave the writing to the service."""


def _pin(incident: Incident) -> dict[str, Any]:
    """Return the incident as the map draws it."""
    return {
        "id": str(incident.pk),
        "number": incident.number,
        "title": str(incident.type),
        "priority": incident.priority,
        "lat": incident.lat,
        "lon": incident.lon,
        "areas": [area.name for area in incident.areas.all()],
    }
