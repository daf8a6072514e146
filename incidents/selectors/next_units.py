"""Which assignments wait for another unit in their place."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from incidents.lifecycle import OPEN_INCIDENT_STATES, AssignmentState, IncidentState
from incidents.models import Assignment
from incidents.policy import DeadlinePolicy

SENDABLE = tuple(state for state in OPEN_INCIDENT_STATES if state != IncidentState.ON_HOLD)


def awaiting_replacement(now: datetime, *, policy: DeadlinePolicy) -> QuerySet[Assignment]:
    """Return the assignments that were declined or are silent too long, of incidents still open.

    Only the newest of each agency at an incident: whoever was sent after it took its place.
    """
    silent_since = now - timedelta(seconds=policy.acknowledgement_s)
    later = Assignment.objects.filter(
        incident=OuterRef("incident"),
        unit__agency=OuterRef("unit__agency"),
        dispatched_at__gt=OuterRef("dispatched_at"),
    ).exclude(state=AssignmentState.CANCELLED)
    return (
        Assignment.objects.filter(
            Q(state=AssignmentState.DECLINED)
            | Q(state=AssignmentState.DISPATCHED, dispatched_at__lte=silent_since),
            incident__state__in=SENDABLE,
        )
        .filter(~Exists(later))
        .select_related("incident", "unit__agency")
    )
