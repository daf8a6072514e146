"""The check-ins that can be evidence for an assignment, as the movement rule needs them."""

from datetime import datetime, timedelta

from incidents.models import Assignment
from incidents.movement.track import Fix
from incidents.policy import MOVEMENT
from responders import selectors
from responders.models import CheckIn

LOOK_BACK = timedelta(seconds=MOVEMENT.noisy_back_s)
LOOK_AHEAD = timedelta(hours=1)  # a crew that leaves long after the target still moved late


def fixes_of(assignment: Assignment, *, now: datetime) -> list[Fix]:
    """Return the check-ins of the phones of whoever was on the unit at dispatch."""
    crew = list(assignment.crew.values_list("pk", flat=True))
    since = assignment.dispatched_at - LOOK_BACK
    rows = selectors.track(crew, since=since, until=assignment.move_by + LOOK_AHEAD)
    measured = rows.exclude(source=CheckIn.Source.MANUAL)  # typed or invented: no evidence
    fixes = [_fix(row) for row in measured if row.received_at <= now]
    return [fix for fix in fixes if fix is not None]


def is_emptied(assignment: Assignment) -> bool:
    """Say whether retention has erased a position that bore on an assignment: it cannot be judged
    anew, for what is left would say that nothing was ever there.
    """
    return CheckIn.objects.filter(
        device__user__in=assignment.crew.values("pk"),
        recorded_at__gte=assignment.dispatched_at - LOOK_BACK,
        recorded_at__lte=assignment.move_by + LOOK_AHEAD,
        lat__isnull=True,
    ).exists()


def _fix(row: CheckIn) -> Fix | None:
    """Return a check-in as the rule needs it; None where retention has erased its place."""
    if row.lat is None or row.lon is None:
        return None
    return Fix(
        key=row.pk,
        device_key=row.device_id,
        recorded_at=row.recorded_at,
        received_at=row.received_at,
        lat=row.lat,
        lon=row.lon,
        accuracy_m=row.accuracy_m,
        speed_mps=row.speed_mps,
        is_mock=bool(row.is_mock),
        time_suspect=row.time_suspect,
        source_auth=row.source_auth,
        offset_low_s=row.offset_low_s,
        offset_high_s=row.offset_high_s,
    )
