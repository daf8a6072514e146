"""What the page of one incident shows beside its form, panel by panel."""

import hashlib
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.admin.assignment_cards import assignment_cards, span_text
from incidents.admin.field import photo_link
from incidents.admin.looks import REQUEST_LOOKS, incident_badge
from incidents.admin.restricted import is_covered
from incidents.admin.timeline import timeline
from incidents.alarms import alarms_of
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, OPEN_INCIDENT_STATES, IncidentState
from incidents.masking import masked
from incidents.models import AgencyRequest, Incident
from incidents.policy import DEADLINES
from incidents.selectors.access import (
    assignments_visible_to,
    calls_visible_to,
    notes_of,
    photos_visible_to,
)
from incidents.selectors.clock import family_of, reported_at
from incidents.selectors.recommendation import Candidate, Outside, recommend_units
from responders.admin.shown import badge, clock_text
from responders.models import User

NEVER_SENDABLE = frozenset({"busy", "ask_only", "off_duty", "out_of_service"})
LOOK_AGAIN_S = 10  # the proposal grows old by itself: units move, go off duty, come back


def incident_page(user: User, incident: Incident, now: datetime) -> dict[str, Any]:
    """Return the panels of an incident's page, in a constant number of queries."""
    reported = reported_at(incident)
    family = family_of(incident)
    context: dict[str, Any] = {
        "g_state": incident_badge(incident),
        "g_opened": clock_text(incident.opened_at),
        "g_closed": clock_text(incident.closed_at) if incident.closed_at else "",
        "g_areas": list(incident.areas.all()),
        "g_assignments": assignment_cards(user, incident, reported=reported, now=now),
        "g_timeline": timeline(user, incident),
        "g_calls": _calls(user, [incident, *family]),
        "g_family": [
            {"row": one, "url": reverse("admin:incidents_incident_change", args=[one.pk])}
            for one in family
        ],
        "g_notes": _notes(user, incident),
        "g_photos": _photos(user, incident),
        "g_proposal": None,
        "g_outside": None,
    }
    context["g_clocks"] = _clocks(incident, reported, context["g_assignments"])
    if user.bound_agency_id is None and user.has_perm("incidents.view_agencyrequest"):
        asked = incident.agency_requests.select_related("agency").order_by("asked_at")
        rows = [Outside(request.agency, "", request) for request in asked]
        context["g_outside"] = [_outside(incident, one) for one in rows]
    if may_send(user, incident):
        context |= _proposal(user, incident, context, now)
    _give_keys(context["g_outside"] or [])
    acting = [card for card in context["g_assignments"] if card["acts"] or card["cancel_url"]]
    context["g_several"] = len(acting) > 1
    return context


def _give_keys(requests: list[dict[str, Any]]) -> None:
    """Let one key lead to the first agency that can be asked, one to the first that answers."""
    for key, is_running in (("key_ask", False), ("key_answer", True)):
        first = next((one for one in requests if one["running"] is is_running), None)
        if first is not None:
            first[key] = True


def may_send(user: User, incident: Incident) -> bool:
    """Say whether units may be sent to an incident by this person now."""
    sends = incident.state in OPEN_INCIDENT_STATES and incident.state != IncidentState.ON_HOLD
    return sends and user.has_perm("incidents.add_assignment")


def page_version(user: User, incident: Incident, now: datetime, more: list[Any]) -> str:
    """Return a word that changes whenever something on the page does, in two queries.

    more: what other apps' panels hang on.
    """
    rows = assignments_visible_to(user).filter(incident=incident)
    alarms = [
        (str(row.pk), row.state, alarms_of(row, now=now, policy=DEADLINES))
        for row in rows.filter(state__in=OPEN_ASSIGNMENT_STATES).order_by("pk")
    ]
    last = incident.events.aggregate(last=Max("seq"))["last"]
    turn = int(now.timestamp()) // LOOK_AGAIN_S if may_send(user, incident) else 0
    return hashlib.sha256(repr((last, alarms, turn, more)).encode()).hexdigest()[:24]


