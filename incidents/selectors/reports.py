"""A report as the desk asks for it: which facts to read, up to where, and against which goals.

Where a city keeps a copy of the database for its reports, they are read there (deploy.md, Growing).
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from incidents.lifecycle import CallClass
from incidents.models import Incident
from incidents.reports.definitions import INTERVALS, Interval, with_target
from incidents.reports.report import Report, Scope, build_report
from incidents.reports_copy import has_copy, reading_the_copy
from incidents.selectors.copy_state import copy_state
from incidents.selectors.report_facts import (
    facts_between,
    facts_later,
    facts_of,
    hash_at,
    last_seq,
    seq_at,
    time_at,
)
from incidents.story import Story, tell

logger = logging.getLogger(__name__)

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
    default. Read from the reports' copy where there is one that holds what is asked; a report to
    the end then says how far the copy is behind, and one that the copy failed says that.
    """

    def draw(last: int) -> Report:
        scope = Scope(
            start=start,
            end=end,
            as_of=max(time_at(last) or start, start),
            zone=timezone.get_default_timezone(),
            agency=agency,
            area=area,
            type=incident_type,
            closed_only=closed_only,
        )
        return _drawn(scope, last, city_goals() if goals is None else goals)

    if not has_copy():
        return draw(last_seq() if up_to_seq is None else up_to_seq)
    try:
        return _drawn_from_the_copy(draw, up_to_seq)
    except (DatabaseError, InterfaceError, NotACopy) as error:
        logger.warning("the reports' copy cannot be read from, the one database is: %s", error)
        report = draw(last_seq() if up_to_seq is None else up_to_seq)
        return replace(report, copy_failed=True)


class NotACopy(Exception):
    """What stands at the copy's address holds another journal."""


def _drawn_from_the_copy(draw: Callable[[int], Report], up_to_seq: int | None) -> Report:
    """Draw from the copy; from the one database where the copy has not come that far.

    Raises NotACopy, and what the databases raise.
    """
    state = copy_state()
    if not state.is_ours:
        raise NotACopy(f"it holds another journal up to {state.there}")
    if up_to_seq is not None and up_to_seq > state.there:
        return draw(up_to_seq)
    with reading_the_copy():
        report = draw(state.there if up_to_seq is None else up_to_seq)
    return report if up_to_seq is not None else replace(report, behind=state.behind)


def _drawn(scope: Scope, last: int, goals: dict[str, Interval]) -> Report:
    first = seq_at(scope.start - LOOK_BACK) + 1
    return build_report(
        _story(scope, first, last),
        scope,
        first_seq=first,
        last_seq=last,
        chain=hash_at(last),
        class_names=CallClass.values,
        goals=goals,
    )


def _story(scope: Scope, first: int, last: int) -> Story:
    """Read the period whole, and of what came before or later only what concerns its cases."""
    until = min(last, seq_at(scope.end + LOOK_BACK))
    story = tell(facts_between(first, until))
    if until < last:
        began = [key for key, one in story.incidents.items() if scope.holds(one.opened_at)]
        waiting = [key for key, call in story.calls.items() if not call.call_class]
        story = tell(facts_later(until + 1, last, began, waiting), story)
    others = _merged_from_elsewhere(story)
    if others:
        story.incidents |= tell(facts_of(others, 1, last)).incidents
    return story


def _merged_from_elsewhere(story: Story) -> set[UUID]:
    """Return the incidents of another time that were merged into these: their calls start clocks.

    What had been merged into such a one before is told by the tables: the journal finds it by
    reading all of it alone.
    """
    found: set[UUID] = set()
    while True:
        told = {
            key for key, into in story.strangers.items() if into in found | set(story.incidents)
        }
        kept = Incident.objects.filter(merged_into__in=found | told).values_list("pk", flat=True)
        more = (told | set(kept)) - found - set(story.incidents)
        if not more:
            return found
        found |= more
