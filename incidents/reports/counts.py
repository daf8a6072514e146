"""What is counted for a report: calls, incidents, and the presses that a phone dated. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo

from incidents.reports.definitions import LATE_PRESS_S
from incidents.reports.figures import nearest_rank
from incidents.story import AssignmentStory, CallStory, IncidentStory

UNCLASSIFIED = "open"


@dataclass(frozen=True)
class CallFigures:
    """Rings and their one final class. `by_class` has every class and `open`; sums to `rings`.

    told_late: those that count an hour before they were told of, not when they began.
    """

    rings: int
    by_class: dict[str, int]
    by_taker: dict[int | None, dict[str, int]]
    by_day: dict[str, dict[str, int]]
    answered: int
    abandoned: int
    revised: int
    told_late: int

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
class ClaimFigures:
    """Presses dated by a phone's own word, and how long after it they reached us, in seconds.

    waited: those that came more than LATE_PRESS_S later; alone: of these, how many rest on the
    phone's word alone, since nothing bounded its clock.
    """

    presses: int
    waited: int
    alone: int
    p90_s: float | None
    longest_s: float | None


def call_figures(calls: list[CallStory], class_names: Iterable[str], zone: tzinfo) -> CallFigures:
    """Count calls. class_names: every class there is, so that a zero is shown."""
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
        told_late=sum(call.told_late for call in calls),
    )


def incident_figures(incidents: list[IncidentStory], left_out: int) -> IncidentFigures:
    """Count incidents. left_out: how many open ones the scope left out."""
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


def claim_figures(assignments: list[AssignmentStory]) -> ClaimFigures:
    """Measure how long the presses of some assignments waited."""
    steps = [step for one in assignments for step in one.steps.values()]
    claims = [step.claim for step in steps if step.claim is not None]
    waits = sorted(claim.waited_s for claim in claims)
    late = [claim for claim in claims if claim.waited_s > LATE_PRESS_S]
    return ClaimFigures(
        presses=len(claims),
        waited=len(late),
        alone=sum(not claim.bounded for claim in late),
        p90_s=nearest_rank(waits, 0.90),
        longest_s=waits[-1] if waits else None,
    )
