"""Plan who hears of the facts of one change: their delivery rows, and the ladders they climb.

Everything that is looked up is looked up before the journal's counter is taken, in a number of
queries that does not grow with the facts; what comes after it is two bulk inserts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Q

from incidents.journal import Draft
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import AssignmentCrew, IncidentEvent
from notifications.audience import (
    DRILL_LANE,
    NOTICE_LANE,
    Audience,
    Route,
    first_attempt_at,
    route_of,
)
from notifications.ladder_rules import due_at, takes_a_turn
from notifications.models import Delivery, Ladder, LadderPlan, LadderStep
from notifications.policy import NOTICES
from notifications.quiet import BadQuietHours, quiet_until, read_quiet_hours
from notifications.selectors import first_told, told_before
from notifications.services.answers import note_answered
from notifications.services.plans import standing_plans
from responders.models import Device

# The crew's own steps: whoever takes one has the alarm in hand.
ANSWERS = {
    f"assignment.{step}"
    for step in ("acknowledged", "en_route", "on_scene", "completed", "declined")
}
Finish = Callable[[list[IncidentEvent]], None]


@dataclass
class Planned:
    """One fact on its way to people. `people`: person id → the assignment it concerns."""

    number: int
    draft: Draft
    route: Route
    people: dict[int, UUID | None] = field(default_factory=dict)
    quiet_until: datetime | None = None

    @property
    def alert_id(self) -> UUID | None:
        """Return the call for help it speaks of, if any."""
        value = self.draft.data.get("alert") if self.route.wire == "alert.updated" else None
        return UUID(str(value)) if value else None

    @property
    def drill_id(self) -> UUID | None:
        """Return the drill it is of, if any."""
        value = self.draft.data.get("drill") if self.route.lane == DRILL_LANE else None
        return UUID(str(value)) if value else None

    @property
    def notice_id(self) -> UUID | None:
        """Return the notice it speaks of, if any."""
        value = self.draft.data.get("notice_id") if self.route.lane == NOTICE_LANE else None
        return UUID(str(value)) if value else None


def plan(drafts: list[Draft]) -> Finish | None:
    """Look up who must hear of some facts; return what writes their rows beside the events."""
    planned = [
        Planned(number, draft, route)
        for number, draft in enumerate(drafts)
        if (route := route_of(draft.kind)) is not None
    ]
    for one in planned:
        if one.draft.kind in ANSWERS and one.draft.actor is not None:
            note_answered(
                assignment=one.draft.assignment, person=one.draft.actor, now=one.draft.recorded_at
            )
    if not planned:
        return None
    now = planned[0].draft.recorded_at
    _find_people(planned, now)
    _keep_quiet(planned, now)
    plans = standing_plans({one.draft.kind for one in planned}, now=now)
    due = _first_attempts(planned, now)

    def write(events: list[IncidentEvent]) -> None:
        Delivery.objects.bulk_create(
            [
                _delivery(one, events[one.number], person_id, due.get((one.number, person_id)))
                for one in planned
                for person_id in sorted(one.people)
            ]
        )
        ladders = (_ladder(one, events[one.number], plans.get(one.draft.kind)) for one in planned)
        Ladder.objects.bulk_create([ladder for ladder in ladders if ladder is not None])

    return write


def _find_people(planned: list[Planned], now: datetime) -> None:
    notices = {
        one.notice_id
        for one in planned
        if one.route.audience is Audience.OFFICIALS and one.notice_id is not None
    }
    heads = first_told(notices, now=now) if notices else {}
    others = told_before(notices, now=now) if notices else {}
    for one in planned:
        if one.route.audience is Audience.OFFICIALS and one.notice_id is not None:
            told = heads.get(one.notice_id, set()) | others.get(one.notice_id, set())
            one.people = dict.fromkeys(told)
        elif one.route.audience is Audience.NAMED:
            assignment = one.draft.assignment
            one.people = dict.fromkeys(
                one.draft.data["people"], assignment.pk if assignment else None
            )
        else:
            one.people = _crew(one.draft, one.route)


def _crew(draft: Draft, route: Route) -> dict[int, UUID | None]:
    crew = AssignmentCrew.objects.filter(user__is_active=True)
    if route.audience is Audience.CREW:
        crew = crew.filter(assignment=draft.assignment)
    else:
        crew = crew.filter(
            assignment__incident=draft.incident, assignment__state__in=OPEN_ASSIGNMENT_STATES
        )
    return dict(crew.order_by("user_id").values_list("user_id", "assignment_id"))


def _keep_quiet(planned: list[Planned], now: datetime) -> None:
    """Hold back what is not urgent until the quiet hours are over. An assignment always is."""
    patient = [
        one for one in planned if one.route.lane == NOTICE_LANE and not _is_urgent(one.draft)
    ]
    if not patient:
        return
    try:
        hours = read_quiet_hours(settings.GERAK_QUIET_HOURS)
    except BadQuietHours:  # the system check refuses it; a running server tells rather than hides
        hours = None
    until = quiet_until(now, hours)
    for one in patient:
        one.quiet_until = until


def _is_urgent(draft: Draft) -> bool:
    if draft.kind in ("notice.withdrawn", "notice.closed") or draft.incident is None:
        return False
    return draft.incident.priority <= NOTICES.urgent_priority


def _first_attempts(planned: list[Planned], now: datetime) -> dict[tuple[int, int], datetime]:
    """Return (fact, person) → when their first push is due, for the facts that are pushed."""
    pushed = [one for one in planned if one.route.pushes and one.people]
    if not pushed:
        return {}
    online = _online_until({person for one in pushed for person in one.people})
    not_before = _not_before([one for one in pushed if one.notice_id], now)
    return {
        (one.number, person): first_attempt_at(
            now=now,
            online_until=online.get(person),
            not_before=not_before.get((one.number, person)),
        )
        for one in pushed
        for person in one.people
    }


def _not_before(notices: list[Planned], now: datetime) -> dict[tuple[int, int], datetime]:
    """Return (fact, person) → before when no push about it may reach them, at once for all."""
    together: dict[datetime | None, set[int]] = {}
    for one in notices:
        together.setdefault(one.quiet_until, set()).update(one.people)
    paced = {until: _paced(people, until, now) for until, people in together.items()}
    return {
        (one.number, person): paced[one.quiet_until][person]
        for one in notices
        for person in one.people
        if person in paced[one.quiet_until]
    }


def _paced(people: set[int], quiet: datetime | None, now: datetime) -> dict[int, datetime]:
    """Return person → the moment that the quiet hours, or the pace of an office, allow a push.

    A push about an older notice that still waits is given up for this one: both say "look". One
    that is held back until morning never silences one that may come now.
    """
    pace = timedelta(seconds=NOTICES.office_pace_s)
    rows = Delivery.objects.filter(person_id__in=people, lane=NOTICE_LANE)
    waiting = rows.filter(
        Q(lease_until=None) | Q(lease_until__lte=now),
        attempts_made=0,
        next_attempt_at__isnull=False,
    )
    if quiet is not None:
        waiting = waiting.filter(next_attempt_at__gte=quiet)
    locked = waiting.select_for_update(of=("self",), no_key=True).order_by("pk")
    given_up = list(locked.values_list("pk", "person_id", "next_attempt_at"))
    Delivery.objects.filter(pk__in=[pk for pk, _, _ in given_up]).update(next_attempt_at=None)
    if quiet is not None:
        return dict.fromkeys(people, quiet)
    not_before: dict[int, datetime] = {}
    for _pk, person, at in given_up:
        if at is not None and at <= now + pace:
            not_before[person] = max(at, not_before.get(person, now))
    recent = rows.filter(attempts_made__gt=0, planned_at__gt=now - pace)
    for person, at in recent.values_list("person_id").annotate(newest=Max("planned_at")):
        not_before[person] = max(at + pace, not_before.get(person, now))
    return not_before


def _online_until(people: set[int]) -> dict[int, Any]:
    """Return until when each person's last live socket counts as live."""
    rows = (
        Device.objects.filter(
            user_id__in=people, revoked_at=None, signed_out_at=None, online_until__isnull=False
        )
        .values("user_id")
        .annotate(until=Max("online_until"))
        .values_list("user_id", "until")
    )
    return dict(rows)


