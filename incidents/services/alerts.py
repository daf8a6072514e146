"""A crew calls for help: raised, answered at the desk, withdrawn; unanswered it rings again."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from incidents.claims import happened_at, storable
from incidents.errors import StaleState
from incidents.journal import record
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import Assignment, CrewAlert
from incidents.policy import FIELD
from responders.models import Unit, User
from responders.selectors import crew_of, unit_of

State = CrewAlert.State
SWEEP_LIMIT = 100


@transaction.atomic
def raise_alert(
    *,
    alert_id: UUID,
    kind: str,
    at: datetime,
    actor: User,
    now: datetime,
    assignment: Assignment | None = None,
    text: str = "",
    lat: float | None = None,
    lon: float | None = None,
    accuracy_m: float | None = None,
) -> CrewAlert:
    """Call for help. Never refused: also off duty, off any unit, and hours late.

    Without an assignment it is of the one that the person's unit is on, if any. Records
    alert.raised, which turns the desk red.
    """
    unit = assignment.unit if assignment is not None else unit_of(actor, now)
    if assignment is None and unit is not None:
        assignment = _open_assignment(unit)
    alert = CrewAlert.objects.create(
        id=alert_id,
        kind=kind,
        raised_by=actor,
        unit=unit,
        assignment=assignment,
        text=text,
        lat=lat,
        lon=lon,
        accuracy_m=accuracy_m,
        claimed_at=storable(at),
        received_at=now,
        due_at=now + timedelta(seconds=FIELD.alert_answer_s),
    )
    happened, _doubtful = happened_at(claimed=at, not_before=None, now=now)
    _record("alert.raised", alert, actor=actor, now=now, happened=happened)
    return alert


@transaction.atomic
def answer_alert(*, alert: CrewAlert, actor: User, now: datetime) -> CrewAlert:
    """Take a call for help in hand. A second answer changes nothing; a withdrawn one: StaleState.

    Records alert.answered, which the phones of the unit hear.
    """
    alert = _current(alert)
    if alert.state == State.ANSWERED:
        return alert
    changed = CrewAlert.objects.filter(pk=alert.pk, state=State.RAISED).update(
        state=State.ANSWERED, answered_at=now, answered_by=actor
    )
    if changed != 1:
        raise StaleState
    alert.refresh_from_db()
    _record("alert.answered", alert, actor=actor, now=now)
    return alert


@transaction.atomic
def withdraw_alert(
    *, alert: CrewAlert, at: datetime, actor: User | None, now: datetime
) -> CrewAlert:
    """Take a call for help back, answered or not; twice changes nothing. Records it."""
    alert = _current(alert)
    if alert.state == State.WITHDRAWN:
        return alert
    happened, _doubtful = happened_at(claimed=at, not_before=None, now=now)
    changed = CrewAlert.objects.filter(pk=alert.pk, state=alert.state).update(
        state=State.WITHDRAWN, withdrawn_at=happened
    )
    if changed != 1:
        raise StaleState
    alert.refresh_from_db()
    _record("alert.withdrawn", alert, actor=actor, now=now, happened=happened)
    return alert


def alerts_due(now: datetime) -> int:
    """Ring once more for every call for help that nobody answered in time; return how many."""
    due = CrewAlert.objects.filter(state=State.RAISED, fired_at=None, due_at__lte=now)
    keys = due.order_by("due_at").values_list("pk", flat=True)[:SWEEP_LIMIT]
    return sum(_ring(alert_id, now) for alert_id in list(keys))


@transaction.atomic
def _ring(alert_id: UUID, now: datetime) -> bool:
    claimed = CrewAlert.objects.filter(pk=alert_id, state=State.RAISED, fired_at=None)
    if not claimed.update(fired_at=now):
        return False
    alert = _current(CrewAlert(pk=alert_id))
    _record("alert.unanswered", alert, actor=None, now=now, happened=alert.due_at)
    return True


def _current(alert: CrewAlert) -> CrewAlert:
    return CrewAlert.objects.select_related("assignment__incident", "unit").get(pk=alert.pk)


def _open_assignment(unit: Unit) -> Assignment | None:
    rows = Assignment.objects.filter(unit=unit, state__in=OPEN_ASSIGNMENT_STATES)
    return rows.select_related("incident").first()


def _record(
    kind: str,
    alert: CrewAlert,
    *,
    actor: User | None,
    now: datetime,
    happened: datetime | None = None,
) -> None:
    assignment = alert.assignment
    mates = crew_of(alert.unit, now).values_list("pk", flat=True) if alert.unit else []
    people = sorted({alert.raised_by_id, *mates})
    record(
        kind,
        now=now,
        incident=assignment.incident if assignment is not None else None,
        assignment=assignment,
        actor=actor,
        happened_at=happened,
        data={"alert": str(alert.pk), "alert_kind": str(alert.kind), "people": people},
    )