def _proposal(
    user: User, incident: Incident, page: dict[str, Any], now: datetime
) -> dict[str, Any]:
    proposal = recommend_units(incident, now, agency_id=user.bound_agency_id)
    lines = [_candidate(one) for one in proposal.candidates]
    return {
        "g_proposal": lines,
        "g_chosen": [line for line in lines if line["checked"]],
        "g_unlisted": proposal.unlisted,
        "g_by_area": incident.lat is None and bool(page["g_areas"]),
        "g_shortfalls": [reason.text for reason in proposal.shortfalls],
        "g_dispatch_url": _press(incident, "dispatch"),
        "g_outside": [_outside(incident, one) for one in proposal.outside]
        if page["g_outside"] is not None
        else None,
    }


def _clocks(
    incident: Incident, reported: datetime | None, cards: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the incident's own clocks: answer, processing, the first unit's arrival."""
    first = min((card["row"].dispatched_at for card in cards), default=None)
    arrived = min((c["row"].on_scene_at for c in cards if c["row"].on_scene_at), default=None)
    rung = min((call.ringing_at for call in incident.calls.all() if call.ringing_at), default=None)
    spans = (
        (_("Dijawab"), rung, reported),
        (_("Diproses"), reported, first),
        (_("Tanggap"), reported, arrived),
    )
    return [
        {
            "name": name,
            "at": clock_text(end),
            "span": span_text((end - start).total_seconds()) if start and end else "",
            "since": start.isoformat() if start and not end and not incident.closed_at else "",
        }
        for name, start, end in spans
        if start or end
    ]


def _candidate(candidate: Candidate) -> dict[str, Any]:
    """Return one line of the proposal, ticked beforehand where it is proposed."""
    distance = candidate.distance_m
    return {
        "unit": candidate.unit,
        "chosen": candidate.chosen,
        "checked": candidate.chosen,
        "sendable": not NEVER_SENDABLE & set(candidate.codes),
        "distance_km": None if distance is None else distance / 1000,
        "reasons": [{"good": reason.is_good, "text": reason.text} for reason in candidate.reasons],
    }


def _outside(incident: Incident, one: Outside) -> dict[str, Any]:
    request = one.request
    running = request is not None and request.state in ("asked", "accepted")
    return {
        "agency": one.agency,
        "lead": one.role == "lead",
        "request": request,
        "look": badge(*REQUEST_LOOKS[request.state]) if request else None,
        "asked": clock_text(request.asked_at) if request else "",
        "answered": clock_text(request.answered_at) if request and request.answered_at else "",
        "running": running,
        "waits": request is not None and request.state == AgencyRequest.State.ASKED,
        "ask_url": _press(incident, "ask"),
        "answer_url": _press(incident, "answer"),
    }


def _notes(user: User, incident: Incident) -> list[dict[str, Any]]:
    if not user.has_perm("incidents.view_note"):
        return []
    rows = notes_of(incident, user).select_related("author", "assignment__unit")
    return [
        {
            "at": clock_text(note.received_at),
            "by": str(note.author),
            "unit": note.assignment.unit.call_sign if note.assignment else "",
            "text": note.text,
        }
        for note in rows.order_by("received_at")
    ]


def _photos(user: User, incident: Incident) -> list[dict[str, Any]]:
    if not user.has_perm("incidents.view_photo"):
        return []
    rows = photos_visible_to(user).filter(assignment__incident=incident)
    return [
        {
            "at": clock_text(photo.received_at),
            "by": str(photo.author),
            "unit": photo.assignment.unit.call_sign,
            "picture": photo_link(photo),
        }
        for photo in rows.select_related("author", "assignment__unit").order_by("received_at")
    ]


def _calls(user: User, family: list[Incident]) -> list[dict[str, Any]]:
    if not user.has_perm("incidents.view_call"):
        return []
    calls = calls_visible_to(user).filter(incident__in=family).order_by("received_at")
    return [
        {
            "url": reverse("admin:incidents_call_change", args=[call.pk]),
            "number": masked(call.caller_number or call.caller_raw) or _("tanpa nomor"),
            "name": _("dibatasi") if is_covered(call, user) else call.caller_name,
            "at": clock_text(call.happened_at),
            "joined": call.incident_id != family[0].pk,
        }
        for call in calls
    ]


def _press(incident: Incident, name: str) -> str:
    return reverse("admin:incidents_incident_press", args=[incident.pk, name])
