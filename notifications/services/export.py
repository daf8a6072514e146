"""All that is held of one person, as they may ask for it (UU 27/2022, Art. 32): data and words.

Of a caller: by number. Of a crew member or official: by account. What others wrote stays in as it
stands; whoever hands it over reads it first (Art. 33: not where it endangers others).
"""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from incidents.models import (
    Assignment,
    Call,
    CrewAlert,
    EventText,
    Incident,
    IncidentEvent,
    Milestone,
    Note,
    Photo,
)
from notifications.models import (
    DataRequest,
    Delivery,
    DrillReply,
    NoticeAnswer,
    NoticeReceipt,
    Official,
)
from responders.models import AccessEntry, CheckIn, CrewShift, Device, ReadinessReport, User
from responders.wire_time import to_wire

Part = tuple[str, QuerySet, tuple[str, ...]]


def export_of(request: DataRequest) -> bytes:
    """Return a ZIP with data.json and data.txt of the one person a request is about."""
    if request.person is not None:
        parts = list(_of_person(request.person))
    else:
        parts = list(_of_caller(request.number))
    data = {
        name: [_wire(row) for row in rows.values(*fields).iterator(2000)]
        for name, rows, fields in parts
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        archive.writestr("data.txt", _readable(data))
    return packed.getvalue()


def _of_caller(number: str) -> Iterator[Part]:
    calls = Call.objects.filter(caller_number=number).order_by("pk")
    keys = [str(key) for key in calls.values_list("pk", flat=True)]
    seen = Q(subject_kind="incidents.call", subject_id__in=keys)
    yield (
        "calls",
        calls,
        (
            "call_id",
            "caller_number",
            "caller_raw",
            "caller_name",
            "ringing_at",
            "answered_at",
            "ended_at",
            "call_class",
            "note",
            "restricted_at",
            "incident__number",
        ),
    )
    incidents = Incident.objects.filter(calls__in=calls).distinct().order_by("opened_at")
    yield (
        "incidents",
        incidents,
        (
            "number",
            "type__label",
            "opened_at",
            "closed_at",
            "summary",
            "address",
            "landmark",
            "lat",
            "lon",
        ),
    )
    events = IncidentEvent.objects.filter(
        kind__in=("call.corrected", "call.restricted", "call.restriction_lifted"),
        data__call__in=[int(key) for key in keys],
    )
    yield "changes", _texts_of(events), CHANGED
    yield "seen_by", AccessEntry.objects.filter(seen).order_by("at"), SEEN_BY


SEEN_BY = ("at", "actor__name", "action", "what", "reason")


def _of_person(person: User) -> Iterator[Part]:
    devices = Device.objects.filter(user=person)
    keys = [str(key) for key in devices.values_list("pk", flat=True)]
    yield (
        "account",
        User.objects.filter(pk=person.pk),
        ("username", "name", "email", "role", "agency__name", "is_active", "date_joined"),
    )
    yield "offices", Official.objects.filter(user=person), ("area__name", "role", "phone", *SPAN)
    yield "shifts", CrewShift.objects.filter(user=person), ("unit__call_sign", *SPAN)
    yield (
        "phones",
        devices,
        ("name", "platform", "enrolled_at", "last_seen_at", "last_lat", "last_lon", "revoked_at"),
    )
    yield (
        "readiness",
        ReadinessReport.objects.filter(device__in=devices),
        ("received_at", "app_version", "platform", "model", "battery_pct"),
    )
    yield (
        "positions",
        CheckIn.objects.filter(device__in=devices, lat__isnull=False).order_by("pk"),
        ("recorded_at", "received_at", "lat", "lon", "accuracy_m", "speed_mps", "battery_pct"),
    )
    yield (
        "assignments",
        Assignment.objects.filter(crew=person).order_by("dispatched_at"),
        ("incident__number", "unit__call_sign", "dispatched_at", "state", "verdict"),
    )
    yield (
        "steps",
        Milestone.objects.filter(actor=person).order_by("pk"),
        ("step", "happened_at", "received_at", "note"),
    )
    corrected = IncidentEvent.objects.filter(kind="person.corrected", data__person=person.pk)
    yield "changes", _texts_of(corrected), CHANGED
    yield "notes", Note.objects.filter(author=person), ("received_at", "text")
    yield "photos", Photo.objects.filter(author=person), ("received_at", "lat", "lon")
    yield (
        "alerts",
        CrewAlert.objects.filter(raised_by=person),
        ("kind", "received_at", "text", "lat", "lon"),
    )
    yield (
        "messages",
        Delivery.objects.filter(person=person).order_by("pk"),
        ("event__kind", "planned_at", "received_at", "seen_at", "answered_at"),
    )
    yield (
        "notices_read",
        NoticeReceipt.objects.filter(person=person),
        ("notice__headline", "read_at"),
    )
    yield (
        "answers",
        NoticeAnswer.objects.filter(person=person),
        ("received_at", "condition", "text", "needs"),
    )
    yield "drills", DrillReply.objects.filter(person=person), ("drill__called_at", "received_at")
    own = Q(subject_kind="responders.user", subject_id=str(person.pk))
    theirs = Q(subject_kind="responders.device", subject_id__in=keys)
    yield "seen_by", AccessEntry.objects.filter(own | theirs).order_by("at"), SEEN_BY
    yield (
        "looked_at",
        AccessEntry.objects.filter(actor=person).order_by("at"),
        ("at", "action", "subject_kind", "subject_id", "what", "reason", "address"),
    )


def _texts_of(events: QuerySet[IncidentEvent]) -> QuerySet[EventText]:
    return EventText.objects.filter(event__in=events).order_by("event")


SPAN = ("starts_at", "ends_at")
CHANGED = ("event__recorded_at", "event__kind", "key", "text")


def _wire(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its times as the wire writes them, what is empty left out."""
    return {
        key: to_wire(value) if hasattr(value, "isoformat") else value
        for key, value in row.items()
        if value not in (None, "")
    }


def _readable(data: dict[str, list[dict[str, Any]]]) -> str:
    lines = [_("Salinan data pribadi dari Gerak 112 (UU 27/2022 Pasal 32)"), ""]
    for name, rows in data.items():
        lines.append(f"== {name} ({len(rows)})")
        for row in rows:
            lines.append("- " + "; ".join(f"{key}: {value}" for key, value in row.items()))
        lines.append("")
    return "\n".join(lines)
