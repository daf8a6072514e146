"""The calls on the board: ringing, being taken, or ended without a class."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from incidents.lifecycle import CallClass, CallState
from incidents.models import Call
from incidents.policy import CALLS
from responders.wire_time import to_wire_or_none

Row = dict[str, Any]


def call_rows(agency_id: int | None, now: datetime) -> list[Row]:
    """Return the calls that wait for somebody, the longest ringing first, numbers covered.

    An operator's agency takes no calls and sees none. Two queries, however many rows.
    """
    if agency_id is not None:
        return []
    calls = list(waiting_calls(now))
    numbers = {call.caller_number for call in calls if call.caller_number}
    since = now - timedelta(hours=CALLS.repeats_hours)
    earlier = Call.objects.filter(caller_number__in=numbers).values_list(
        "caller_number", "call_class", "received_at"
    )
    repeats: Counter[str] = Counter()
    pranks: Counter[str] = Counter()
    for number, call_class, received_at in earlier:
        repeats[number] += received_at >= since
        pranks[number] += call_class == CallClass.PRANK
    return [_row(call, repeats, pranks) for call in calls]


def waiting_calls(now: datetime) -> QuerySet[Call]:
    """Return the calls without a class that are under way or ended within the last hours."""
    recent = now - timedelta(seconds=CALLS.shown_after_end_s)
    under_way = Q(state__in=(CallState.RINGING, CallState.ANSWERED))
    return (
        Call.objects.filter(under_way | Q(ended_at__gte=recent), call_class="")
        .filter(received_at__gte=recent)
        .select_related("claimed_by")
        .order_by("received_at", "pk")
    )


def _row(call: Call, repeats: Counter[str], pranks: Counter[str]) -> Row:
    by = call.claimed_by
    return {
        "id": call.pk,
        "call_id": call.call_id,
        "state": call.state,
        "ringing_at": to_wire_or_none(call.ringing_at),
        "answered_at": to_wire_or_none(call.answered_at),
        "ended_at": to_wire_or_none(call.ended_at),
        "number": call.masked_number,
        "repeats": max(0, repeats[call.caller_number] - 1) if call.caller_number else 0,
        "pranks": pranks[call.caller_number] if call.caller_number else 0,
        "claimed_by": by and {"username": by.username, "name": by.get_full_name() or by.username},
        "claimed_at": to_wire_or_none(call.claimed_at),
        "attention": call.attention or None,
        "line": call.line,
        "url": reverse("admin:incidents_call_change", args=[call.pk]),
        "claim_url": reverse("admin:incidents_call_press", args=[call.pk, "claim"]),
        "take_over_url": reverse("admin:incidents_call_press", args=[call.pk, "take-over"]),
    }
