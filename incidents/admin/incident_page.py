"""What the page of one incident shows beside its form: assignments, proposals, calls, timeline."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.admin.looks import (
    ALARM_LOOKS,
    assignment_badge,
    event_look,
    incident_badge,
    reason_text,
    verdict_badge,
    verdict_word,
)
from incidents.alarms import alarms_of
from incidents.lifecycle import OPEN_INCIDENT_STATES, CallClass, IncidentState
from incidents.masking import masked
from incidents.models import Incident, IncidentEvent, Timer
from incidents.policy import DEADLINES
from incidents.selectors.access import assignments_visible_to, calls_visible_to, is_operator
from incidents.selectors.recommendation import TEXTS, Candidate, recommend_units
from responders.admin.shown import badge, clock_text
from responders.models import User

GOOD_REASONS = frozenset({"lead_agency", "support_agency", "nearest", "fresh_position"})
NEVER_SENDABLE = frozenset({"busy", "ask_only", "off_duty", "out_of_service"})
WORD_OF_DETAIL = {"reason": _("alasan"), "note": _("catatan"), "device": _("ponsel")}


def incident_page(user: User, incident: Incident, now: datetime) -> dict[str, Any]:
    """Return the panels of an incident's page, in a constant number of queries."""
    sends = incident.state in OPEN_INCIDENT_STATES and incident.state != IncidentState.ON_HOLD
    context: dict[str, Any] = {
        "g_state": incident_badge(incident),
        "g_opened": clock_text(incident.opened_at),
        "g_areas": list(incident.areas.all()),
        "g_assignments": _assignments(user, incident, now),
        "g_timeline": _timeline(user, incident),
        "g_calls": _calls(user, incident),
        "g_proposal": None,
    }
    if sends and user.has_perm("incidents.add_assignment"):
        proposal = recommend_units(incident, now)
        first = not context["g_assignments"]
        context["g_proposal"] = [_candidate(one, preselect=first) for one in proposal.candidates]
        context["g_shortfalls"] = [TEXTS[code] for code in proposal.shortfalls]
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
        "age_min": None if candidate.position_age_s is None else candidate.position_age_s // 60,
        "reasons": [
            {"good": code in GOOD_REASONS, "text": TEXTS[code]} for code in candidate.codes
        ],
    }


def _timeline(user: User, incident: Incident) -> list[dict[str, Any]]:
    """Return the journal of an incident, oldest first; an operator's without other agencies."""
    events = IncidentEvent.objects.filter(incident=incident).select_related(
        "actor", "assignment__unit"
    )
    if is_operator(user):
        events = events.exclude(assignment__isnull=False).union(
            events.filter(assignment__in=assignments_visible_to(user).values("pk"))
        )
    return [_event(event) for event in events.order_by("seq")]


def _event(event: IncidentEvent) -> dict[str, Any]:
    tone, icon, what = event_look(event.kind)
    return {
        "at": clock_text(event.happened_at),
        "known": clock_text(event.recorded_at),
        "late": (event.recorded_at - event.happened_at).total_seconds() >= 1,
        "tone": tone,
        "icon": icon,
        "what": what,
        "details": [text for text in _details(event) if text],
    }


def _details(event: IncidentEvent) -> list[str]:
    """Return what a line of the timeline adds to its title, in words."""
    data = event.data
    details = [str(event.assignment.unit)] if event.assignment else []
    if "deadline" in data:
        details.append(str(Timer.Kind(data["deadline"]).label))
    if "verdict" in data:
        details.append(str(_verdict_words(data)))
    if data.get("class"):
        details.append(str(CallClass(data["class"]).label))
    if event.kind == "incident.updated":
        details.append(", ".join(sorted(data.get("after", {}))))
    details += [
        f"{word}: {data[key]}"
        for key, word in WORD_OF_DETAIL.items()
        if data.get(key) and "verdict" not in data
    ]
    if event.actor:
        details.append(str(event.actor))
    return details


def _verdict_words(data: dict[str, Any]) -> str:
    words = str(verdict_word(data["verdict"]))
    return f"{words} ({reason_text(data['reason'])})" if data.get("reason") else words


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
