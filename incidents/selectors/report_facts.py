"""The journal as the reports read it: streamed, in order, without anybody's words."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from incidents.models import Assignment, IncidentEvent
from incidents.selectors.journal_texts import PLACE
from incidents.story import PARTS, Fact

CHUNK_ROWS = 5_000


def facts_between(first_seq: int, last_seq: int) -> Iterator[Fact]:
    """Yield the facts a story is made of, in the order of `seq`, both ends included.

    Read in chunks: memory does not grow with the journal.
    """
    return _facts(Q(seq__gte=first_seq, seq__lte=last_seq))


def facts_later(
    first_seq: int, last_seq: int, incidents: Collection[UUID], calls: Collection[int]
) -> Iterator[Fact]:
    """Yield what was still to come of some incidents, the class of some calls, every class that was
    revised, and every merging, which may bring incidents calls of another month.

    For a story whose period is over: most of what came later is of other cases.
    """
    of_them = Q(incident__in=incidents) | Q(kind__in=("incident.merged", "incident.unmerged"))
    of_them |= Q(kind="call.classified") & (~Q(data__before="") | Q(data__call__in=list(calls)))
    return _facts(Q(seq__gte=first_seq, seq__lte=last_seq) & of_them)


def facts_of(incidents: Collection[UUID], first_seq: int, last_seq: int) -> Iterator[Fact]:
    """Yield the facts of some incidents between two numbers, both included."""
    return _facts(Q(seq__gte=first_seq, seq__lte=last_seq, incident__in=incidents))


def _facts(which: Q) -> Iterator[Fact]:
    """Read facts as text and parse it here: the drivers' own parsing costs three times as much."""
    units = {
        pk: (call_sign, agency)
        for pk, call_sign, agency in Assignment.objects.filter(
            pk__in=IncidentEvent.objects.filter(which, kind="assignment.dispatched").values(
                "assignment"
            )
        ).values_list("pk", "unit__call_sign", "unit__agency__key")
    }
    rows = (
        IncidentEvent.objects.filter(which, kind__in=PARTS)
        .order_by("seq")
        .values_list(
            "seq",
            "kind",
            "incident_id",
            "assignment_id",
            "actor_id",
            Cast("happened_at", TextField()),
            Cast("recorded_at", TextField()),
            Cast("data", TextField()),
        )
    )
    places = _places(which)
    for row in rows.iterator(CHUNK_ROWS):
        seq, kind, incident, assignment, actor, happened, recorded, data = row
        recorded_at = _moment(recorded)
        happened_at = recorded_at if happened == recorded else _moment(happened)
        unit, agency = units.get(assignment, ("", ""))
        told = msgspec.json.decode(data)
        if seq in places:
            told.get("after", told).update(msgspec.json.decode(places[seq]))
        yield Fact(
            seq,
            kind,
            incident,
            assignment,
            actor,
            happened_at,
            recorded_at,
            told,
            unit,
            agency,
        )


def _places(which: Q) -> dict[int, str]:
    """Return the points of incidents by the number of the fact that told them, while kept."""
    rows = IncidentEvent.objects.filter(which, texts__key=PLACE)
    return dict(rows.values_list("seq", "texts__text"))


def _moment(text: str) -> datetime:
    """Return a stored moment: PostgreSQL writes its offset, SQLite means UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def last_seq() -> int:
    """Return the number of the newest event; 0 in an empty journal."""
    newest = IncidentEvent.objects.order_by("-seq").values_list("seq", flat=True).first()
    return newest or 0


def seq_at(moment: datetime) -> int:
    """Return the number of the last event recorded before a moment; 0 where there is none.

    Halves the journal by primary key: `recorded_at` follows `seq` but for clock steps, and needs no
    index of its own.
    """
    low, high = 0, last_seq()
    while low < high:
        middle = (low + high + 1) // 2
        found = (
            IncidentEvent.objects.filter(seq__lte=middle)
            .order_by("-seq")
            .values_list("seq", "recorded_at")
            .first()
        )
        if found is None or found[1] < moment:
            low = middle
        else:
            high = found[0] - 1
    return low


def hash_at(seq: int) -> str:
    """Return the chain's hash after an event: what a report names as what it was drawn from."""
    found = (
        IncidentEvent.objects.filter(seq__lte=seq)
        .order_by("-seq")
        .values_list("hash", flat=True)
        .first()
    )
    return found or ""


def time_at(seq: int) -> datetime | None:
    """Return when the last event up to a number was recorded; None where there is none."""
    rows = IncidentEvent.objects.filter(seq__lte=seq).order_by("-seq")
    return rows.values_list("recorded_at", flat=True).first()
