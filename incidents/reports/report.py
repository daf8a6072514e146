"""A report: counts, intervals and breaches of one period, as known at one point of the journal.

Every case counts in the period in which it began. The same facts, scope and definitions make the
same report. Holds no name and no number of anybody. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from uuid import UUID

from incidents.reports import cases, incident_cases
from incidents.reports.counts import (
    CallFigures,
    ClaimFigures,
    IncidentFigures,
    call_figures,
    claim_figures,
    incident_figures,
)
from incidents.reports.definitions import INTERVALS, VERSION, Interval
from incidents.reports.figures import Figures, draw
from incidents.reports.samples import Outcome, Sample
from incidents.story import AssignmentStory, CallStory, IncidentStory, Story


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
class Breach:
    """One assignment that missed the ten minutes: what its proof is asked for by.

    carried_s: what the same crew had spent on the case before it was called off and sent again.
    """

    assignment: UUID
    incident: UUID
    unit: str
    agency: str
    dispatched_at: datetime
    move_by: datetime | None
    moved_at: datetime | None
    verdict: str
    carried_s: float = 0.0


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
    claims: ClaimFigures
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
        calls=call_figures(calls, class_names, scope.zone),
        incidents=incident_figures(kept, len(found) - len(kept)),
        intervals={code: draw(samples[code]) for code in goals},
        claims=claim_figures(assignments),
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
    whole = {one.key: incident_cases.all_calls(one, _below(one, merged)) for one in incidents}
    as_of = scope.as_of
    drawn: dict[str, list[Sample]] = {}
    for code, interval in goals.items():
        if interval.level == "call":
            drawn[code] = [cases.sample_of_call(call, interval, as_of) for call in calls]
        elif interval.level == "incident":
            drawn[code] = [
                incident_cases.sample_of_incident(one, interval, as_of, calls=whole[one.key])
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


def _breaches(assignments: list[AssignmentStory], as_of: datetime) -> list[Breach]:
    interval, found = INTERVALS["I6"], []
    for one in sorted(assignments, key=lambda one: (one.dispatched_at, one.key)):
        sample = cases.sample_of_assignment(one, interval, as_of, goal_s=None)
        if sample.outcome == Outcome.FAIL:
            found.append(
                Breach(
                    assignment=one.key,
                    incident=one.incident,
                    unit=one.unit,
                    agency=one.agency,
                    dispatched_at=one.dispatched_at,
                    move_by=one.move_by,
                    moved_at=one.moved_at.at if one.moved_at else None,
                    verdict=one.verdict,
                    carried_s=sample.carried_s,
                )
            )
    return found
