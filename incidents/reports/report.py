"""A report: counts, intervals and breaches of one period, as known at one point of the journal.

Every case counts in the period in which it began. The same facts, scope and definitions make the
same report. Holds no name and no number of anybody. Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from uuid import UUID

from incidents.reports import cases
from incidents.reports.definitions import INTERVALS, VERSION, Interval
from incidents.reports.figures import Figures, draw
from incidents.reports.samples import Outcome, Sample
from incidents.story import AssignmentStory, CallStory, IncidentStory, Story

UNCLASSIFIED = "open"


@dataclass(frozen=True)
class Scope:
    """What a report is about. start (included) and end (excluded): aware; "" filters nothing.

    area: a code; a kecamatan's takes in its kelurahan. closed_only leaves open incidents out, and
    the report then says how many.
    """

    start: datetime
    end: datetime
    as_of: datetime
    zone: tzinfo
    agency: str = ""
    area: str = ""
    type: str = ""
    closed_only: bool = False

    def holds(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.end


@dataclass(frozen=True)
class CallFigures:
    """Rings and their one final class. `by_class` has every class and `open`; sums to `rings`."""

    rings: int
    by_class: dict[str, int]
    by_taker: dict[int | None, dict[str, int]]
    by_day: dict[str, dict[str, int]]
    answered: int
    abandoned: int
    revised: int

    @property
    def reconciles(self) -> bool:
        """Say whether classes, call takers and days each add up to the rings."""
        takers = sum(sum(row.values()) for row in self.by_taker.values())
        days = sum(sum(row.values()) for row in self.by_day.values())
        return self.rings == sum(self.by_class.values()) == takers == days


@dataclass(frozen=True)
class IncidentFigures:
    total: int
    left_open_out: int
    by_type: dict[str, int]
    by_agency: dict[str, int]
    by_area: dict[str, int]
    by_priority: dict[int, int]
    by_end: dict[str, int]


@dataclass(frozen=True)
class Breach:
    """One assignment that missed the ten minutes: what its proof is asked for by."""

    assignment: UUID
    incident: UUID
    unit: str
    agency: str
    dispatched_at: datetime
    move_by: datetime | None
    moved_at: datetime | None
    verdict: str


@dataclass(frozen=True)
class Report:
    """first_seq to last_seq: the journal's rows it was drawn from; chain: the hash at the last.

    behind: how many newer rows the copy that it was read from had not received yet. copy_failed:
    the copy could not be read from, so that the one database was.
    """

    version: str
    scope: Scope
    first_seq: int
    last_seq: int
    chain: str
    calls: CallFigures
    incidents: IncidentFigures
    intervals: dict[str, Figures]
    breaches: list[Breach]
    goals: dict[str, Interval] = field(default_factory=dict)
    behind: int = 0
    copy_failed: bool = False


def build_report(
    story: Story,
    scope: Scope,
    *,
    first_seq: int,
    last_seq: int,
    chain: str,
    class_names: Iterable[str],
    goals: Mapping[str, Interval] = INTERVALS,
) -> Report:
    """Draw a report from a story. class_names: every class there is, so that a zero is shown."""
    calls = [call for call in story.calls.values() if scope.holds(call.began_at)]
    found = [one for one in story.incidents.values() if _in_scope(one, scope)]
    kept = [one for one in found if not scope.closed_only or one.is_over]
    assignments = [
        one for one in _assignments(kept) if not scope.agency or one.agency == scope.agency
    ]
    samples = _samples(calls, kept, assignments, story, scope, goals)
    return Report(
        version=VERSION,
        scope=scope,
        first_seq=first_seq,
        last_seq=last_seq,
        chain=chain,
        calls=_call_figures(calls, class_names, scope.zone),
        incidents=_incident_figures(kept, len(found) - len(kept)),
        intervals={code: draw(samples[code]) for code in goals},
        breaches=_breaches(assignments, scope.as_of),
        goals=dict(goals),
    )


def _in_scope(incident: IncidentStory, scope: Scope) -> bool:
    if not scope.holds(incident.opened_at):
        return False
    if scope.type and incident.type != scope.type:
        return False
    if scope.area and not any(within(code, scope.area) for code in incident.areas):
        return False
    return not scope.agency or any(one.agency == scope.agency for one in incident.assignments)


def within(code: str, area: str) -> bool:
    """Say whether an area's code is another's, or lies in it: 13.72.01.1004 in 13.72.01."""
    return code == area or code.startswith(f"{area}.")


def _assignments(incidents: list[IncidentStory]) -> list[AssignmentStory]:
    return [one for incident in incidents for one in incident.assignments]


def _samples(
    calls: list[CallStory],
    incidents: list[IncidentStory],
    assignments: list[AssignmentStory],
    story: Story,
    scope: Scope,
    goals: Mapping[str, Interval],
) -> dict[str, list[Sample]]:
    merged: dict[UUID, list[IncidentStory]] = defaultdict(list)
    for one in story.incidents.values():
        if one.merged_into:
            merged[one.merged_into].append(one)
    whole = {one.key: cases.all_calls(one, _below(one, merged)) for one in incidents}
    as_of = scope.as_of
    drawn: dict[str, list[Sample]] = {}
    for code, interval in goals.items():
        if interval.level == "call":
            drawn[code] = [cases.sample_of_call(call, interval, as_of) for call in calls]
        elif interval.level == "incident":
            drawn[code] = [
                cases.sample_of_incident(one, interval, as_of, calls=whole[one.key])
                for one in incidents
            ]
        elif interval.level == "notice":
            drawn[code] = [
                cases.sample_of_notice(one, notice, interval, as_of)
                for one in incidents
                for notice in one.notices.values()
            ]
        else:
            drawn[code] = [
                cases.sample_of_assignment(one, interval, as_of, goal_s=interval.goal_s)
                for one in assignments
            ]
    return drawn


def _below(
    incident: IncidentStory, merged: Mapping[UUID, list[IncidentStory]]
) -> list[IncidentStory]:
    """Return every incident merged into this one, through however many steps."""
    found: list[IncidentStory] = []
    waiting = list(merged.get(incident.key, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.append(one)
            waiting.extend(merged.get(one.key, ()))
    return found


def _call_figures(calls: list[CallStory], class_names: Iterable[str], zone: tzinfo) -> CallFigures:
    by_class = dict.fromkeys([*class_names, UNCLASSIFIED], 0)
    by_taker: dict[int | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(by_class, 0))
    by_day: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(by_class, 0))
    for call in calls:
        name = call.call_class or UNCLASSIFIED
        by_class[name] += 1
        by_taker[call.taker][name] += 1
        if call.began_at is not None:
            by_day[call.began_at.astimezone(zone).date().isoformat()][name] += 1
    return CallFigures(
        rings=len(calls),
        by_class=by_class,
        by_taker=dict(sorted(by_taker.items(), key=lambda item: (item[0] is None, item[0] or 0))),
        by_day=dict(sorted(by_day.items())),
        answered=sum("answered" in call.times for call in calls),
        abandoned=sum("abandoned" in c.times and "answered" not in c.times for c in calls),
        revised=sum(call.revisions > 0 for call in calls),
    )


def _incident_figures(incidents: list[IncidentStory], left_out: int) -> IncidentFigures:
    agencies: Counter[str] = Counter()
    areas: Counter[str] = Counter()
    for incident in incidents:
        agencies.update({one.agency for one in incident.assignments})
        areas.update(set(incident.areas) or {""})
    return IncidentFigures(
        total=len(incidents),
        left_open_out=left_out,
        by_type=_counted(incident.type for incident in incidents),
        by_agency=dict(sorted(agencies.items())),
        by_area=dict(sorted(areas.items())),
        by_priority=dict(sorted(Counter(one.priority for one in incidents).items())),
        by_end=_counted(one.disposition or one.state for one in incidents),
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _breaches(assignments: list[AssignmentStory], as_of: datetime) -> list[Breach]:
    interval = INTERVALS["I6"]
    return [
        Breach(
            assignment=one.key,
            incident=one.incident,
            unit=one.unit,
            agency=one.agency,
            dispatched_at=one.dispatched_at,
            move_by=one.move_by,
            moved_at=one.moved_at.at if one.moved_at else None,
            verdict=one.verdict,
        )
        for one in sorted(assignments, key=lambda one: (one.dispatched_at, one.key))
        if cases.sample_of_assignment(one, interval, as_of, goal_s=None).outcome == Outcome.FAIL
    ]
