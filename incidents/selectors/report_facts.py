"""The journal as the reports read it: streamed, in order, without anybody's words."""

from collections.abc import Iterator
from datetime import datetime

from incidents.models import IncidentEvent
from incidents.reports.story import PARTS, Fact

CHUNK_ROWS = 5_000


def facts_between(first_seq: int, last_seq: int) -> Iterator[Fact]:
    """Yield the facts a story is made of, in the order of `seq`, both ends included.

    One query, read in chunks: memory does not grow with the journal.
    """
    rows = (
        IncidentEvent.objects.filter(seq__gte=first_seq, seq__lte=last_seq, kind__in=PARTS)
        .order_by("seq")
        .values_list(
            "seq",
            "kind",
            "incident_id",
            "assignment_id",
            "actor_id",
            "happened_at",
            "recorded_at",
            "data",
            "assignment__unit__call_sign",
            "assignment__unit__agency__key",
        )
    )
    for row in rows.iterator(CHUNK_ROWS):
        seq, kind, incident, assignment, actor, happened_at, recorded_at, data, unit, agency = row
        yield Fact(
            seq,
            kind,
            str(incident) if incident else None,
            str(assignment) if assignment else None,
            actor,
            happened_at,
            recorded_at,
            data,
            unit or "",
            agency or "",
        )


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
