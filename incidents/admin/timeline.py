"""The timeline on an incident's page: its journal in words."""

from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from incidents.admin.looks import event_look, reason_text, verdict_word
from incidents.lifecycle import CallClass, Disposition
from incidents.models import Area, Incident, IncidentEvent, Timer
from incidents.selectors.access import assignments_visible_to, is_operator
from incidents.selectors.journal_texts import words_of
from responders.admin.shown import clock_text
from responders.models import Device, User

WORD_OF_DETAIL = {"reason": _("alasan"), "note": _("catatan"), "device": _("ponsel")}
FIELDS = (*Incident._meta.fields, *Incident._meta.many_to_many)


def timeline(user: User, incident: Incident) -> list[dict[str, Any]]:
    """Return the journal of an incident, oldest first; an operator's without other agencies."""
    events = IncidentEvent.objects.filter(incident=incident).select_related(
        "actor", "assignment__unit"
    )
    if is_operator(user):
        events = events.exclude(assignment__isnull=False).union(
            events.filter(assignment__in=assignments_visible_to(user).values("pk"))
        )
    rows = list(events.order_by("seq"))
    prefetch_related_objects(rows, "texts")
    names = _offices(rows) | _phones(rows)
    return [_event(event, names) for event in rows]


def _offices(events: list[IncidentEvent]) -> dict[str, str]:
    """Return the names of the areas whose offices were told, by code, in one query."""
    codes = {event.data["office"] for event in events if event.data.get("office")}
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def _phones(events: list[IncidentEvent]) -> dict[str, str]:
    """Return the names of the phones that took an alarm, by id, in one query."""
    ids = [uuid for event in events if (uuid := _uuid(event.data.get("device")))]
    return {
        str(pk): name for pk, name in Device.objects.filter(pk__in=ids).values_list("pk", "name")
    }


def _uuid(text: Any) -> UUID | None:
    """Return an id; None for what older rows hold in its place, a name."""
    try:
        return UUID(text)
    except (TypeError, ValueError):
        return None


def _event(event: IncidentEvent, names: dict[str, str]) -> dict[str, Any]:
    tone, icon, what = event_look(event.kind)
    return {
        "at": clock_text(event.happened_at),
        "known": clock_text(event.recorded_at),
        "late": (event.recorded_at - event.happened_at).total_seconds() >= 1,
        "tone": tone,
        "icon": icon,
        "what": what,
        "details": [text for text in _details(event, names) if text],
    }


def _details(event: IncidentEvent, names: dict[str, str]) -> list[str]:
    """Return what a line of the timeline adds to its title, in words."""
    data = words_of(event) | event.data
    details = [str(event.assignment.unit)] if event.assignment else []
    if "deadline" in data:
        details.append(str(Timer.Kind(data["deadline"]).label))
    if "verdict" in data:
        details.append(str(_verdict_words(data)))
    if data.get("class"):
        details.append(str(CallClass(data["class"]).label))
    if event.kind == "incident.updated":
        details.append(_changed_fields(data))
    if event.kind == "incident.closed" and data.get("disposition"):
        details.append(str(Disposition(data["disposition"]).label))
    if data.get("into_number"):
        details.append(data["into_number"])
    if data.get("office"):
        details.append(names.get(data["office"], data["office"]))
    details += [
        f"{word}: {names.get(data[key], data[key])}"
        for key, word in WORD_OF_DETAIL.items()
        if data.get(key) and "verdict" not in data
    ]
    if event.actor:
        details.append(str(event.actor))
    return details


def _changed_fields(data: dict[str, Any]) -> str:
    """Return the labels of what a correction changed; of older rows, of the facts they kept."""
    names = data.get("fields") or sorted(set(data.get("after", {})) - {"basis"})
    labels = {field.name: str(field.verbose_name) for field in FIELDS}
    return ", ".join(labels.get(name, name) for name in names)


def _verdict_words(data: dict[str, Any]) -> str:
    words = str(verdict_word(data["verdict"]))
    return f"{words} ({reason_text(data['reason'])})" if data.get("reason") else words
