"""What BMKG says becomes a line at the desk; what the desk decides becomes an incident.

Nothing here opens or sends by itself: the watcher notes, a person decides, once.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from incidents.journal import record
from incidents.models import Area, Incident, IncidentType
from incidents.services.intake import Report, open_incident
from notifications.bmkg.quakes import Felt, Quake
from notifications.bmkg.rules import (
    City,
    Ground,
    distance_to,
    level_of_quake,
    level_of_warning,
    touched_by,
)
from notifications.bmkg.weather import WeatherWarning
from notifications.errors import BulletinDecided, NoSuchType
from notifications.models import Bulletin
from notifications.policy import BMKG
from notifications.services.notices import plan_notices
from responders.models import User
from responders.wire_time import to_wire

QUAKE_TYPE = "gempa_bumi"
SAME_QUAKE_S = 30.0  # BMKG corrects time and place of a quake; there is no id to follow
SAME_QUAKE_DEG = 0.5
AHEAD_S = 600.0  # a quake so far in the future is a fault of theirs or of our clock
HEADLINE_MAX = 200
LEVELS = (Bulletin.Level.BANNER, Bulletin.Level.CALL)


@transaction.atomic
def note_quake(quake: Quake, *, now: datetime) -> Bulletin | None:
    """Keep a quake that concerns the city, or what is new of it; None for any other.

    The level rises with what becomes known and never falls; a decision stays.
    """
    city = _city()
    if city is None or quake.happened_at > now + timedelta(seconds=AHEAD_S):
        return None
    known = _known_quake(quake)
    if known is not None:
        quake = quake.merged_with(_quake_of(known))
    level = level_of_quake(quake, city)
    is_old = quake.happened_at < now - timedelta(seconds=BMKG.shown_s)
    if known is None and (level is None or is_old):
        return None
    row = known or Bulletin(kind=Bulletin.Kind.QUAKE, key=quake.key, first_seen_at=now)
    row.level = max(row.level, level or "", key=_rank)
    _tell_of_quake(row, quake, city)
    return _saved(row, now)


@transaction.atomic
def note_warning(warning: WeatherWarning, *, now: datetime) -> Bulletin | None:
    """Keep a warning that touches the city; end those that it replaces or takes back."""
    replaced = [f"weather:{identifier}" for identifier in warning.references]
    if replaced and warning.message_type in ("Update", "Cancel"):
        Bulletin.objects.filter(key__in=replaced, expires_at__gt=now).update(
            expires_at=now, changed_at=now
        )
    areas = {area.code: area for area in Area.objects.exclude(level=Area.Level.CITY)}
    grounds = [
        Ground(area.code, area.centroid_lat, area.centroid_lon, area.polygon)
        for area in areas.values()
    ]
    touched = touched_by(warning, grounds)
    level = level_of_warning(warning, touched, now=now)
    if level is None:
        return None
    row = Bulletin.objects.filter(key=warning.key).first()
    row = row or Bulletin(kind=Bulletin.Kind.WEATHER, key=warning.key, first_seen_at=now)
    row.level = level
    row.happened_at, row.expires_at = warning.effective_at, warning.expires_at
    row.headline, row.text = warning.headline[:HEADLINE_MAX], warning.description
    row.data = {
        "event": warning.event,
        "urgency": warning.urgency,
        "severity": warning.severity,
        "certainty": warning.certainty,
        "sent_at": to_wire(warning.sent_at),
    }
    _saved(row, now)
    row.areas.set([areas[code] for code in touched])
    return row


def confirm_quake(
    *, bulletin: Bulletin, call_everybody: bool, actor: User, now: datetime
) -> Incident:
    """Open the incident that a quake proposes; with a call, every lurah and camat is asked at once.

    No call of a citizen stands behind it, so none is counted. Raises BulletinDecided, and
    NoSuchType where the city's matrix has no earthquake, or tells no area of it.
    """
    incident = _confirmed(bulletin, call_everybody, actor, now)
    if call_everybody:
        plan_notices(incident.pk, now)  # the sweeper would do it a second later
    return incident


@transaction.atomic
def dismiss_bulletin(*, bulletin: Bulletin, actor: User, now: datetime) -> None:
    """Take a line off the desk. Raises BulletinDecided."""
    row = _undecided(bulletin)
    row.state, row.decided_at, row.decided_by = Bulletin.State.DISMISSED, now, actor
    row.save(update_fields=["state", "decided_at", "decided_by"])


@transaction.atomic
def _confirmed(bulletin: Bulletin, call_everybody: bool, actor: User, now: datetime) -> Incident:
    row = _undecided(bulletin)
    quake_type = IncidentType.objects.filter(key=QUAKE_TYPE, active=True).first()
    if row.kind != Bulletin.Kind.QUAKE or quake_type is None:
        raise NoSuchType
    if call_everybody and quake_type.notice == IncidentType.Notice.NONE:
        raise NoSuchType
    areas = list(Area.objects.filter(level=Area.Level.VILLAGE)) if call_everybody else []
    report = Report(type=quake_type, summary=f"BMKG: {row.headline}"[:500], areas=areas)
    incident = open_incident(report=report, actor=actor, now=now, without_call=True)
    row.state, row.decided_at, row.decided_by = Bulletin.State.CONFIRMED, now, actor
    row.incident = incident
    row.save(update_fields=["state", "decided_at", "decided_by", "incident"])
    data = {"bulletin": row.pk, "key": row.key, "everybody": call_everybody}
    record("bulletin.confirmed", now=now, incident=incident, actor=actor, data=data)
    return incident


def _undecided(bulletin: Bulletin) -> Bulletin:
    row = Bulletin.objects.select_for_update(of=("self",), no_key=True).get(pk=bulletin.pk)
    if row.state != Bulletin.State.NEW:
        raise BulletinDecided
    return row


def _city() -> City | None:
    area = Area.objects.filter(level=Area.Level.CITY).order_by("code").first()
    return City(area.name, area.centroid_lat, area.centroid_lon) if area else None


def _known_quake(quake: Quake) -> Bulletin | None:
    near = timedelta(seconds=SAME_QUAKE_S)
    rows = Bulletin.objects.select_for_update(of=("self",)).filter(
        kind=Bulletin.Kind.QUAKE,
        happened_at__range=(quake.happened_at - near, quake.happened_at + near),
        lat__range=(quake.lat - SAME_QUAKE_DEG, quake.lat + SAME_QUAKE_DEG),
        lon__range=(quake.lon - SAME_QUAKE_DEG, quake.lon + SAME_QUAKE_DEG),
    )
    return rows.order_by("pk").first()


def _quake_of(row: Bulletin) -> Quake:
    data = row.data
    return Quake(
        happened_at=row.happened_at,
        lat=row.lat or 0.0,
        lon=row.lon or 0.0,
        magnitude=data["magnitude"],
        depth_km=data["depth_km"],
        place=data["place"],
        potential=data["potential"],
        tsunami=data["tsunami"],
        felt=tuple(Felt(place, mmi) for place, mmi in data["felt"]),
        felt_text=data["felt_text"],
    )


def _tell_of_quake(row: Bulletin, quake: Quake, city: City) -> None:
    away_km = round(distance_to(city, quake) / 1_000)
    row.happened_at = quake.happened_at
    row.expires_at = quake.happened_at + timedelta(seconds=BMKG.shown_s)
    row.lat, row.lon = quake.lat, quake.lon
    row.headline = (f"Gempa M {quake.magnitude:.1f}, {away_km} km dari {city.name}: {quake.place}")[
        :HEADLINE_MAX
    ]
    depth = f"Kedalaman {quake.depth_km:g} km." if quake.depth_km is not None else ""
    felt = f"Dirasakan (MMI): {quake.felt_text}." if quake.felt_text else ""
    row.text = " ".join(part for part in (depth, felt, quake.potential) if part)
    row.data = {
        "magnitude": quake.magnitude,
        "depth_km": quake.depth_km,
        "place": quake.place,
        "potential": quake.potential,
        "tsunami": quake.tsunami,
        "felt": [[felt.place, felt.mmi] for felt in quake.felt],
        "felt_text": quake.felt_text,
        "distance_km": away_km,
    }


def _saved(row: Bulletin, now: datetime) -> Bulletin:
    """Save what is new; the same saying again changes nothing."""
    before: dict[str, Any] | None = None
    if row.pk is not None:
        before = Bulletin.objects.filter(pk=row.pk).values(*SAYING).get()
    if before != {name: getattr(row, name) for name in SAYING}:
        row.changed_at = now
        row.save()
    return row


SAYING = ("level", "happened_at", "expires_at", "headline", "text", "lat", "lon", "data")


def _rank(level: str) -> int:
    return LEVELS.index(Bulletin.Level(level)) if level else -1
