"""Open an incident from what was reported, and correct it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import F

from incidents.errors import CallLinked, IncidentNotOpen
from incidents.journal import Draft, record, record_all
from incidents.lifecycle import OPEN_INCIDENT_STATES, CallClass, CallState
from incidents.models import Area, Call, Incident, IncidentType, NumberSequence
from incidents.selectors.areas import area_and_basis
from incidents.selectors.journal_texts import PLACE
from incidents.services.calls import e164, state_of
from responders.models import User
from responders.wire_time import to_milliseconds, to_wire_or_none


@dataclass(frozen=True)
class Report:
    """What is known of an incident when it is opened."""

    type: IncidentType
    summary: str = ""
    priority: int | None = None
    address: str = ""
    landmark: str = ""
    lat: float | None = None
    lon: float | None = None
    areas: Sequence[Area] = field(default_factory=list)
    caller_name: str = ""
    caller_phone: str = ""
    answered_at: datetime | None = None


@transaction.atomic
def open_incident(
    *,
    report: Report,
    actor: User | None,
    now: datetime,
    call: Call | None = None,
    incident_id: uuid.UUID | None = None,
    without_call: bool = False,
) -> Incident:
    """Open an incident and link its call; without a call, record one of class emergency.

    without_call: nobody rang (an earthquake that BMKG reported); no call is made up.

    The area nearest to the point is suggested; areas that the desk names win, and both are kept.
    Raises CallLinked for a call that belongs to an incident already.
    """
    if call is not None:
        call = Call.objects.select_for_update(of=("self",), no_key=True).get(pk=call.pk)
        if call.incident_id is not None:
            raise CallLinked
    start = to_milliseconds(now)
    suggested, basis = area_and_basis(report.lat, report.lon)
    areas = list(report.areas) or ([suggested] if suggested else [])
    incident = Incident.objects.create(
        id=incident_id or uuid.uuid4(),
        number=next_number(start),
        type=report.type,
        priority=report.priority or report.type.priority,
        summary=report.summary,
        address=report.address,
        landmark=report.landmark,
        lat=report.lat,
        lon=report.lon,
        suggested_area=suggested,
        area_basis="dispatcher" if report.areas else basis,
        opened_at=start,
        opened_by=actor,
    )
    incident.areas.set(areas)
    facts, place = facts_of(incident, areas), place_of(incident)
    opened = Draft("incident.opened", start, incident, None, actor, None, facts, place)
    if without_call:
        record_all([opened])
        return incident
    call = _link(call, incident, report, actor=actor, now=start)
    classified = {
        "call": call.pk,
        "class": CallClass.EMERGENCY,
        "before": "",
        "answered_at": to_wire_or_none(call.answered_at),
    }
    record_all(
        [
            opened,
            Draft("call.classified", start, incident, None, actor, None, classified),
        ]
    )
    return incident


CHANGEABLE = ("type", "priority", "summary", "address", "landmark", "lat", "lon")


@transaction.atomic
def update_incident(
    *,
    incident: Incident,
    changes: dict[str, object],
    areas: Sequence[Area] | None,
    actor: User | None,
    now: datetime,
) -> Incident:
    """Correct what is known of an open incident; records which fields, and facts before and after.

    The fields are named alone: an address or a summary may hold personal data.
    changes: some of CHANGEABLE. Nothing different: nothing recorded. Raises IncidentNotOpen.
    """
    incident = Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    if incident.state not in OPEN_INCIDENT_STATES:
        raise IncidentNotOpen
    before = list(incident.areas.order_by("code"))
    after = sorted(areas, key=lambda area: area.code) if areas is not None else before
    changed = {
        name: value
        for name, value in changes.items()
        if name in CHANGEABLE and getattr(incident, name) != value
    }
    if not changed and before == after:
        return incident
    old = facts_of(incident, before)
    for name, value in changed.items():
        setattr(incident, name, value)
    if {"lat", "lon"} & set(changed):
        incident.suggested_area, _basis = area_and_basis(incident.lat, incident.lon)
    if before != after:
        incident.areas.set(after)
        incident.area_basis = "dispatcher"
    incident.save()
    new = facts_of(incident, after)
    data = {
        "fields": sorted([*changed, "areas"] if before != after else changed),
        "before": _unlike(old, new),
        "after": _unlike(new, old),
    }
    moved = place_of(incident) if {"lat", "lon"} & set(changed) else {}
    record("incident.updated", now=now, incident=incident, actor=actor, data=data, texts=moved)
    return incident


def place_of(incident: Incident) -> dict[str, str]:
    """Return the point as words beside a fact: somebody's home, erased with the address."""
    point = {"lat": incident.lat, "lon": incident.lon}
    return {PLACE: msgspec.json.encode(point).decode()}


def facts_of(incident: Incident, areas: Sequence[Area]) -> dict[str, object]:
    """Return what the journal keeps for good of an incident: no caller, no point, no address."""
    return {
        "number": incident.number,
        "type": incident.type.key,
        "priority": incident.priority,
        "areas": sorted(area.code for area in areas),
        "basis": incident.area_basis,
    }


def next_number(now: datetime) -> str:
    """Return the day's next incident number, as SLK-20261124-0001; never the same twice."""
    day = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    NumberSequence.objects.get_or_create(day=day)
    NumberSequence.objects.filter(day=day).update(last=F("last") + 1)
    last = NumberSequence.objects.get(day=day).last
    return f"{settings.GERAK_INCIDENT_PREFIX}-{day:%Y%m%d}-{last:04d}"


def _link(
    call: Call | None, incident: Incident, report: Report, *, actor: User | None, now: datetime
) -> Call:
    if call is None:
        answered = report.answered_at or now
        call = Call(
            call_id=f"desk-{incident.pk}",
            state=CallState.ANSWERED,
            answered_at=min(answered, now),
            answered_by=actor,
            received_at=now,
        )
    elif call.answered_at is None:
        call.answered_at = min(report.answered_at or now, now)
        call.state = state_of(call)
    if report.caller_phone:
        call.caller_raw = report.caller_phone[:64]
        call.caller_number = e164(report.caller_phone)
    call.caller_name = report.caller_name or call.caller_name
    call.call_class, call.classified_at, call.incident = CallClass.EMERGENCY, now, incident
    call.save()
    return call


def _unlike(facts: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if other[name] != value}
