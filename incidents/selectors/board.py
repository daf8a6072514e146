"""The board: everything open, in a constant number of queries, JSON-able, without callers."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse

from incidents.alarms import alarms_of, awaits_replacement
from incidents.lifecycle import OPEN_INCIDENT_STATES
from incidents.models import AgencyRequest, Area, Assignment, Incident
from incidents.policy import DEADLINES
from incidents.selectors.board_alerts import alert_rows
from incidents.selectors.board_calls import call_rows
from incidents.selectors.board_units import board_units, busy_units
from responders.wire_time import to_wire, to_wire_or_none

Row = dict[str, Any]
MILESTONES = (
    "dispatched_at",
    "move_by",
    "delivered_at",
    "acknowledged_at",
    "en_route_at",
    "on_scene_at",
    "completed_at",
    "declined_at",
    "cancelled_at",
    "moved_at",
)
# Plain values: a board reads hundreds of rows each second, and models cost four times as much.
INCIDENT_FIELDS = (
    "id",
    "number",
    "priority",
    "summary",
    "address",
    "landmark",
    "lat",
    "lon",
    "state",
    "opened_at",
)
OF_ITS_TYPE = {
    "type_key": F("type__key"),
    "label": F("type__label"),
    "label_en": F("type__label_en"),
    "sensitive": F("type__sensitive"),
}
ASSIGNMENT_FIELDS = (
    "id",
    "incident",
    "unit",
    "unit__call_sign",
    "unit__agency__short_name",
    "state",
    "reason",
    "verdict",
    "verdict_reason",
    "next_unit__unit",
    "next_unit__unit__call_sign",
    "next_unit__why",
    *MILESTONES,
)


def board_snapshot(agency_id: int | None, now: datetime) -> dict[str, list[Row]]:
    """Return the board: incidents (most urgent first), assignments, units, alerts, calls.

    agency_id: an operator's agency, whose assignments, their incidents and own units alone are
    shown; None for all. Every row has an `id`. The number of queries does not grow with the rows.
    """
    return {
        **board_incidents(agency_id, now),
        "units": board_units(agency_id, now),
        "alerts": alert_rows(agency_id),
        "calls": call_rows(agency_id, now),
    }


def board_incidents(
    agency_id: int | None, now: datetime, only: Collection[str] | None = None
) -> dict[str, list[Row]]:
    """Return the open incidents and their assignments, of all of them or of `only` some."""
    incidents = list(_open_incidents(agency_id, only).values(*INCIDENT_FIELDS, **OF_ITS_TYPE))
    ids = [incident["id"] for incident in incidents]
    areas, requests = _area_names(ids), _requests(ids) if agency_id is None else {}
    assignments: list[Any] = list(
        _assignments(ids, agency_id).values_list(*ASSIGNMENT_FIELDS, named=True)
    )
    busy = busy_units({row.next_unit__unit for row in assignments})
    return {
        "incidents": [
            incident
            | {
                "id": str(incident["id"]),
                "type": incident.pop("type_key"),
                "areas": areas.get(incident["id"], []),
                "opened_at": to_wire(incident["opened_at"]),
                "requests": requests.get(incident["id"], []),
            }
            for incident in incidents
        ],
        "assignments": [_assignment_row(row, busy, now) for row in assignments],
    }


def open_incident_ids(agency_id: int | None) -> list[str]:
    """Return which incidents the board holds, the most urgent first."""
    return [str(pk) for pk in _open_incidents(agency_id, None).values_list("pk", flat=True)]


def board_outlines() -> list[Row]:
    """Return the areas for the map: name, centroid, and rings of (longitude, latitude) if known."""
    rows = Area.objects.order_by("code").values(
        "code", "name", "level", "centroid_lat", "centroid_lon", "rings"
    )
    return [{**row} for row in rows]


def _open_incidents(agency_id: int | None, only: Collection[str] | None) -> QuerySet[Incident]:
    rows = Incident.objects.filter(state__in=OPEN_INCIDENT_STATES)
    if only is not None:
        rows = rows.filter(pk__in=only)
    if agency_id is not None:
        mine = Assignment.objects.filter(unit__agency_id=agency_id).values("incident_id")
        rows = rows.filter(pk__in=mine)
    return rows.order_by("priority", "-opened_at")


def _area_names(incident_ids: list[UUID]) -> dict[UUID, list[str]]:
    """Return incident → the names of its areas, by code."""
    names: dict[UUID, list[str]] = defaultdict(list)
    rows = Incident.areas.through.objects.filter(incident__in=incident_ids)
    for pk, name in rows.order_by("area__code").values_list("incident_id", "area__name"):
        names[pk].append(name)
    return names


def _requests(incident_ids: list[UUID]) -> dict[UUID, list[Row]]:
    """Return incident → the running requests to outside agencies, and those refused, the oldest
    first."""
    asked: dict[UUID, list[Row]] = defaultdict(list)
    rows = AgencyRequest.objects.filter(incident__in=incident_ids).exclude(state="withdrawn")
    for request in rows.select_related("agency").order_by("asked_at"):
        row = {
            "agency": request.agency.short_name,
            "state": request.state,
            "label": str(request.get_state_display()),
            "asked_at": to_wire(request.asked_at),
        }
        asked[request.incident_id].append(row)
    return asked


def _assignments(incident_ids: list[UUID], agency_id: int | None) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(incident__in=incident_ids)
    if agency_id is not None:
        rows = rows.filter(unit__agency_id=agency_id)
    return rows.order_by("dispatched_at", "pk")


def _assignment_row(assignment: Any, busy: set[int], now: datetime) -> Row:
    """Return one assignment with the alarms that ring at `now`, and who could go in its place."""
    times = {name: to_wire_or_none(getattr(assignment, name)) for name in MILESTONES}
    return times | {
        "id": str(assignment.id),
        "incident": str(assignment.incident),
        "unit": assignment.unit,
        "call_sign": assignment.unit__call_sign,
        "agency": assignment.unit__agency__short_name,
        "state": assignment.state,
        "reason": assignment.reason,
        "verdict": assignment.verdict,
        "verdict_reason": assignment.verdict_reason,
        "alarms": [str(a) for a in alarms_of(assignment, now=now, policy=DEADLINES)],
        "proposal": _proposal(assignment, busy, now),
    }


def _proposal(assignment: Any, busy: set[int], now: datetime) -> Row | None:
    """Return the unit to send in this one's place, while it can go."""
    unit_id = assignment.next_unit__unit
    if unit_id is None or unit_id in busy:
        return None
    if not awaits_replacement(assignment, now=now, policy=DEADLINES):
        return None
    return {
        "unit": {"id": unit_id, "call_sign": assignment.next_unit__unit__call_sign},
        "reason": assignment.next_unit__why,
        "send_url": reverse("admin:incidents_assignment_press", args=[assignment.id, "next"]),
    }
