"""The board: everything open, in a constant number of queries, JSON-able, without callers."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from incidents.alarms import alarms_of, awaits_replacement
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, OPEN_INCIDENT_STATES
from incidents.models import Area, Assignment, Incident
from incidents.policy import DEADLINES
from incidents.selectors.board_alerts import alert_rows
from incidents.selectors.board_calls import call_rows
from incidents.selectors.readiness import battery_of, readiness_of, unsent_of
from incidents.selectors.recommendation import is_reachable
from responders.models import CrewShift, Device, Unit
from responders.readiness import UnitReadiness
from responders.selectors import newest_position, on_shift
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


def board_snapshot(agency_id: int | None, now: datetime) -> dict[str, list[Row]]:
    """Return the board: incidents (most urgent first), assignments, units, alerts, calls.

    agency_id: an operator's agency, whose assignments, their incidents and own units alone are
    shown; None for all. Every row has an `id`. The number of queries does not grow with the rows.
    """
    incidents = list(_open_incidents(agency_id))
    assignments = list(_assignments(incidents, agency_id))
    busy = {a.unit_id for a in assignments if a.state in OPEN_ASSIGNMENT_STATES}
    return {
        "incidents": [_incident_row(incident, agency_id) for incident in incidents],
        "assignments": [
            assignment_row(assignment, now) | {"proposal": _proposal(assignment, busy, now)}
            for assignment in assignments
        ],
        "units": _unit_rows(agency_id, busy, now),
        "alerts": alert_rows(agency_id),
        "calls": call_rows(agency_id, now),
    }


def board_outlines() -> list[Row]:
    """Return the areas for the map: name, centroid and outline (GeoJSON geometry) where known."""
    rows = Area.objects.order_by("code").values(
        "code", "name", "level", "centroid_lat", "centroid_lon", "polygon"
    )
    return [{**row} for row in rows]


def _open_incidents(agency_id: int | None) -> QuerySet[Incident]:
    rows = Incident.objects.filter(state__in=OPEN_INCIDENT_STATES)
    if agency_id is not None:
        mine = Assignment.objects.filter(unit__agency_id=agency_id).values("incident_id")
        rows = rows.filter(pk__in=mine)
    return (
        rows.select_related("type")
        .prefetch_related("areas", "agency_requests__agency")
        .order_by("priority", "-opened_at")
    )


def _assignments(incidents: list[Incident], agency_id: int | None) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(incident__in=[incident.pk for incident in incidents])
    if agency_id is not None:
        rows = rows.filter(unit__agency_id=agency_id)
    return rows.select_related("unit__agency", "next_unit__unit").order_by("dispatched_at", "pk")


def _incident_row(incident: Incident, agency_id: int | None) -> Row:
    return {
        "id": str(incident.pk),
        "number": incident.number,
        "type": incident.type.key,
        "label": incident.type.label,
        "label_en": incident.type.label_en,
        "sensitive": incident.type.sensitive,
        "priority": incident.priority,
        "summary": incident.summary,
        "address": incident.address,
        "landmark": incident.landmark,
        "areas": [area.name for area in incident.areas.all()],
        "lat": incident.lat,
        "lon": incident.lon,
        "state": incident.state,
        "opened_at": to_wire(incident.opened_at),
        "requests": [] if agency_id is not None else _request_rows(incident),
    }


def _request_rows(incident: Incident) -> list[Row]:
    """Return the running requests to outside agencies, and those refused, the oldest first."""
    shown = [one for one in incident.agency_requests.all() if one.state != "withdrawn"]
    return [
        {
            "agency": request.agency.short_name,
            "state": request.state,
            "label": str(request.get_state_display()),
            "asked_at": to_wire(request.asked_at),
        }
        for request in sorted(shown, key=lambda one: one.asked_at)
    ]


def _proposal(assignment: Assignment, busy: set[int], now: datetime) -> Row | None:
    """Return the unit to send in this one's place, while it can go."""
    proposal = getattr(assignment, "next_unit", None)
    if proposal is None or proposal.unit is None or proposal.unit_id in busy:
        return None
    if not awaits_replacement(assignment, now=now, policy=DEADLINES):
        return None
    return {
        "unit": {"id": proposal.unit_id, "call_sign": proposal.unit.call_sign},
        "reason": proposal.why,
        "send_url": reverse("admin:incidents_assignment_press", args=[assignment.pk, "next"]),
    }


def assignment_row(assignment: Assignment, now: datetime) -> Row:
    """Return one assignment as the board shows it, with the alarms that ring at `now`."""
    times = {name: to_wire_or_none(getattr(assignment, name)) for name in MILESTONES}
    return times | {
        "id": str(assignment.pk),
        "incident": str(assignment.incident_id),
        "unit": assignment.unit_id,
        "call_sign": assignment.unit.call_sign,
        "agency": assignment.unit.agency.short_name,
        "state": assignment.state,
        "reason": assignment.reason,
        "verdict": assignment.verdict,
        "verdict_reason": assignment.verdict_reason,
        "alarms": [str(a) for a in alarms_of(assignment, now=now, policy=DEADLINES)],
    }


def _unit_rows(agency_id: int | None, busy: set[int], now: datetime) -> list[Row]:
    rows = Unit.objects.filter(active=True).select_related("agency").order_by("call_sign")
    units = list(rows if agency_id is None else rows.filter(agency_id=agency_id))
    crewed, phones = _phones_by_unit(now)
    readiness = readiness_of(units, crewed=crewed, phones=phones, now=now)
    return [
        _unit_row(unit, phones[unit.pk], unit.pk in busy, readiness[unit.pk], now) for unit in units
    ]


def _phones_by_unit(now: datetime) -> tuple[set[int], dict[int, list[Device]]]:
    """Return the units that have a crew, and the trusted phones of who is on each unit now."""
    units_of: dict[int, list[int]] = defaultdict(list)
    for unit_id, user_id in CrewShift.objects.filter(on_shift(now)).values_list("unit", "user"):
        units_of[user_id].append(unit_id)
    phones: dict[int, list[Device]] = defaultdict(list)
    for phone in Device.objects.filter(revoked_at=None, signed_out_at=None, user__in=units_of):
        for unit_id in units_of[phone.user_id]:
            phones[unit_id].append(phone)
    return {unit_id for unit_ids in units_of.values() for unit_id in unit_ids}, phones


def _unit_row(
    unit: Unit,
    phones: list[Device],
    is_busy: bool,
    readiness: UnitReadiness | None,
    now: datetime,
) -> Row:
    newest = newest_position(phones)
    live = any(phone.online_until is not None and phone.online_until > now for phone in phones)
    reachable = live or any(is_reachable(phone, now) for phone in phones)
    return {
        "id": unit.pk,
        "call_sign": unit.call_sign,
        "agency": unit.agency.short_name,
        "kind": unit.kind,
        "status": "assigned" if is_busy else unit.duty_status,
        "reach": "socket" if live else "push" if reachable else "none",
        "readiness": readiness and readiness.state,
        "readiness_reasons": list(readiness.reasons) if readiness else [],
        "unsent": unsent_of(phones),
        "battery_pct": battery_of(phones),
        "home": _place(unit.home_lat, unit.home_lon),
        "position": newest
        and {
            "lat": newest.lat,
            "lon": newest.lon,
            "recorded_at": to_wire(newest.recorded_at),
        },
    }


def _place(lat: float | None, lon: float | None) -> Row | None:
    return None if lat is None or lon is None else {"lat": lat, "lon": lon}