def _delivery(
    one: Planned, event: IncidentEvent, person_id: int, next_attempt_at: datetime | None
) -> Delivery:
    return Delivery(
        event=event,
        person_id=person_id,
        assignment_id=None if one.alert_id else one.people[person_id],
        notice_id=one.notice_id,
        alert_id=one.alert_id,
        drill_id=one.drill_id,
        lane=one.route.lane,
        planned_at=event.recorded_at,
        next_attempt_at=next_attempt_at,
    )


def _ladder(one: Planned, event: IncidentEvent, plan: LadderPlan | None) -> Ladder | None:
    """Return the ladder of one fact; None where its plan holds nothing beyond the pushes.

    A unit without crew has one: somebody must hear of it. A vacant office has none: it is known
    beforehand, and there is nobody to climb to.
    """
    if plan is None or (one.draft.assignment is None and not (one.notice_id and one.people)):
        return None
    own = own_steps(plan)
    if not own:
        return None
    started_at = max(event.recorded_at, one.quiet_until or event.recorded_at)
    return Ladder(
        event=event,
        plan=plan,
        assignment=one.draft.assignment,
        notice_id=one.notice_id,
        lane=one.route.lane,
        started_at=started_at,
        next_step_at=due_at(started_at=started_at, after_s=own[0].after_s),
    )


def own_steps(plan: LadderPlan) -> list[LadderStep]:
    """Return the steps that take a turn of their own, in order.

    The socket, the pushes, and a second phone that is tried from the start need none.
    """
    return [step for step in plan.steps.all() if takes_a_turn(step.channel, step.after_s)]
