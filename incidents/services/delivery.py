"""The first receipt of an assignment by any phone of its crew."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from incidents.journal import record
from incidents.models import Assignment, Timer
from incidents.services.timers import settle
from responders.models import Device
from responders.wire_time import to_milliseconds


@transaction.atomic
def mark_delivered(*, assignment_id: UUID, device: Device, now: datetime) -> bool:
    """Set delivered_at once. Returns whether this receipt was the first."""
    at = to_milliseconds(now)
    first = Assignment.objects.filter(pk=assignment_id, delivered_at__isnull=True).update(
        delivered_at=at
    )
    if not first:
        return False
    assignment = Assignment.objects.select_related("incident", "unit").get(pk=assignment_id)
    settle(assignment, Timer.Kind.DELIVERY, now=now)
    record(
        "assignment.delivered",
        now=at,
        incident=assignment.incident,
        assignment=assignment,
        actor=device.user,
        data={"device": str(device.pk)},
    )
    return True
