"""Samples of the intervals that an incident has as a whole: I2, I9, I10 and I15. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from incidents.reports.definitions import Interval
from incidents.reports.samples import Instant, Outcome, Sample, exact, measure
from incidents.story import CallStory, IncidentStory

# Why an incident stands outside an interval; each has its own count beside the figures.
NO_RING_KNOWN = "no_ring_known"  # entered at the desk: no exchange told when it rang
MERGED = "merged_into_another"
NOBODY_SENT = "closed_without_a_unit"
NO_FAILURE = "no_failed_assignment"
# The same, after the goal had passed: whoever put it aside then is counted apart.
PAST_GOAL = {MERGED: "merged_after_goal", NOBODY_SENT: "closed_without_a_unit_after_goal"}


def sample_of_incident(
    incident: IncidentStory, interval: Interval, as_of: datetime, *, calls: list[CallStory]
) -> Sample:
    """Return what one incident says of I2, I9, I10 or I15.

    calls: its own and those of every incident merged into it: the clock starts at the earliest. One
    that was itself merged stands outside, unless a unit had been sent to it: then it stays with
    what its own clock had shown by then.
    """
    if not incident.assignments and (incident.is_over or incident.merged_into):
        return _put_aside(incident, interval, calls)
    sample = _sample(incident, interval, incident.merged_at or as_of, calls)
    if incident.merged_into and sample.outcome == Outcome.OPEN:
        return Sample(incident.number, Outcome.EXCLUDED, reason=MERGED)
    return sample


def all_calls(incident: IncidentStory, merged: Iterable[IncidentStory]) -> list[CallStory]:
    """Return the calls of an incident and of all that were merged into it."""
    return [*incident.calls, *(call for other in merged for call in other.calls)]


def _put_aside(incident: IncidentStory, interval: Interval, calls: list[CallStory]) -> Sample:
    """Return the named rule for one that was merged or closed while nobody had been sent."""
    rule = MERGED if incident.merged_into else NOBODY_SENT
    waited = measure(
        incident.number,
        _start(incident, interval, calls),
        None,
        goal_s=interval.goal_s,
        over=False,
        as_of=incident.merged_at or incident.closed_at or incident.opened_at,
    )
    reason = PAST_GOAL[rule] if waited.outcome == Outcome.FAIL else rule
    return Sample(incident.number, Outcome.EXCLUDED, reason=reason)


def _sample(
    incident: IncidentStory, interval: Interval, as_of: datetime, calls: list[CallStory]
) -> Sample:
    if interval.code == "I15":
        return _recovery(incident, interval, as_of)
    start = _start(incident, interval, calls)
    if start is None and interval.start == "ring":
        return Sample(incident.number, Outcome.EXCLUDED, reason=NO_RING_KNOWN)

    def until(end: Instant | None) -> Sample:
        return measure(
            incident.number,
            start,
            end,
            goal_s=interval.goal_s,
            over=incident.is_over,
            as_of=as_of,
        )

    end = _end(incident, interval.end, seen_alone=False)
    told = until(end)
    seen = _end(incident, interval.end, seen_alone=True)
    if end is None or seen is None or not end.inferred:
        return told
    # A word typed in afterwards takes nothing from what others have shown: a goal that they reached
    # is reached, and their time stays in the percentiles where the word alone would reach it.
    shown = until(seen)
    if shown.outcome == Outcome.FAIL:
        return replace(shown, outcome=told.outcome, reason=told.reason)
    return shown


def _start(incident: IncidentStory, interval: Interval, calls: list[CallStory]) -> Instant | None:
    name = "ringing" if interval.start == "ring" else "answered"
    start = exact(min(_times(calls, name), default=None), "exchange")
    if start is not None and min(_times(incident.left, name), default=start.at) < start.at:
        return replace(start, inferred=True)  # an earlier call was taken out: the clock was moved
    return start


def _times(calls: list[CallStory], name: str) -> list[datetime]:
    return [call.times[name] for call in calls if name in call.times]


def _end(incident: IncidentStory, name: str, *, seen_alone: bool) -> Instant | None:
    """Return when an incident reached an instant. seen_alone: leave out what was recalled."""
    if name == "first_dispatch":
        sent = [one.dispatched_at for one in incident.assignments]
        return exact(min(sent, default=None))
    arrived = _first(incident, "on_scene", seen_alone=seen_alone)
    if name == "first_arrive" or arrived is None:
        return arrived
    acted = _first(incident, "first_action", seen_alone=seen_alone)
    if acted is None:
        return None
    last = max(arrived, acted, key=lambda one: one.at)
    return replace(
        last,
        low=max(arrived.low, acted.low),
        high=max(arrived.high, acted.high),
        inferred=last.inferred or acted.inferred,  # to have arrived proves no action
    )


def _first(incident: IncidentStory, step: str, *, seen_alone: bool) -> Instant | None:
    """Return the first time a step was taken: no later than the latest that any can have been."""
    taken = [one.steps[step] for one in incident.assignments if step in one.steps]
    found = [one for one in taken if not (seen_alone and one.inferred)]
    if not found:
        return None
    first = min(found, key=lambda one: one.at)
    return replace(first, low=min(one.low for one in found), high=min(one.high for one in found))


def _recovery(incident: IncidentStory, interval: Interval, as_of: datetime) -> Sample:
    """Return I15: from the dispatch of a unit that declined to the dispatch of the next."""
    sent = sorted(incident.assignments, key=lambda one: one.dispatched_at)
    failed = next((one for one in sent if one.ended == "declined"), None)
    if failed is None:
        return Sample(incident.number, Outcome.EXCLUDED, reason=NO_FAILURE)
    refused_at = failed.steps["declined"].at
    after = [one.dispatched_at for one in sent if one.dispatched_at >= refused_at]
    return measure(
        incident.number,
        Instant.exact(failed.dispatched_at),
        exact(min(after, default=None)),
        goal_s=interval.goal_s,
        over=incident.is_over,
        as_of=as_of,
    )
