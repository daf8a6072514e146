"""When an incident's clock started: the earliest answered call of all that report it."""

from datetime import datetime

from incidents.models import Call, Incident


def reported_at(incident: Incident) -> datetime | None:
    """Return when the earliest call was answered, its own or one of an incident merged into it.

    None where no call of it was answered. Nothing that is merged or joined later can make it later.
    Reads what was prefetched (`calls`, `merged__calls`).
    """
    return min((call.answered_at for call in calls_of(incident) if call.answered_at), default=None)


def calls_of(incident: Incident) -> list[Call]:
    """Return the calls of an incident and of all that were merged into it, however deep."""
    calls = list(incident.calls.all())
    for merged in incident.merged.all():
        calls += calls_of(merged)
    return calls
