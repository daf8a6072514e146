"""What the page of one incident shows beside its form: assignments, proposals, calls, timeline."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.admin.looks import (
    ALARM_LOOKS,
    assignment_badge,
    incident_badge,
    reason_text,
    verdict_badge,
)
from incidents.admin.timeline import timeline
from incidents.alarms import alarms_of
from incidents.lifecycle import OPEN_INCIDENT_STATES, IncidentState
from incidents.masking import masked
from incidents.models import Incident
from incidents.policy import DEADLINES
from incidents.selectors.access import assignments_visible_to, calls_visible_to
from incidents.selectors.recommendation import Candidate, recommend_units
from responders.admin.shown import badge, clock_text
from responders.models import User

NEVER_SENDABLE = frozenset({"busy", "ask_only", "off_duty", "out_of_service"})


def incident_page(user: User, incident: Incident, now: datetime) -> dict[str, Any]:
    """Return the panels of an incident's page, in a constant number of queries."""
    sends = incident.state in OPEN_INCIDENT_STATES and incident.state != IncidentState.ON_HOLD
    context: dict[str, Any] = {
        "g_state": incident_badge(incident),
        "g_opened": clock_text(incident.opened_at),
        "g_closed": clock_text(incident.closed_at) if incident.closed_at else "",
        "g_areas": list(incident.areas.all()),
        "g_assignments": _assignments(user, incident, now),
        "g_timeline": timeline(user, incident),
        "g_calls": _calls(user, incident),
        "g_proposal": None,
    }
    if sends and user.has_perm("incidents.add_assignment"):
        proposal = recommend_units(incident, now, agency_id=user.bound_agency_id)
        first = not context["g_assignments"]
        context["g_proposal"] = [_candidate(one, preselect=first) for one in proposal.candidates]
        context["g_by_area"] = incident.lat is None and bool(context["g_areas"])
        context["g_shortfalls"] = [reason.text for reason in proposal.shortfalls]
        context["g_dispatch_url"] = reverse(
            "admin:incidents_incident_press", args=[incident.pk, "dispatch"]
        )
    return context


def _assignments(user: User, incident: Incident, now: datetime) -> list[dict[str, Any]]:
    rows = (
        assignments_visible_to(user)
        .filter(incident=incident)
        .select_related("unit__agency")
        .order_by("dispatched_at")
    )
    return [
        {
            "row": row,
            "url": reverse("admin:incidents_assignment_change", args=[row.pk]),
            "state": assignment_badge(row),
            "verdict": verdict_badge(row),
            "reason": reason_text(row.verdict_reason),
            "alarms": [badge(*ALARM_LOOKS[a]) for a in alarms_of(row, now=now, policy=DEADLINES)],
            "dispatched": clock_text(row.dispatched_at),
            "delivered": clock_text(row.delivered_at),
            "acknowledged": clock_text(row.acknowledged_at),
            "moved": clock_text(row.moved_at),
            "move_by": clock_text(row.move_by),
        }
        for row in rows
    ]


def _candidate(candidate: Candidate, *, preselect: bool) -> dict[str, Any]:
    """Return one line of the proposal; ticked beforehand only while nobody was sent yet."""
    return {
        "unit": candidate.unit,
        "chosen": candidate.chosen,
        "checked": candidate.chosen and preselect,
        "sendable": not NEVER_SENDABLE & set(candidate.codes),
        "distance_km": None if candidate.distance_m is None else candidate.distance_m / 1000,
        "age_min": None
        if candidate.facts.position_age_s is None
        else candidate.facts.position_age_s // 60,
        "reasons": [{"good": reason.is_good, "text": reason.text} for reason in candidate.reasons],
    }


def _calls(user: User, incident: Incident) -> list[dict[str, Any]]:
    if not user.has_perm("incidents.view_call"):
        return []
    calls = calls_visible_to(user).filter(incident=incident).order_by("received_at")
    return [
        {
            "url": reverse("admin:incidents_call_change", args=[call.pk]),
            "number": masked(call.caller_number or call.caller_raw) or _("tanpa nomor"),
            "name": call.caller_name,
            "at": clock_text(call.happened_at),
        }
        for call in calls
    ]
