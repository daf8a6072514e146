"""The only writer of the journal. A change of state ends here: the journal comes last.

What happens after the counter is taken happens under its lock, until the commit: one insert of the
event and what the receivers asked for, nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from incidents.models import Assignment, EventText, Incident, IncidentEvent, JournalHead
from incidents.signals import event_committed, event_recording
from responders.chain import link_hash, new_salt, text_digest
from responders.models import User
from responders.wire_time import to_milliseconds, to_wire


@dataclass(frozen=True)
class Draft:
    """A fact about to be recorded. happened_at: when it was so; recorded_at: when we knew.

    texts: words that people wrote, by key; kept beside the event, which holds their digest.
    """

    kind: str
    recorded_at: datetime
    incident: Incident | None = None
    assignment: Assignment | None = None
    actor: User | None = None
    happened_at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def record(
    kind: str,
    *,
    now: datetime,
    incident: Incident | None = None,
    assignment: Assignment | None = None,
    actor: User | None = None,
    happened_at: datetime | None = None,
    data: dict[str, Any] | None = None,
    texts: dict[str, str] | None = None,
) -> IncidentEvent:
    """Append one fact to the journal, inside the caller's transaction and as its last act.

    data: JSON values only, nothing personal. texts: what people wrote, by key, empty ones left out;
    they stand beside the event, erasable, their salted digests in its data. Returns the event with
    its `seq`. Whoever listens to event_committed hears of it after the commit.
    """
    draft = Draft(kind, now, incident, assignment, actor, happened_at, data or {}, texts or {})
    return record_all([draft])[0]


def record_all(drafts: list[Draft]) -> list[IncidentEvent]:
    """Append several facts of one change, in order."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("The journal is written inside a transaction.")
    finishers = _who_must_hear(drafts)
    head = _advance(len(drafts))
    seq, previous = head.seq - len(drafts), head.hash
    events, texts = [], []
    for draft in drafts:
        seq += 1
        words = [
            EventText(event_id=seq, key=key, salt=new_salt(), text=text)
            for key, text in draft.texts.items()
            if text
        ]
        event = _event(draft, words, seq=seq, previous_hash=previous)
        previous = event.hash
        events.append(event)
        texts += words
    IncidentEvent.objects.bulk_create(events)
    if texts:
        EventText.objects.bulk_create(texts)
    JournalHead.objects.filter(pk=1).update(hash=previous)
    for finish in finishers:
        finish(events)
    seqs = [event.seq for event in events]
    transaction.on_commit(lambda: _tell(seqs), robust=True)
    return events


def head_of(event: IncidentEvent) -> dict[str, Any]:
    """Return the object that an event's hash is taken over."""
    return {
        "seq": event.seq,
        "kind": event.kind,
        "incident": _text(event.incident_id),
        "assignment": _text(event.assignment_id),
        "actor": event.actor_id,
        "happened_at": to_wire(event.happened_at),
        "recorded_at": to_wire(event.recorded_at),
        "data": event.data,
    }


def hash_of(event: IncidentEvent) -> str:
    """Return the event's hash: chained as check-ins are (responders/chain.py)."""
    return link_hash(previous_hash=event.previous_hash, head=head_of(event))


def _who_must_hear(drafts: list[Draft]) -> list[Callable[[list[IncidentEvent]], None]]:
    # Whatever a receiver returns; the stubs know of text alone.
    answers: list[tuple[Any, Any]] = event_recording.send(sender=IncidentEvent, drafts=drafts)
    return [finish for _, finish in answers if finish is not None]


def _advance(count: int) -> JournalHead:
    """Take the counter's lock and the next numbers. Held until the commit."""
    if not JournalHead.objects.filter(pk=1).update(seq=F("seq") + count):
        JournalHead.objects.create(pk=1, seq=count)
    return JournalHead.objects.get(pk=1)


def _event(draft: Draft, words: list[EventText], *, seq: int, previous_hash: str) -> IncidentEvent:
    incident_id = draft.incident.pk if draft.incident else None
    if incident_id is None and draft.assignment is not None:
        incident_id = draft.assignment.incident_id
    event = IncidentEvent(
        seq=seq,
        kind=draft.kind,
        incident_id=incident_id,
        assignment=draft.assignment,
        actor=draft.actor,
        happened_at=to_milliseconds(draft.happened_at or draft.recorded_at),
        recorded_at=to_milliseconds(draft.recorded_at),
        data=draft.data
        | {f"{one.key}_digest": text_digest(salt=one.salt, text=one.text) for one in words},
        previous_hash=previous_hash,
    )
    event.hash = hash_of(event)
    return event


def _tell(seqs: list[int]) -> None:
    event_committed.send_robust(sender=IncidentEvent, seqs=seqs)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
