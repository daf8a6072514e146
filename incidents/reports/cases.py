"""Samples of every interval, case by case. What is left out is left out by a named rule. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from incidents.reports.definitions import Interval
from incidents.reports.samples import Instant, Outcome, Sample, measure
from incidents.story import (
    AssignmentStory,
    CallStory,
    IncidentStory,
    NoticeStory,
)

# Why a case stands outside an interval; each has its own count beside the figures.
TEST_CALL = "test_call"
ABANDONED = "abandoned_by_caller"
NO_RING_KNOWN = "no_ring_known"  # entered at the desk: no exchange told when it rang
CANCELLED = "cancelled_before_goal"
DECLINED = "declined"
MERGED = "merged_into_another"
NOBODY_SENT = "closed_without_a_unit"
NO_FAILURE = "no_failed_assignment"
NO_TRANSPORT = "no_transport"
WITHDRAWN = "withdrawn"

STEP_OF = {
    "delivered": "delivered",
    "ack": "acknowledged",
    "enroute": "en_route",
    "arrive": "on_scene",
    "action": "first_action",
    "depart": "departed",
    "destination": "at_destination",
}
HELD = {"moved": Outcome.PASS, "moved_late": Outcome.FAIL, "stationary": Outcome.FAIL}
UNPROVEN = ("indeterminate", "unverifiable")


def sample_of_call(call: CallStory, interval: Interval, as_of: datetime) -> Sample:
    """Return what one ring says of I1."""
    case = str(call.key)
    if call.call_class == "test":
        return Sample(case, Outcome.EXCLUDED, reason=TEST_CALL)
    if "ringing" not in call.times:
        return Sample(case, Outcome.EXCLUDED, reason=NO_RING_KNOWN)
    if "abandoned" in call.times and "answered" not in call.times:
        return Sample(case, Outcome.EXCLUDED, reason=ABANDONED)
    return measure(
        case,
        Instant.exact(call.times["ringing"], "exchange"),
        _exact(call.times.get("answered"), "exchange"),
        goal_s=interval.goal_s,
        over="ended" in call.times,
        as_of=as_of,
    )


def sample_of_incident(
    incident: IncidentStory, interval: Interval, as_of: datetime, *, calls: list[CallStory]
) -> Sample:
    """Return what one incident says of I2, I9, I10 or I15.

    calls: its own and those of every incident merged into it: the clock starts at the earliest.
    """
    case = incident.number
    if incident.merged_into is not None:
        return Sample(case, Outcome.EXCLUDED, reason=MERGED)
    over = incident.is_over
    if over and not incident.assignments:
        return Sample(case, Outcome.EXCLUDED, reason=NOBODY_SENT)
    if interval.code == "I15":
        return _recovery(incident, interval, as_of, over=over)
    name = "ringing" if interval.start == "ring" else "answered"
    known = [call.times[name] for call in calls if name in call.times]
    if not known and name == "ringing":
        return Sample(case, Outcome.EXCLUDED, reason=NO_RING_KNOWN)
    return measure(
        case,
        _exact(min(known, default=None), "exchange"),
        _incident_end(incident, interval.end),
        goal_s=interval.goal_s,
        over=over,
        as_of=as_of,
    )


def sample_of_assignment(
    assignment: AssignmentStory, interval: Interval, as_of: datetime, *, goal_s: float | None
) -> Sample:
    """Return what one assignment says of its own intervals."""
    case = f"{assignment.unit} · {str(assignment.key)[:8]}"
    end = instant_of(assignment, interval.end)
    if interval.code == "I6":
        return _movement(assignment, case, as_of)
    if interval.end == "destination" and "departed" not in assignment.steps:
        return Sample(case, Outcome.EXCLUDED, reason=NO_TRANSPORT)
    if end is None and assignment.ended in ("cancelled", "declined"):
        rule = _left(assignment, goal_s, as_of)
        if rule:
            return Sample(case, Outcome.EXCLUDED, reason=rule)
    if end is None and interval.end == "depart":
        end = assignment.steps.get("completed")
    return measure(
        case,
        instant_of(assignment, interval.start),
        end,
        goal_s=goal_s,
        over=bool(assignment.ended),
        as_of=as_of,
        signed=interval.signed,
    )


def instant_of(assignment: AssignmentStory, name: str) -> Instant | None:
    """Return a named instant of an assignment; None where it has not been, or is not known."""
    if name == "dispatch":
        return Instant.exact(assignment.dispatched_at)
    if name == "move":
        return assignment.moved_at
    if name == "clear":
        return assignment.steps.get("completed")
    return assignment.steps.get(STEP_OF.get(name, ""))


def sample_of_notice(
    incident: IncidentStory, notice: NoticeStory, interval: Interval, as_of: datetime
) -> Sample:
    """Return I16 of one office: from the first classification as an emergency to the first read."""
    case = f"{incident.number} · {notice.office}"
    if notice.withdrawn and notice.read_at is None:
        return Sample(case, Outcome.EXCLUDED, reason=WITHDRAWN)
    known = [call.classified_at for call in incident.calls if call.classified_at is not None]
    return measure(
        case,
        _exact(min(known, default=notice.issued_at)),
        _exact(notice.read_at, "official"),
        goal_s=interval.goal_s,
        over=False,
        as_of=as_of,
    )


def all_calls(incident: IncidentStory, merged: Iterable[IncidentStory]) -> list[CallStory]:
    """Return the calls of an incident and of all that were merged into it."""
    return [*incident.calls, *(call for other in merged for call in other.calls)]


def _movement(assignment: AssignmentStory, case: str, as_of: datetime) -> Sample:
    """Return I6 as the verdict has it: whoever never moved has missed the target."""
    moved = assignment.moved_at
    value = (moved.at - assignment.dispatched_at).total_seconds() if moved else None
    outcome = HELD.get(assignment.verdict)
    if outcome is not None:
        return Sample(case, outcome, value, censored=outcome == Outcome.FAIL and value is None)
    if assignment.ended in ("cancelled", "declined"):
        goal_s = _goal_s(assignment)
        rule = _left(assignment, goal_s, as_of)
        if rule:
            return Sample(case, Outcome.EXCLUDED, reason=rule)
    if assignment.verdict in UNPROVEN:
        return Sample(case, Outcome.INDETERMINATE, reason=assignment.verdict_reason)
    return Sample(case, Outcome.OPEN)


def _goal_s(assignment: AssignmentStory) -> float | None:
    if assignment.move_by is None:
        return None
    return (assignment.move_by - assignment.dispatched_at).total_seconds()


def _left(assignment: AssignmentStory, goal_s: float | None, as_of: datetime) -> str:
    """Return the rule by which an assignment that was called off stands outside; "" if it stays.

    Called off after the goal had passed it stays: it had failed by then.
    """
    ended = assignment.steps.get(assignment.ended)
    lasted = (ended.at if ended else as_of) - assignment.dispatched_at
    if goal_s is not None and lasted > timedelta(seconds=goal_s):
        return ""
    return CANCELLED if assignment.ended == "cancelled" else DECLINED


def _incident_end(incident: IncidentStory, name: str) -> Instant | None:
    if name == "first_dispatch":
        sent = [one.dispatched_at for one in incident.assignments]
        return _exact(min(sent, default=None))
    arrived = [one.steps["on_scene"] for one in incident.assignments if "on_scene" in one.steps]
    if name == "first_arrive":
        return min(arrived, key=lambda one: one.at, default=None)
    acted = [
        one.steps["first_action"] for one in incident.assignments if "first_action" in one.steps
    ]
    if not arrived or not acted:
        return None
    first_arrived = min(arrived, key=lambda one: one.at)
    first_acted = min(acted, key=lambda one: one.at)
    return max(first_arrived, first_acted, key=lambda one: one.at)


def _recovery(
    incident: IncidentStory, interval: Interval, as_of: datetime, *, over: bool
) -> Sample:
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
        _exact(min(after, default=None)),
        goal_s=interval.goal_s,
        over=over,
        as_of=as_of,
    )


def _exact(at: datetime | None, source: str = "system") -> Instant | None:
    return None if at is None else Instant.exact(at, source)
