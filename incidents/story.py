"""What happened, told from the journal alone: calls, incidents and assignments folded from facts.

Facts come in the order of `seq`. A story read up to a `seq` is what was known then; the same facts
make the same story. Corrections are facts like any other: a later one wins, the first stays
countable. Pure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from incidents.lifecycle import AssignmentState, IncidentState, incident_state_for
from incidents.reports.samples import Instant

CANCELLED = "cancelled"
LATE_ENTRY_S = 60.0  # own choice: a dispatcher who types a step in later than this recalls it


class Fact(NamedTuple):
    """One journal row as a story needs it; agency is the key of the assignment's unit's agency."""

    seq: int
    kind: str
    incident: UUID | None
    assignment: UUID | None
    actor: int | None
    happened_at: datetime
    recorded_at: datetime
    data: dict[str, Any]
    unit: str = ""
    agency: str = ""


@dataclass
class CallStory:
    """One ring. times: the earliest told of ringing, answered, ended, abandoned."""

    key: int
    times: dict[str, datetime] = field(default_factory=dict)
    call_class: str = ""
    classified_at: datetime | None = None
    revisions: int = 0
    taker: int | None = None
    incident: UUID | None = None
    known_at: datetime | None = None

    @property
    def began_at(self) -> datetime | None:
        """Return the first moment known of this ring."""
        return min(self.times.values(), default=self.known_at)


@dataclass
class AssignmentStory:
    """One unit sent once. steps: by the state it brought; verdict: the newest judgement."""

    key: UUID
    incident: UUID
    unit: str
    agency: str
    dispatched_at: datetime
    move_by: datetime | None = None
    state: str = AssignmentState.DISPATCHED
    steps: dict[str, Instant] = field(default_factory=dict)
    ended: str = ""
    verdict: str = "pending"
    verdict_reason: str = ""
    moved_at: Instant | None = None
    judgements: int = 0


@dataclass
class NoticeStory:
    """What one area's office was told of one incident, and when an official first read it."""

    key: str
    office: str
    issued_at: datetime
    read_at: datetime | None = None
    withdrawn: bool = False


@dataclass
class IncidentStory:
    """One incident, its type and areas as last corrected."""

    key: UUID
    number: str
    type: str
    priority: int
    areas: list[str]
    opened_at: datetime
    lat: float | None = None
    lon: float | None = None
    held: str = ""
    disposition: str = ""
    closed_at: datetime | None = None
    episode_at: datetime | None = None
    merged_into: UUID | None = None
    calls: list[CallStory] = field(default_factory=list)
    assignments: list[AssignmentStory] = field(default_factory=list)
    notices: dict[str, NoticeStory] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """Return where it stands: what a dispatcher decided, else what its assignments make of it.

        Assignments of an earlier episode no longer count.
        """
        if self.held:
            return self.held
        since = self.episode_at or self.opened_at
        states = [one.state for one in self.assignments if one.dispatched_at >= since]
        begun = bool(states) or self.episode_at is not None
        return incident_state_for(states, ever_dispatched=begun)

    @property
    def is_over(self) -> bool:
        return self.held in (IncidentState.CLOSED, IncidentState.CANCELLED)


@dataclass
class Story:
    calls: dict[int, CallStory] = field(default_factory=dict)
    incidents: dict[UUID, IncidentStory] = field(default_factory=dict)
    assignments: dict[UUID, AssignmentStory] = field(default_factory=dict)
    last_seq: int = 0


def tell(facts: Iterable[Fact], story: Story | None = None) -> Story:
    """Fold facts, in the order of `seq`, into what was known after the last of them.

    story: one to be continued. A fact about what began before the first one told is left out: its
    beginning is not known here.
    """
    story = Story() if story is None else story
    for fact in facts:
        part = PARTS.get(fact.kind)
        if part is not None:
            part(story, fact)
        story.last_seq = fact.seq
    for incident in story.incidents.values():
        incident.calls.clear()
    for call in story.calls.values():
        if call.incident in story.incidents:
            story.incidents[call.incident].calls.append(call)
    return story


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
            return
        incident.held = state
        ends = state in (IncidentState.CLOSED, IncidentState.CANCELLED)
        incident.disposition = fact.data.get("disposition", CANCELLED) if ends else ""
        incident.closed_at = fact.recorded_at if ends else None
        incident.merged_into = UUID(fact.data["into"]) if state == IncidentState.MERGED else None

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
    recalled = (fact.recorded_at - fact.happened_at).total_seconds() > LATE_ENTRY_S
    inferred = source in ("system", "imported") and fact.data.get("inferred", False)
    inferred = inferred or (source == "dispatcher" and recalled)
    return Instant(fact.happened_at, fact.happened_at, fact.happened_at, source, bool(inferred))


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
    "movement.judged": _judged,
    "notice.issued": _noticed,
    "notice.updated": _noticed,
    "notice.read": _noticed,
    "notice.withdrawn": _noticed,
}
