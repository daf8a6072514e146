"""How long what calls, incidents and crews hold of persons is kept, and what stays of it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac

from incidents.lifecycle import CallClass
from incidents.masking import PSEUDONYM
from incidents.models import (
    AgencyRequest,
    Assignment,
    AssignmentCrew,
    Call,
    CrewAlert,
    EventText,
    HandoverEntry,
    Incident,
    Milestone,
    MovementVerdict,
    Note,
    Photo,
    ShiftHandover,
)
from responders.models import CheckIn
from responders.retention import NOISE_D, ROW, TRACK_D, YEAR_D, Kind, blank, drop, emptied
from responders.services.retention import POSITION

NOISE = (CallClass.PRANK, CallClass.GHOST, CallClass.DROPPED)
UPLOADED_WITHIN = timedelta(days=10)  # own choice: check-ins are at most 7 days old
BEFORE_DISPATCH = timedelta(hours=1)  # own choice: the anchor of a verdict lies in it
OF_A_CALLER = ("caller_number", "caller_raw", "caller_name", "note", "restricted_reason")
OF_AN_INCIDENT: dict[str, object] = {
    "summary": "",
    "address": "",
    "landmark": "",
    "closing_note": "",
    "lat": None,
    "lon": None,
}


def pseudonym(number: str) -> str:
    """Return what stands for a number once it is erased: the same for the same number.

    Keyed by the server's secret: who has the database alone cannot try out all numbers.
    """
    digest = salted_hmac("gerak112.caller", number, algorithm="sha256").hexdigest()
    return PSEUDONYM + digest[:16]


def over(prefix: str = "") -> Coalesce:
    """Return when an incident was over; of a merged one, when the one it went into was."""
    paths = ("closed_at", "merged_into__closed_at", "merged_into__merged_into__closed_at")
    return Coalesce(*[F(prefix + path) for path in paths], output_field=DateTimeField())


def _ended(model: Any, prefix: str, cutoff: datetime) -> QuerySet:
    """Return the rows of incidents that were over before the cutoff."""
    return model.objects.annotate(over_at=over(prefix)).filter(over_at__lt=cutoff)


def _closed(key: str, model: Any, prefix: str, **empty: object) -> Kind:
    """Return the rule by which rows of incidents lose what they hold a year after these were over.

    prefix: the way from a row to its incident.
    """

    def due(cutoff: datetime) -> QuerySet:
        return _ended(model, prefix, cutoff).exclude(**empty)

    return Kind(key, YEAR_D, model, due, blank(**empty), tuple(empty))


def _noise(cutoff: datetime) -> QuerySet[Call]:
    return _of_callers().filter(call_class__in=NOISE, received_at__lt=cutoff)


def _callers(cutoff: datetime) -> QuerySet[Call]:
    """Return calls of incidents long over, and old ones that never had any."""
    rows = _of_callers().annotate(over_at=over("incident__"))
    return rows.filter(
        Q(over_at__lt=cutoff) | Q(incident__isnull=True, received_at__lt=cutoff)
    ).exclude(call_class__in=NOISE)


def _of_callers() -> QuerySet[Call]:
    known = Q(caller_number="") | Q(caller_number__startswith=PSEUDONYM)
    empty = Q(caller_raw="", caller_name="", note="", restricted_reason="")
    return Call.objects.exclude(known & empty)


def _pseudonymise(rows: QuerySet[Call]) -> int:
    calls = list(rows)
    for call in calls:
        number = call.caller_number or call.caller_raw
        if number and not number.startswith(PSEUDONYM):
            number = pseudonym(number)
        call.caller_number, call.caller_raw, call.caller_name = number, "", ""
        call.note, call.restricted_reason = "", ""
    return Call.objects.bulk_update(calls, OF_A_CALLER)


def _tracks(cutoff: datetime) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(~Q(salt=""), received_at__lt=cutoff)


def _still_needed(keys: Collection[Any], cutoff: datetime) -> set[Any]:
    """Return those of some positions that stay: evidence, and of cases not yet long over."""
    rows = list(
        CheckIn.objects.filter(pk__in=keys)
        .order_by("received_at")
        .values_list("pk", "received_at", "device__user")
    )
    first, last = rows[0][1] - UPLOADED_WITHIN, rows[-1][1] + UPLOADED_WITHIN
    verdicts = MovementVerdict.objects.filter(assignment__dispatched_at__range=(first, last))
    proving = {key for keys in verdicts.values_list("evidence", flat=True) for key in keys}
    since = dict(
        AssignmentCrew.objects.annotate(over_at=over("assignment__incident__"))
        .filter(Q(over_at__isnull=True) | Q(over_at__gte=cutoff))
        .values_list("user")
        .annotate(since=Min("assignment__dispatched_at"))
    )
    return {
        key
        for key, at, user in rows
        if key in proving or (user in since and at >= since[user] - BEFORE_DISPATCH)
    }


def _drop_photos(rows: QuerySet[Photo]) -> None:
    """Delete the files first: what a crash leaves is a row without a file, found again."""
    for photo in rows:
        photo.file.delete(save=False)
    rows.delete()


def _texts(cutoff: datetime) -> QuerySet[EventText]:
    rows = EventText.objects.annotate(over_at=over("event__incident__"))
    alone = Q(event__incident__isnull=True, event__recorded_at__lt=cutoff)
    return rows.filter(Q(over_at__lt=cutoff) | alone)


def _notes(cutoff: datetime, *, sensitive: bool) -> QuerySet[Note]:
    """Return notes that still hold words, of the types marked as sensitive or of the others."""
    rows = Note.objects.exclude(text="").annotate(
        over_at=Coalesce(
            over("assignment__incident__"), over("incident__"), output_field=DateTimeField()
        ),
        marked=Coalesce("assignment__incident__type__sensitive", "incident__type__sensitive"),
    )
    return rows.filter(over_at__lt=cutoff, marked=sensitive)


KINDS = (
    Kind("noise_callers", NOISE_D, Call, _noise, _pseudonymise, OF_A_CALLER),
    Kind("callers", YEAR_D, Call, _callers, _pseudonymise, OF_A_CALLER),
    _closed("incident_places_and_words", Incident, "", **OF_AN_INCIDENT),
    Kind(
        "crew_tracks",
        TRACK_D,
        CheckIn,
        _tracks,
        blank(**POSITION),
        tuple(POSITION),
        _still_needed,
        order="received_at",
    ),
    Kind("journal_words", YEAR_D, EventText, _texts, drop, (ROW,)),
    Kind(
        "sensitive_notes",
        YEAR_D,
        Note,
        lambda cutoff: _notes(cutoff, sensitive=True),
        blank(text=""),
        ("text",),
    ),
    Kind(
        "notes",
        YEAR_D,
        Note,
        lambda cutoff: _notes(cutoff, sensitive=False),
        blank(text=""),
        ("text",),
    ),
    Kind(
        "photos",
        YEAR_D,
        Photo,
        lambda cutoff: _ended(Photo, "assignment__incident__", cutoff),
        _drop_photos,
        (ROW,),
    ),
    _closed("step_notes", Milestone, "assignment__incident__", note=""),
    _closed("assignment_reasons", Assignment, "incident__", reason=""),
    emptied(
        "crew_alerts",
        YEAR_D,
        CrewAlert,
        since="received_at",
        text="",
        lat=None,
        lon=None,
        accuracy_m=None,
    ),
    _closed("agency_requests", AgencyRequest, "incident__", note="", answer=""),
    emptied("handovers", YEAR_D, ShiftHandover, since="written_at", text="", remark=""),
    emptied("handover_entries", YEAR_D, HandoverEntry, since="handover__written_at", subject=""),
)
