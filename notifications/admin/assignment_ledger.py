"""The ledger on an incident's page: what is proven of each alarm, by person and phone."""

from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from incidents.admin import IncidentAdmin
from incidents.models import Incident
from incidents.selectors.access import assignments_visible_to
from notifications.audience import ALARMS
from notifications.models import Delivery, DeliveryAttempt
from responders.admin.shown import badge, clock_text
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
    attempts = sorted(delivery.attempts.all(), key=lambda attempt: (attempt.at, attempt.pk))
    best = badge("warn", "clock", _("belum terbukti sampai"))
    if delivery.received_at is not None:
        words = {"at": clock_text(delivery.received_at), "phone": delivery.received_on or "–"}
        best = badge("ok", "check", _("diterima %(at)s di %(phone)s") % words)
    elif attempts and attempts[-1].state == DeliveryAttempt.State.DEAD:
        best = badge("alarm", "cross", _("gagal, tidak terbukti sampai"))
    steps: list[tuple[Any, Any, str]] = [(_("direncanakan"), delivery.planned_at, "")]
    for attempt in attempts:
        phone = attempt.device.name if attempt.device else ""
        said = f"{attempt.get_channel_display()}: {attempt.get_state_display()}"
        steps.append((said, attempt.at, phone))
    if delivery.seen_at is not None:
        steps.append((_("dilihat"), delivery.seen_at, ""))
    if delivery.answered_at is not None:
        steps.append((_("dijawab"), delivery.answered_at, ""))
    return {
        "person": str(delivery.person),
        "best": best,
        "seen": clock_text(delivery.seen_at) if delivery.seen_at else "",
        "answered": clock_text(delivery.answered_at) if delivery.answered_at else "",
        "steps": [
            {"what": what, "at": clock_text(at), "phone": phone} for what, at, phone in steps
        ],
    }


def ledger_version(incident: Incident) -> Any:
    """Return what changes whenever a receipt or an attempt is added for an incident."""
    mine = Delivery.objects.filter(event__incident=incident)
    return tuple(
        mine.aggregate(
            attempt=Max("attempts__pk"),
            received=Max("received_at"),
            seen=Max("seen_at"),
            answered=Max("answered_at"),
            read=Count("notice__receipts", distinct=True),
            told=Count("notice__answers", distinct=True),
        ).values()
    )


IncidentAdmin.more_versions = (*IncidentAdmin.more_versions, ledger_version)
IncidentAdmin.more_panels = (*IncidentAdmin.more_panels, ledger_panel)
