"""Walk the stored journal by its hashes and name the first event that does not hold."""

from dataclasses import dataclass

from django.db.models import Max

from incidents.journal import hash_of
from incidents.models import EventText, IncidentEvent, JournalHead
from responders.chain import GENESIS, text_digest

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class BrokenEvent:
    """Name the first bad event by its number, and what is wrong with it."""

    seq: int
    problem: str


def first_broken_event() -> BrokenEvent | None:
    """Return the first event that was changed, added or lost; None if all hold.

    May run beside a live server: what is written meanwhile is left for the next walk. Who can
    write the whole database can also make a whole new chain; only a head hash that was kept
    elsewhere shows that.
    """
    head = JournalHead.objects.filter(pk=1).first() or JournalHead(hash=GENESIS)
    seq, previous = 0, GENESIS
    for event in IncidentEvent.objects.filter(seq__lte=head.seq).order_by("seq").iterator(CHUNK):
        if event.seq != seq + 1:
            return BrokenEvent(seq + 1, "it is missing")
        seq = event.seq
        if event.previous_hash != previous:
            return BrokenEvent(seq, "it does not follow the event before it")
        if event.hash != hash_of(event):
            return BrokenEvent(seq, "its hash is not that of what it holds")
        previous = event.hash
    if seq != head.seq:
        return BrokenEvent(seq + 1, f"it is missing: the journal counted to {head.seq}")
    if previous != head.hash:
        return BrokenEvent(seq, "it is not the event that the journal's head names")
    return _first_false_text(head.seq) or _beyond_the_head()


def _first_false_text(last_seq: int) -> BrokenEvent | None:
    """Hold each text that is still stored against its digest in the event; erased ones hold."""
    texts = EventText.objects.filter(event__lte=last_seq).select_related("event")
    for one in texts.order_by("event_id", "pk").iterator(CHUNK):
        digest = text_digest(salt=one.salt, text=one.text)
        if one.event.data.get(f"{one.key}_digest") != digest:
            return BrokenEvent(one.event_id, "the words beside it are not those that were recorded")
    return None


def _beyond_the_head() -> BrokenEvent | None:
    newest = IncidentEvent.objects.aggregate(newest=Max("seq"))["newest"] or 0
    counted = JournalHead.objects.values_list("seq", flat=True).filter(pk=1).first() or 0
    if newest > counted:
        return BrokenEvent(newest, f"the journal counted to {counted} only")
    return None
