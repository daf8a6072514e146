"""The calls for help that wait for the desk, as the board shows them."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from incidents.models import CrewAlert
from responders.wire_time import to_wire


def alert_rows(agency_id: int | None) -> list[dict[str, Any]]:
    """Return the calls for help that nobody answered, the longest waiting first, in one query.

    agency_id: an operator's agency, whose crews' alone are shown; None for all.
    """
    rows = CrewAlert.objects.filter(state=CrewAlert.State.RAISED)
    if agency_id is not None:
        rows = rows.filter(Q(unit__agency=agency_id) | Q(raised_by__agency=agency_id))
    rows = rows.select_related("unit", "raised_by", "assignment__incident")
    return [_row(alert) for alert in rows.order_by("received_at", "pk")]


def _row(alert: CrewAlert) -> dict[str, Any]:
    incident = alert.assignment.incident if alert.assignment else None
    place = None if alert.lat is None else {"lat": alert.lat, "lon": alert.lon}
    return {
        "id": str(alert.pk),
        "kind": alert.kind,
        "unit": alert.unit.call_sign if alert.unit else None,
        "by": str(alert.raised_by),
        "at": to_wire(alert.received_at),
        "state": alert.state,
        "overdue": alert.fired_at is not None,
        "text": alert.text,
        "position": place,
        "incident": None
        if incident is None
        else {"id": str(incident.pk), "number": incident.number},
        "url": reverse("admin:incidents_crewalert_change", args=[alert.pk]),
        "answer_url": reverse("admin:incidents_crewalert_press", args=[alert.pk, "answer"]),
    }
