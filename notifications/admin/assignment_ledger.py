"""The ledger on an incident's page: what is proven of each alarm, by person and phone."""

from typing import Any

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.admin import IncidentAdmin
from incidents.models import Incident
from incidents.selectors.access import assignments_visible_to
from notifications.admin.ladders import SPEAKS, outside_badge
from notifications.admin.proof import attempt_words, proof_badge
from notifications.audience import ALARMS
from notifications.ladder_rules import SPOKEN
from notifications.models import Delivery, Ladder, OutsideMessage
from responders.admin.shown import clock_text
from responders.models import User


def ledger_panel(user: User, incident: Incident) -> dict[str, Any]:
    """Return assignment id → what is proven of its alarm, a line a person and device.

    Two queries, however many assignments.
    """
    if not user.has_perm("notifications.view_delivery"):
        return {}
    rows = (
        Delivery.objects.filter(
            assignment__in=assignments_visible_to(user).filter(incident=incident).values("pk"),
            event__kind__in=ALARMS,
        )
        .select_related("person", "received_on")
        .prefetch_related("attempts__device")
        .order_by("planned_at", "person_id")
    )
    lines: dict[Any, list[dict[str, Any]]] = {}
    for delivery in rows:
        lines.setdefault(delivery.assignment_id, []).append(_ledger_line(delivery))
    return {"g_ledger": lines}


def _ledger_line(delivery: Delivery) -> dict[str, Any]:
    """Return one person's line: the best proof first, then each attempt."""
    attempts = delivery.in_order()
    steps: list[tuple[Any, Any, str]] = [(_("direncanakan"), delivery.planned_at, "")]
    for attempt in attempts:
        phone = attempt.device.name if attempt.device else ""
        steps.append((attempt_words(attempt), attempt.at, phone))
    if delivery.seen_at is not None:
        steps.append((_("dilihat"), delivery.seen_at, ""))
    if delivery.answered_at is not None:
        steps.append((_("dijawab"), delivery.answered_at, ""))
    return {
        "person": str(delivery.person),
        "best": proof_badge(delivery, attempts),
        "seen": clock_text(delivery.seen_at) if delivery.seen_at else "",
        "answered": clock_text(delivery.answered_at) if delivery.answered_at else "",
        "steps": [
            {"what": what, "at": clock_text(at), "phone": phone} for what, at, phone in steps
        ],
    }


def climb_panel(user: User, incident: Incident) -> dict[str, Any]:
    """Return assignment id → what was done past the apps, whom to call, and the next step.

    Two queries, however many assignments.
    """
    if not user.has_perm("notifications.view_outsidemessage"):
        return {}
    ladders = (
        Ladder.objects.filter(
            assignment__in=assignments_visible_to(user).filter(incident=incident).values("pk"),
            event__kind__in=ALARMS,
        )
        .prefetch_related("outside")
        .order_by("event_id")
    )
    speaks = user.has_perm(SPEAKS)
    climbs: dict[Any, dict[str, Any]] = {}
    for ladder in ladders:
        climb = climbs.setdefault(ladder.assignment_id, {"done": [], "calls": [], "next": ""})
        for message in ladder.outside.all():
            is_open_call = message.channel == SPOKEN and message.ended_at is None
            if is_open_call and speaks:
                climb["calls"].append(_call_line(message))
            else:
                climb["done"].append(outside_badge(message))
        if ladder.next_step_at is not None:
            climb["next"] = clock_text(ladder.next_step_at)
    return {"g_climbs": climbs}


def _call_line(message: OutsideMessage) -> dict[str, Any]:
    name = "admin:notifications_outsidemessage_press"
    return {
        "to": message.to_name,
        "phone": message.to_address,
        "text": message.text,
        "said_url": reverse(name, args=[message.pk, "said"]),
        "unanswered_url": reverse(name, args=[message.pk, "unanswered"]),
    }


def ledger_version(incident: Incident) -> Any:
    """Return what changes whenever a receipt or an attempt is added for an incident."""
    mine = Delivery.objects.filter(event__incident=incident)
    outside = OutsideMessage.objects.filter(ladder__event__incident=incident)
    climbed = outside.aggregate(planned=Count("pk"), ended=Max("ended_at"), tries=Count("attempts"))
    return (
        *climbed.values(),
        *mine.aggregate(
            attempt=Max("attempts__pk"),
            received=Max("received_at"),
            seen=Max("seen_at"),
            answered=Max("answered_at"),
            read=Count("notice__receipts", distinct=True),
            told=Count("notice__answers", distinct=True),
        ).values(),
    )


IncidentAdmin.more_versions = (*IncidentAdmin.more_versions, ledger_version)
IncidentAdmin.more_panels = (*IncidentAdmin.more_panels, ledger_panel, climb_panel)
