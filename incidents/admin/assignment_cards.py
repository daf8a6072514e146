"""The assignments on an incident's page: clocks, alarms, acts, and who goes in one's place."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.admin.looks import ALARM_LOOKS, assignment_badge, reason_text, verdict_badge
from incidents.alarms import RED, alarms_of, awaits_replacement
from incidents.lifecycle import AssignmentState, may_step
from incidents.models import Assignment, Incident
from incidents.policy import DEADLINES
from incidents.selectors.access import assignments_visible_to
from responders.admin.shown import badge, clock_text
from responders.models import User

STEPS = (
    ("acknowledge", AssignmentState.ACKNOWLEDGED),
    ("en_route", AssignmentState.EN_ROUTE),
    ("on_scene", AssignmentState.ON_SCENE),
    ("completed", AssignmentState.COMPLETED),
)
Card = dict[str, Any]


def assignment_cards(
    user: User, incident: Incident, *, reported: datetime | None, now: datetime
) -> list[Card]:
    """Return a card for each assignment, the running ones first, in one query."""
    rows = (
        assignments_visible_to(user)
        .filter(incident=incident)
        .select_related("unit__agency", "next_unit__unit")
        .order_by("dispatched_at")
    )
    listed = sorted(rows, key=lambda row: not row.is_open)
    acts = user.has_perm("incidents.change_assignment")
    sends = user.has_perm("incidents.add_assignment")
    cards = [_card(row, reported=reported, acts=acts, now=now) for row in listed]
    for row, card in zip(listed, cards, strict=True):
        card["next"] = _next(row, listed, now) if sends else None
    offered = next((card for card in cards if card["next"] and card["next"]["unit"]), None)
    if offered is not None:
        offered["next"]["key"] = "G"
    return cards


def span_text(seconds: float) -> str:
    """Return a span as a clock reads it: 00:42, 12:05, 1:02:03."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes:02d}:{rest:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def _card(row: Assignment, *, reported: datetime | None, acts: bool, now: datetime) -> Card:
    alarms = alarms_of(row, now=now, policy=DEADLINES)
    return {
        "row": row,
        "url": reverse("admin:incidents_assignment_change", args=[row.pk]),
        "state": assignment_badge(row),
        "verdict": verdict_badge(row),
        "reason": reason_text(row.verdict_reason) if row.verdict_reason else "",
        "alarms": [badge(*ALARM_LOOKS[alarm]) for alarm in alarms],
        "is_red": row.is_open and any(alarm in RED for alarm in alarms),
        "clocks": _clocks(row, reported, alarms),
        "moved": _moved_words(row),
        "waits": row.is_open and row.verdict == "pending",
        "move_by_iso": row.move_by.isoformat(),
        "move_by": clock_text(row.move_by),
        "acts": _acts(row) if acts else [],
        "cancel_url": _press(row, "cancel") if acts and row.is_open else "",
        "ledger": [],
        "climb": None,
    }


def _clocks(row: Assignment, reported: datetime | None, alarms: Iterable[str]) -> list[Card]:
    """Return each clock: its name, when it stopped, and how long it ran."""
    sent = row.dispatched_at
    ends = (
        (_("Dikirim"), reported, sent, None),
        (_("Sampai"), sent, row.delivered_at, "undelivered"),
        (_("Dijawab"), sent, row.acknowledged_at, "unacknowledged"),
        (_("Menuju"), sent, row.en_route_at, None),
        (_("Tiba"), sent, row.on_scene_at, None),
        (_("Selesai"), sent, row.completed_at, None),
    )
    return [
        {
            "name": name,
            "at": clock_text(end),
            "span": span_text((end - start).total_seconds()) if start and end else "",
            "missing": alarm is not None and alarm in alarms,
        }
        for name, start, end, alarm in ends
    ]


def _moved_words(row: Assignment) -> str:
    """Return in words when the crew moved."""
    if row.moved_at is None:
        return ""
    after_s = (row.moved_at - row.dispatched_at).total_seconds()
    if after_s <= 0:
        return _("sudah bergerak saat dikirim")
    return _("bergerak %(span)s setelah dikirim") % {"span": span_text(after_s)}


def _acts(row: Assignment) -> list[Card]:
    """Return the steps that the dispatcher may record for the crew, as it says them by radio."""
    words = {
        AssignmentState.ACKNOWLEDGED: _("Diterima"),
        AssignmentState.EN_ROUTE: _("Menuju"),
        AssignmentState.ON_SCENE: _("Tiba"),
        AssignmentState.COMPLETED: _("Selesai"),
    }
    return [
        {"url": _press(row, step.value.replace("_", "-")), "label": words[step], "key": str(number)}
        for number, (_name, step) in enumerate(STEPS, start=1)
        if may_step(row.state, step)
    ]


def _next(row: Assignment, rows: list[Assignment], now: datetime) -> Card | None:
    """Return who is proposed in one's place, or that nobody is; None where nobody is needed."""
    if not awaits_replacement(row, now=now, policy=DEADLINES):
        return None
    agency_id = row.unit.agency_id
    later = [
        other
        for other in rows
        if other.dispatched_at > row.dispatched_at
        and other.unit.agency_id == agency_id
        and other.state != AssignmentState.CANCELLED
    ]
    proposal = getattr(row, "next_unit", None)
    if later or proposal is None:
        return None
    declined = row.state == AssignmentState.DECLINED
    return {
        "unit": proposal.unit,
        "why": _("menolak") if declined else _("belum menjawab"),
        "km": None if proposal.distance_m is None else proposal.distance_m / 1000,
        "url": _press(row, "next"),
        "key": "",
    }


def _press(row: Assignment, name: str) -> str:
    return reverse("admin:incidents_assignment_press", args=[row.pk, name])
