"""The board of a past window, as it was known then: a beginning, and what changed at each fact."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from incidents.models import Assignment, Incident
from incidents.picture import assignment_row, incident_row
from incidents.selectors.report_facts import facts_of, seq_at
from incidents.story import Fact, Story, tell
from responders.models import CheckIn
from responders.wire_time import to_wire

Row = dict[str, Any]
POSITIONS_MAX = 20_000  # own choice: six hours of thirty phones at ten seconds, thinned beyond


def replay_of(start: datetime, end: datetime) -> Row:
    """Return {"from", "to", "begins": rows, "moments": [{"at", "kind", …rows}], "positions"}.

    rows: {"incidents": {id: row}, "assignments": {id: row}} as in picture.py; a moment holds those
    that its fact changed. Facts stand at the time they were recorded: what was known when.
    positions: fixes of the crews that were sent, within their assignments alone.
    """
    incidents = list(
        Incident.objects.filter(opened_at__lt=end)
        .filter(Q(closed_at__isnull=True) | Q(closed_at__gte=start))
        .values_list("pk", flat=True)
    )
    first, last = seq_at(start), seq_at(end)
    story = tell(facts_of(incidents, 1, first))
    begins = {
        "incidents": {str(one.key): incident_row(one) for one in story.incidents.values()},
        "assignments": {str(one.key): assignment_row(one) for one in story.assignments.values()},
    }
    return {
        "from": to_wire(start),
        "to": to_wire(end),
        "begins": begins,
        "moments": list(_moments(story, facts_of(incidents, first + 1, last))),
        "positions": _positions(incidents, start, end),
    }


def _moments(story: Story, facts: Iterator[Fact]) -> Iterator[Row]:
    for fact in facts:
        tell([fact], story)
        moment: Row = {"at": to_wire(fact.recorded_at), "kind": fact.kind, "seq": fact.seq}
        incident = story.incidents.get(fact.incident) if fact.incident else None
        if incident is not None:
            moment["incidents"] = {str(incident.key): incident_row(incident)}
        assignment = story.assignments.get(fact.assignment) if fact.assignment else None
        if assignment is not None:
            moment["assignments"] = {str(assignment.key): assignment_row(assignment)}
        yield moment


def _positions(incidents: list[UUID], start: datetime, end: datetime) -> list[list[Any]]:
    """Return [time, call sign, lat, lon] of the crews in order, thinned to what a page holds."""
    sent = Assignment.objects.filter(incident__in=incidents, dispatched_at__lt=end)
    windows = Q(pk__in=[])
    unit_of: dict[int, str] = {}
    for one in sent.select_related("unit").prefetch_related("crew"):
        people = [person.pk for person in one.crew.all()]
        unit_of |= dict.fromkeys(people, one.unit.call_sign)
        until = min(end, one.ended_at or end)
        since = max(start, one.dispatched_at)
        windows |= Q(device__user__in=people, received_at__gte=since, received_at__lt=until)
    if not unit_of:
        return []
    rows = list(
        CheckIn.objects.filter(windows, lat__isnull=False)
        .order_by("received_at", "pk")
        .values_list("received_at", "device__user_id", "lat", "lon")
    )
    step = 1 + len(rows) // POSITIONS_MAX
    return [[to_wire(at), unit_of[person], lat, lon] for at, person, lat, lon in rows[::step]]
