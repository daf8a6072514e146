"""What the desk is asked to say by telephone: the open spoken messages, as the board's rows."""

from typing import Any

from django.urls import reverse

from notifications.ladder_rules import SPOKEN
from notifications.models import OutsideMessage
from responders.wire_time import to_wire

SHOWN_MAX = 50


def instruction_rows(agency_id: int | None) -> list[dict[str, Any]]:
    """Return them, assignments first, then the oldest; an operator's: of the own agency's units.

    `url` is the page of it; a post to `said_url` or `unanswered_url` confirms what became of it.
    """
    rows = OutsideMessage.objects.filter(channel=SPOKEN, ended_at=None)
    if agency_id is not None:
        rows = rows.filter(ladder__assignment__unit__agency=agency_id)
    rows = rows.select_related("ladder__assignment", "ladder__notice")
    return [_row(message) for message in rows.order_by("lane", "planned_at", "pk")[:SHOWN_MAX]]


def _row(message: OutsideMessage) -> dict[str, Any]:
    ladder = message.ladder
    about = ladder.assignment or ladder.notice
    return {
        "id": str(message.pk),
        "to": message.to_name,
        "phone": message.to_address,
        "text": message.text,
        "since": to_wire(message.planned_at),
        "incident": str(about.incident_id) if about else None,
        "assignment": str(ladder.assignment_id) if ladder.assignment_id else None,
        "url": reverse("admin:notifications_outsidemessage_change", args=[message.pk]),
        "said_url": reverse("admin:notifications_outsidemessage_press", args=[message.pk, "said"]),
        "unanswered_url": reverse(
            "admin:notifications_outsidemessage_press", args=[message.pk, "unanswered"]
        ),
    }
