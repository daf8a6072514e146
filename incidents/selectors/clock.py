"""When an incident's clock started: the earliest answered call of all that report it."""

from datetime import datetime

from incidents.models import Call, Incident


def reported_at(incident: Incident) -> datetime | None:
    """Return when the earliest call was answered, its own or one of an incident merged into it.

    None where no call of it was answered. Nothing that is merged or joined later can make it later.
    Reads what was prefetched (`calls`, `merged__calls`).
    """
    return min((call.answered_at for call in calls_of(incident) if call.answered_at), default=None)


def family_of(incident: Incident) -> list[Incident]:
    """Return the incidents merged into one, however deep; a query a step of the chain."""
    found: list[Incident] = []
    parents = [incident.pk]
    while parents:
        rows = list(Incident.objects.filter(merged_into__in=parents).order_by("number"))
        known = {one.pk for one in found} | {incident.pk}
        fresh = [row for row in rows if row.pk not in known]
        found += fresh
        parents = [row.pk for row in fresh]
    return found


def calls_of(incident: Incident) -> list[Call]:
    """Return the calls of an incident and of all that were merged into it, however deep."""
    calls = list(incident.calls.all())
    for merged in incident.merged.all():
        calls += calls_of(merged)
    return calls
