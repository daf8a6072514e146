"""A report as the desk asks for it: which facts to read, up to where, and against which goals."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from incidents.lifecycle import CallClass
from incidents.reports.definitions import INTERVALS, Interval, with_target
from incidents.reports.report import Report, Scope, build_report
from incidents.selectors.report_facts import (
    facts_between,
    facts_later,
    hash_at,
    last_seq,
    seq_at,
    time_at,
)
from incidents.story import Story, tell

LOOK_BACK = timedelta(days=1)  # a ring told late by the exchange is dated before it was recorded


def month_of(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a day's month and of the next, in the city's zone."""
    zone = timezone.get_default_timezone()
    first = datetime(day.year, day.month, 1, tzinfo=zone)
    after = (first + timedelta(days=32)).replace(day=1)
    return first, after


def city_goals() -> dict[str, Interval]:
    """Return every interval with the goals this city has set: settings, GERAK_INTERVAL_GOALS_S."""
    own: dict[str, float] = {"I6": float(settings.GERAK_MOVEMENT_TARGET_S)}
    own |= settings.GERAK_INTERVAL_GOALS_S
    return {code: with_target(code, own[code]) if code in own else known
            for code, known in INTERVALS.items()}  # fmt: skip


def report_on(
    *,
    start: datetime,
    end: datetime,
    up_to_seq: int | None = None,
    agency: str = "",
    area: str = "",
    incident_type: str = "",
    closed_only: bool = False,
    goals: dict[str, Interval] | None = None,
) -> Report:
    """Draw the report on a period.

    up_to_seq: read the journal no further than that, so that a report made again says what it said;
    without it, to the end. What is still open is held against the last event's time, not against
    the clock: the same range makes the same report. goals: the intervals to draw, the city's by
    default.
    """
    last = last_seq() if up_to_seq is None else up_to_seq
    first = seq_at(start - LOOK_BACK) + 1
    as_of = max(time_at(last) or start, start)
    scope = Scope(
        start=start,
        end=end,
        as_of=as_of,
        zone=timezone.get_default_timezone(),
        agency=agency,
        area=area,
        type=incident_type,
        closed_only=closed_only,
    )
    return build_report(
        _story(scope, first, last),
        scope,
        first_seq=first,
        last_seq=last,
        chain=hash_at(last),
        class_names=CallClass.values,
        goals=city_goals() if goals is None else goals,
    )


def _story(scope: Scope, first: int, last: int) -> Story:
    """Read the period whole, and of what came later only what concerns its cases."""
    until = min(last, seq_at(scope.end + LOOK_BACK))
    story = tell(facts_between(first, until))
    if until == last:
        return story
    began = [key for key, one in story.incidents.items() if scope.holds(one.opened_at)]
    return tell(facts_later(until + 1, last, began), story)
