"""What a call taker needs beside a call: who rang before, what is known near, where places are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q

from incidents.duplicates import Happening, Likeness, likenesses
from incidents.lifecycle import OPEN_INCIDENT_STATES, CallClass
from incidents.models import Area, Call, Incident, IncidentType, Landmark
from incidents.places import NamedPlace
from incidents.policy import CALLS, DUPLICATES, CallPolicy
from incidents.selectors.access import calls_visible_to, incidents_visible_to
from responders.models import User

NEWEST_COMPARED = 200  # own choice: a city's open incidents; more than this is a disaster


@dataclass(frozen=True)
class History:
    """Earlier calls of one number, newest first; repeats: within a day; pranks: ever."""

    calls: list[Call]
    repeats: int
    pranks: int


@dataclass(frozen=True)
class Likely:
    """An open incident that a report may be about, and why."""

    incident: Incident
    likeness: Likeness


def caller_history(user: User, call: Call, now: datetime) -> History:
    """Return what is known of a call's number. Nothing where it has none."""
    if not call.caller_number:
        return History([], 0, 0)
    earlier = calls_visible_to(user).filter(caller_number=call.caller_number).exclude(pk=call.pk)
    since = now - timedelta(hours=CALLS.repeats_hours)
    newest = earlier.select_related("incident__type").order_by("-received_at")
    return History(
        calls=list(newest[: CALLS.history_calls]),
        repeats=earlier.filter(received_at__gte=since).count(),
        pranks=earlier.filter(call_class=CallClass.PRANK).count(),
    )


def likely_incidents(
    user: User,
    *,
    now: datetime,
    incident_type: IncidentType | None = None,
    lat: float | None = None,
    lon: float | None = None,
    areas: Iterable[Area] = (),
    number: str = "",
) -> list[Likely]:
    """Return the open incidents that a report may be about, the likest first, with reasons."""
    rows = (
        incidents_visible_to(user)
        .filter(state__in=OPEN_INCIDENT_STATES)
        .select_related("type")
        .prefetch_related("areas", "calls")
        .order_by("-opened_at")[:NEWEST_COMPARED]
    )
    known = {str(row.pk): row for row in rows}
    report = Happening(
        "report",
        type=incident_type.key if incident_type else "",
        category=incident_type.category if incident_type else "",
        lat=lat,
        lon=lon,
        areas=frozenset(area.code for area in areas),
        number=number,
    )
    found = likenesses(
        report, [_happening(row) for row in known.values()], now=now, policy=DUPLICATES
    )
    return [Likely(known[one.key], one) for one in found[: CALLS.nearby_incidents]]


def recent_incidents(user: User, now: datetime) -> list[Incident]:
    """Return the open incidents that were opened, or called in again, within the last hour."""
    since = now - timedelta(hours=CALLS.nearby_hours)
    return list(
        incidents_visible_to(user)
        .filter(state__in=OPEN_INCIDENT_STATES)
        .annotate(last_call_at=Max("calls__received_at"))
        .filter(Q(opened_at__gte=since) | Q(last_call_at__gte=since))
        .select_related("type")
        .prefetch_related("areas")
        .order_by("-opened_at")[: CALLS.nearby_incidents]
    )


def calls_lately(now: datetime, policy: CallPolicy = CALLS) -> int | None:
    """Return how many calls came within a minute where they are a flood; None otherwise."""
    since = now - timedelta(seconds=policy.flood_within_s)
    count = Call.objects.filter(received_at__gt=since, received_at__lte=now).count()
    return count if count >= policy.flood_calls else None


def opened_lately(user: User, now: datetime, policy: CallPolicy = CALLS) -> int | None:
    """Return how many incidents one person opened lately where they are many; None otherwise."""
    since = now - timedelta(seconds=policy.opened_within_s)
    count = Incident.objects.filter(opened_by=user, opened_at__gt=since).count()
    return count if count > policy.opened_max else None


def named_places() -> list[NamedPlace]:
    """Return every place that can be found by a name: landmarks, kelurahan, kecamatan."""
    landmarks = [
        NamedPlace((row.name, *row.aliases), row.lat, row.lon, row.area.code if row.area else "")
        for row in Landmark.objects.select_related("area")
    ]
    areas = [
        NamedPlace((row.name, *row.aliases), row.centroid_lat, row.centroid_lon, row.code)
        for row in Area.objects.exclude(level=Area.Level.CITY)
    ]
    return landmarks + areas


def _happening(incident: Incident) -> Happening:
    calls = list(incident.calls.all())
    times = [call.received_at for call in calls]
    return Happening(
        str(incident.pk),
        type=incident.type.key,
        category=incident.type.category,
        lat=incident.lat,
        lon=incident.lon,
        areas=frozenset(area.code for area in incident.areas.all()),
        number=next((call.caller_number for call in calls if call.caller_number), ""),
        last_at=max([incident.opened_at, *times]),
    )
