"""What happened, told from the journal alone: calls, incidents and assignments folded from facts.

Facts come in the order of `seq`. A story read up to a `seq` is what was known then; the same facts
make the same story. Corrections are facts like any other: a later one wins, the first stays
countable. Pure.
"""

from collections.abc import Iterable

from incidents.story.parts import PARTS
from incidents.story.shapes import (
    AssignmentStory,
    CallStory,
    Fact,
    IncidentStory,
    NoticeStory,
    Story,
)

__all__ = [
    "PARTS",
    "AssignmentStory",
    "CallStory",
    "Fact",
    "IncidentStory",
    "NoticeStory",
    "Story",
    "tell",
]


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
