"""Assignments with all that their wire form needs, in a constant number of queries."""

from django.db.models import Prefetch, QuerySet

from incidents.models import Assignment, Incident, MovementVerdict


def for_wire(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Join what assignment_out reads."""
    newest_first = MovementVerdict.objects.order_by("number")
    return rows.select_related("unit__agency", "incident__type").prefetch_related(
        "incident__areas",
        "incident__calls",
        "incident__merged__calls",
        "incident__merged__merged",
        Prefetch("verdicts", queryset=newest_first),
    )


def incidents_for_wire(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """Join what desk_incident_out reads."""
    return rows.select_related("type", "suggested_area").prefetch_related(
        "areas", "assignments", "calls"
    )
