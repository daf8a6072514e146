"""What a story is made of: facts in; calls, incidents and assignments out. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from incidents.lifecycle import AssignmentState, IncidentState, incident_state_for
from incidents.reports.definitions import CALL_TOLD_LATE_S
from incidents.reports.samples import Instant


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
        """Return the moment at which this ring counts: its first one, unless it was told late."""
        first = min(self.times.values(), default=self.known_at)
        return self._bound if first is not None and self.told_late else first

    @property
    def told_late(self) -> bool:
        """Say whether the exchange told of it so late that its month may have been issued."""
        return self._bound is not None and any(at < self._bound for at in self.times.values())

    @property
    def _bound(self) -> datetime | None:
        return self.known_at and self.known_at - timedelta(seconds=CALL_TOLD_LATE_S)


@dataclass
class AssignmentStory:
    """One unit sent once. steps: by the state it brought; verdict: the newest judgement.

    again_of: the one before of the same unit and incident, which it was called off from or had
    declined; sent_again: such a one followed.
    """

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
    again_of: "AssignmentStory | None" = None
    sent_again: bool = False


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
    """One incident, its type and areas as last corrected.

    left: the calls that were taken out of it after its first unit was sent.
    """

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
    merged_at: datetime | None = None
    calls: list[CallStory] = field(default_factory=list)
    left: list[CallStory] = field(default_factory=list)
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
    """strangers: incidents whose beginning is not told here, by what they were merged into."""

    calls: dict[int, CallStory] = field(default_factory=dict)
    incidents: dict[UUID, IncidentStory] = field(default_factory=dict)
    assignments: dict[UUID, AssignmentStory] = field(default_factory=dict)
    strangers: dict[UUID, UUID] = field(default_factory=dict)
    last_seq: int = 0
