"""What each kind of fact does to a story, one function a kind. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from incidents.lifecycle import AssignmentState, IncidentState
from incidents.reports.definitions import LATE_PRESS_S
from incidents.reports.samples import Claim, Instant
from incidents.story.shapes import (
    AssignmentStory,
    CallStory,
    Fact,
    IncidentStory,
    NoticeStory,
    Story,
)

CANCELLED = "cancelled"
LATE_ENTRY_S = 60.0  # own choice: what is typed in later than this is recalled


def _incident(story: Story, fact: Fact) -> IncidentStory | None:
    return None if fact.incident is None else story.incidents.get(fact.incident)


def _assignment(story: Story, fact: Fact) -> AssignmentStory | None:
    return None if fact.assignment is None else story.assignments.get(fact.assignment)


def _ring(story: Story, fact: Fact) -> None:
    call = story.calls.setdefault(fact.data["call"], CallStory(fact.data["call"]))
    name = fact.kind.removeprefix("call.")
    call.times[name] = min(fact.happened_at, call.times.get(name, fact.happened_at))
    call.known_at = min(fact.recorded_at, call.known_at or fact.recorded_at)
    call.taker = call.taker or fact.data.get("agent")
    if name == "abandoned" and not call.call_class and "answered" not in call.times:
        call.call_class, call.classified_at = "unanswered", fact.recorded_at
    elif name == "answered" and call.call_class == "unanswered":
        call.call_class, call.classified_at = "", None


def _classified(story: Story, fact: Fact) -> None:
    call = story.calls.setdefault(fact.data["call"], CallStory(fact.data["call"]))
    call.known_at = call.known_at or fact.recorded_at
    call.revisions += bool(call.call_class)
    call.call_class = fact.data["class"]
    call.classified_at = fact.recorded_at
    call.taker = call.taker or fact.actor
    call.incident = fact.incident
    answered = fact.data.get("answered_at")
    if answered and "answered" not in call.times:
        call.times["answered"] = datetime.fromisoformat(answered)


def _left(story: Story, fact: Fact) -> None:
    incident, call = _incident(story, fact), story.calls.get(fact.data["call"])
    if incident is not None and call is not None and incident.assignments:
        incident.left.append(call)


def _opened(story: Story, fact: Fact) -> None:
    if fact.incident is None:
        return
    story.incidents[fact.incident] = IncidentStory(
        key=fact.incident,
        number=fact.data.get("number", ""),
        type=fact.data.get("type", ""),
        priority=fact.data.get("priority", 0),
        areas=list(fact.data.get("areas", [])),
        opened_at=fact.recorded_at,
        lat=fact.data.get("lat"),
        lon=fact.data.get("lon"),
    )


def _updated(story: Story, fact: Fact) -> None:
    incident = _incident(story, fact)
    if incident is None:
        return
    after = fact.data.get("after", {})
    incident.type = after.get("type", incident.type)
    incident.priority = after.get("priority", incident.priority)
    incident.areas = list(after.get("areas", incident.areas))
    incident.lat = after.get("lat", incident.lat)
    incident.lon = after.get("lon", incident.lon)


def _moved_to(state: str) -> "Part":
    def part(story: Story, fact: Fact) -> None:
        incident = _incident(story, fact)
        if incident is None:
            if state == IncidentState.MERGED and fact.incident is not None:
                story.strangers[fact.incident] = UUID(fact.data["into"])
            return
        incident.held = state
        ends = state in (IncidentState.CLOSED, IncidentState.CANCELLED)
        incident.disposition = fact.data.get("disposition", CANCELLED) if ends else ""
        incident.closed_at = fact.recorded_at if ends else None
        merges = state == IncidentState.MERGED
        incident.merged_into = UUID(fact.data["into"]) if merges else None
        incident.merged_at = fact.recorded_at if merges else None

    return part


def _reopened(story: Story, fact: Fact) -> None:
    _moved_to("")(story, fact)
    incident = _incident(story, fact)
    if incident is not None:
        incident.episode_at = fact.recorded_at


def _unmerged(story: Story, fact: Fact) -> None:
    """Let an incident stand where it stood: put aside if it was, else as its assignments say."""
    before = fact.data.get("before", "")
    _moved_to(before if before == IncidentState.ON_HOLD else "")(story, fact)


def _dispatched(story: Story, fact: Fact) -> None:
    incident = _incident(story, fact)
    if incident is None or fact.assignment is None:
        return
    move_by = fact.data.get("move_by")
    assignment = AssignmentStory(
        key=fact.assignment,
        incident=incident.key,
        unit=fact.data.get("unit", fact.unit),
        agency=fact.agency,
        dispatched_at=fact.happened_at,
        move_by=datetime.fromisoformat(move_by) if move_by else None,
    )
    of_unit = [one for one in incident.assignments if one.unit == assignment.unit]
    if of_unit and of_unit[-1].ended in ("cancelled", "declined"):
        assignment.again_of, of_unit[-1].sent_again = of_unit[-1], True
    story.assignments[fact.assignment] = assignment
    incident.assignments.append(assignment)


def _step(story: Story, fact: Fact) -> None:
    assignment = _assignment(story, fact)
    if assignment is None:
        return
    name = fact.kind.removeprefix("assignment.")
    assignment.steps.setdefault(name, _instant(fact, assignment))
    if name in AssignmentState.values:
        assignment.state = name
    if name in ("completed", "declined", "cancelled"):
        assignment.ended = name


def _instant(fact: Fact, assignment: AssignmentStory) -> Instant:
    """Return when a step was taken: by a doubtful clock, any time from dispatch to receipt."""
    source = fact.data.get("source", "system")
    if fact.data.get("clock") == "doubtful":
        return Instant(fact.happened_at, assignment.dispatched_at, fact.recorded_at, source)
    if source == "crew" and fact.data.get("claimed_at"):
        return _pressed(fact, assignment)
    recalled = (fact.recorded_at - fact.happened_at).total_seconds() > LATE_ENTRY_S
    inferred = source in ("system", "imported") and fact.data.get("inferred", False)
    inferred = inferred or (source == "dispatcher" and recalled)
    return Instant(fact.happened_at, fact.happened_at, fact.happened_at, source, bool(inferred))


def _pressed(fact: Fact, assignment: AssignmentStory) -> Instant:
    """Return a press as the phone dated it, within what its clock's bounds and our receipt allow.

    Where nothing bounds the clock, a press that came at once was made between its word and our
    receipt, and one that waited in the phone at any time since the dispatch.
    """
    at, received_at = fact.happened_at, fact.recorded_at
    low_s, high_s = fact.data.get("clock_offset_s") or (None, None)
    waited_s = max(0.0, (received_at - at).total_seconds())
    low = assignment.dispatched_at if waited_s > LATE_PRESS_S else at
    if low_s is not None:
        low = max(at + timedelta(seconds=low_s), assignment.dispatched_at)
    high = received_at
    if high_s is not None:
        high = min(at + timedelta(seconds=high_s), received_at)
    claim = Claim(waited_s, bounded=low_s is not None and high_s is not None)
    return Instant(at, min(low, at), max(high, at), "crew", claim=claim)


def _corrected(story: Story, fact: Fact) -> None:
    """Date a step anew; typed afterwards, so that no percentile takes it."""
    assignment = _assignment(story, fact)
    if assignment is not None:
        at = fact.happened_at
        assignment.steps[fact.data["step"]] = Instant(at, at, at, "dispatcher", inferred=True)


def _judged(story: Story, fact: Fact) -> None:
    assignment = _assignment(story, fact)
    if assignment is None:
        return
    assignment.judgements += 1
    assignment.verdict = fact.data["verdict"]
    assignment.verdict_reason = fact.data.get("reason", "")
    assignment.moved_at = _moved(fact.data)


def _moved(data: dict[str, Any]) -> Instant | None:
    if not data.get("moved_at"):
        return None
    at = datetime.fromisoformat(data["moved_at"])
    low = datetime.fromisoformat(data["moved_at_low"]) if data.get("moved_at_low") else at
    high = datetime.fromisoformat(data["moved_at_high"]) if data.get("moved_at_high") else at
    return Instant(at, min(low, at), max(high, at), "gps")


def _noticed(story: Story, fact: Fact) -> None:
    incident = _incident(story, fact)
    if incident is None:
        return
    key = fact.data["notice_id"]
    new = NoticeStory(key, fact.data.get("office", ""), fact.recorded_at)
    notice = incident.notices.setdefault(key, new)
    if fact.kind == "notice.read":
        notice.read_at = notice.read_at or fact.happened_at
    notice.withdrawn = fact.kind == "notice.withdrawn"


Part = Callable[[Story, Fact], None]
PARTS: dict[str, Part] = {
    "call.ringing": _ring,
    "call.answered": _ring,
    "call.ended": _ring,
    "call.abandoned": _ring,
    "call.classified": _classified,
    "call.left": _left,
    "incident.opened": _opened,
    "incident.updated": _updated,
    "incident.closed": _moved_to(IncidentState.CLOSED),
    "incident.cancelled": _moved_to(IncidentState.CANCELLED),
    "incident.held": _moved_to(IncidentState.ON_HOLD),
    "incident.resumed": _moved_to(""),
    "incident.reopened": _reopened,
    "incident.merged": _moved_to(IncidentState.MERGED),
    "incident.unmerged": _unmerged,
    "assignment.dispatched": _dispatched,
    "assignment.delivered": _step,
    "assignment.acknowledged": _step,
    "assignment.en_route": _step,
    "assignment.on_scene": _step,
    "assignment.first_action": _step,
    "assignment.departed": _step,
    "assignment.at_destination": _step,
    "assignment.completed": _step,
    "assignment.declined": _step,
    "assignment.cancelled": _step,
    "assignment.corrected": _corrected,
    "movement.judged": _judged,
    "notice.issued": _noticed,
    "notice.updated": _noticed,
    "notice.read": _noticed,
    "notice.withdrawn": _noticed,
}
