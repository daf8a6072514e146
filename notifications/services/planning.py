"""Plan who hears of the facts of one change: their delivery rows, and the ladders they climb.

Everything that is looked up is looked up before the journal's counter is taken, in a number of
queries that does not grow with the facts; what comes after it is two bulk inserts.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from incidents.journal import Draft
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import AssignmentCrew, IncidentEvent
from notifications.audience import Audience, Route, route_of
from notifications.ladder_rules import due_at, takes_a_turn
from notifications.models import Delivery, Ladder, LadderPlan, LadderStep
from notifications.selectors import first_told, told_before
from notifications.services.answers import note_answered
from notifications.services.pacing import first_attempts, keep_quiet
from notifications.services.planned import Planned
from notifications.services.plans import standing_plans
from responders.ingest.rows import insert_rows

# The crew's own steps: whoever takes one has the alarm in hand.
ANSWERS = {
    f"assignment.{step}"
    for step in ("acknowledged", "en_route", "on_scene", "completed", "declined")
}
_DELIVERY = (
    "event_id",
    "person_id",
    "assignment_id",
    "notice_id",
    "alert_id",
    "drill_id",
    "lane",
    "planned_at",
    "next_attempt_at",
    "attempts_made",
    "fence",
)
Finish = Callable[[list[IncidentEvent]], None]


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
    keep_quiet(planned, now)
    plans = standing_plans({one.draft.kind for one in planned}, now=now)
    due = first_attempts(planned, now)

    def write(events: list[IncidentEvent]) -> None:
        rows = [
            _delivery(one, events[one.number], person_id, due.get((one.number, person_id)))
            for one in planned
            for person_id in sorted(one.people)
        ]
        insert_rows(Delivery, _DELIVERY, rows)
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


def _delivery(
    one: Planned, event: IncidentEvent, person_id: int, next_attempt_at: datetime | None
) -> tuple[Any, ...]:
    return (
        event.seq,
        person_id,
        None if one.alert_id else one.people[person_id],
        one.notice_id,
        one.alert_id,
        one.drill_id,
        one.route.lane,
        event.recorded_at,
        next_attempt_at,
        0,
        0,
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
