"""Samples of the intervals of calls, assignments and notices, case by case.

What is left out is left out by a named rule. Those of a whole incident: incident_cases.py. Pure.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from incidents.reports.definitions import Interval
from incidents.reports.incident_cases import NO_RING_KNOWN
from incidents.reports.samples import UNCERTAIN, Instant, Outcome, Sample, exact, measure
from incidents.story import AssignmentStory, CallStory, IncidentStory, NoticeStory

# Why a case stands outside an interval; each has its own count beside the figures.
TEST_CALL = "test_call"
ABANDONED = "abandoned_by_caller"
CANCELLED = "cancelled_before_goal"
DECLINED = "declined"
SENT_AGAIN = "sent_again"  # the next assignment of the crew takes over what this one ran
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
LEFT = {"cancelled": CANCELLED, "declined": DECLINED}
UNPROVEN = ("indeterminate", "unverifiable")


def sample_of_call(call: CallStory, interval: Interval, as_of: datetime) -> Sample:
    """Return what one ring says of I1. One called a test only afterwards is a call like others."""
    case = str(call.key)
    if call.call_class == "test" and not call.revisions:
        return Sample(case, Outcome.EXCLUDED, reason=TEST_CALL)
    if "ringing" not in call.times:
        return Sample(case, Outcome.EXCLUDED, reason=NO_RING_KNOWN)
    if "abandoned" in call.times and "answered" not in call.times:
        return Sample(case, Outcome.EXCLUDED, reason=ABANDONED)
    return measure(
        case,
        Instant.exact(call.times["ringing"], "exchange"),
        exact(call.times.get("answered"), "exchange"),
        goal_s=interval.goal_s,
        over="ended" in call.times,
        as_of=as_of,
    )


def sample_of_assignment(
    assignment: AssignmentStory, interval: Interval, as_of: datetime, *, goal_s: float | None
) -> Sample:
    """Return what one assignment says of its own intervals.

    A crew that is called off or declines, and is sent to the same case again, starts no clock anew:
    what it had spent is carried over.
    """
    case = f"{assignment.unit} · {str(assignment.key)[:8]}"
    carried_s = _carried_s(assignment, interval, as_of, goal_s=goal_s)
    start, end = instant_of(assignment, interval.start), instant_of(assignment, interval.end)
    if start is not None and carried_s:
        start = Instant.exact(start.at - timedelta(seconds=carried_s))
    if interval.code == "I6":
        since = start or Instant.exact(assignment.dispatched_at)
        sample = _movement(assignment, case, as_of, interval=interval, start=since)
    else:
        sample = _step(assignment, case, interval, as_of, goal_s=goal_s, start=start, end=end)
    return replace(sample, carried_s=carried_s)


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
        exact(min(known, default=notice.issued_at)),
        exact(notice.read_at, "official"),
        goal_s=interval.goal_s,
        over=False,
        as_of=as_of,
    )


def _step(
    assignment: AssignmentStory,
    case: str,
    interval: Interval,
    as_of: datetime,
    *,
    goal_s: float | None,
    start: Instant | None,
    end: Instant | None,
) -> Sample:
    """Return any interval but I6, whose end is a step that somebody took."""
    over = bool(assignment.ended)
    if interval.end == "destination" and "departed" not in assignment.steps:
        return Sample(case, Outcome.EXCLUDED, reason=NO_TRANSPORT)
    if end is None and assignment.ended in LEFT:
        left = _left(assignment, case, interval, as_of, goal_s=goal_s, start=start)
        if left is not None:
            return left
        over = start is None  # called off after its goal: it had failed by then
    if end is None and interval.end == "depart":
        end = assignment.steps.get("completed")
    return measure(case, start, end, goal_s=goal_s, over=over, as_of=as_of, signed=interval.signed)


def _carried_s(
    assignment: AssignmentStory, interval: Interval, as_of: datetime, *, goal_s: float | None
) -> float:
    """Return how long the same crew had been sent to this case before, without an outcome."""
    before = assignment.again_of
    if before is None or interval.start != "dispatch":
        return 0.0
    earlier = sample_of_assignment(before, interval, as_of, goal_s=goal_s)
    if earlier.outcome != Outcome.EXCLUDED:
        return 0.0
    ran_s = (before.steps[before.ended].at - before.dispatched_at).total_seconds()
    return earlier.carried_s + ran_s


def _movement(
    assignment: AssignmentStory, case: str, as_of: datetime, *, interval: Interval, start: Instant
) -> Sample:
    """Return I6 as the verdict has it: whoever never moved has missed the target."""
    moved, goal_s = assignment.moved_at, _goal_s(assignment)
    outcome = HELD.get(assignment.verdict)
    if outcome == Outcome.PASS and start.at != assignment.dispatched_at:
        return measure(case, start, moved, goal_s=goal_s, over=True, as_of=as_of)
    if outcome is not None:
        value = (moved.at - start.at).total_seconds() if moved else None
        return Sample(case, outcome, value, censored=outcome == Outcome.FAIL and value is None)
    if assignment.ended in LEFT:
        left = _left(assignment, case, interval, as_of, goal_s=goal_s, start=start)
        if left is not None:
            return left
    if assignment.verdict in UNPROVEN:
        return Sample(case, Outcome.INDETERMINATE, reason=assignment.verdict_reason)
    return Sample(case, Outcome.OPEN)


def _goal_s(assignment: AssignmentStory) -> float | None:
    if assignment.move_by is None:
        return None
    return (assignment.move_by - assignment.dispatched_at).total_seconds()


def _left(
    assignment: AssignmentStory,
    case: str,
    interval: Interval,
    as_of: datetime,
    *,
    goal_s: float | None,
    start: Instant | None,
) -> Sample | None:
    """Return why an assignment that was called off or declined stands outside; None if it stays.

    Called off after the goal had passed it stays: it had failed by then. Where that rests on a
    phone's word whose bounds enclose the goal, neither is proven.
    """
    ended = assignment.steps.get(assignment.ended) or Instant.exact(as_of)
    since = start.at if start else assignment.dispatched_at
    if goal_s is not None:
        if (ended.low - since).total_seconds() > goal_s:
            return None
        if (ended.high - since).total_seconds() > goal_s:
            return Sample(case, Outcome.INDETERMINATE, reason=UNCERTAIN)
    goes_on = assignment.sent_again and interval.start == "dispatch"
    return Sample(case, Outcome.EXCLUDED, reason=SENT_AGAIN if goes_on else LEFT[assignment.ended])
