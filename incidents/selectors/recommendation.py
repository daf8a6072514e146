"""Which units to propose for an incident, each with why, and why not the others."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.areas import distance_m
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import Area, Assignment, Incident, Routing
from incidents.policy import RECOMMENDATION
from responders.models import CrewShift, Device, DutyStatus, Unit
from responders.selectors import newest_position, on_shift

TEXTS = {
    "lead_agency": _("instansi yang memimpin"),
    "support_agency": _("instansi yang ikut dikirim"),
    "nearest": _("terdekat"),
    "fresh_position": _("posisi baru"),
    "not_routed": _("instansi tidak disalurkan untuk jenis ini"),
    "off_duty": _("lepas piket"),
    "out_of_service": _("tidak siap operasi"),
    "busy": _("sedang bertugas"),
    "no_crew": _("tidak ada petugas piket"),
    "unreachable": _("tidak ada ponsel yang terjangkau"),
    "stale_position": _("posisi usang atau tidak diketahui; dihitung dari pangkalan"),
    "ask_only": _("instansi luar: minta bantuan"),
    "no_unit": _("tidak ada regu yang siap dari instansi yang memimpin"),
    "no_place": _("kejadian belum punya titik lokasi"),
}
Point = tuple[float, float]  # latitude, longitude, in degrees


@dataclass
class Candidate:
    """One unit as the desk sees it for one incident."""

    unit: Unit
    chosen: bool = False
    codes: list[str] = field(default_factory=list)
    distance_m: float | None = None
    position_age_s: float | None = None
    reachable: bool = False
    busy: bool = False
    crewed: bool = False
    role: str = ""


@dataclass(frozen=True)
class Recommendation:
    candidates: list[Candidate]
    shortfalls: list[str]


def recommend_units(incident: Incident, now: datetime) -> Recommendation:
    """Propose the nearest ready unit of each agency that leads or supports.

    Candidates come chosen first, then by distance; every one carries its reasons.
    """
    scene = approximate_point(incident)
    candidates = _candidates(incident, scene, now)
    shortfalls = [] if scene is not None else ["no_place"]
    for agency_id, role in _routing(incident).items():
        if role == Routing.Role.INFORMED:
            continue
        ready = [c for c in candidates if c.unit.agency_id == agency_id and not _blockers(c)]
        if ready:
            best = min(ready, key=_distance)
            best.chosen = True
            if best.distance_m is not None:
                best.codes.append("nearest")
        elif role == Routing.Role.LEAD:
            shortfalls.append("no_unit")
    for candidate in candidates:
        candidate.codes += _blockers(candidate)
    candidates.sort(key=lambda c: (not c.chosen, bool(_blockers(c)), _distance(c), c.unit.pk))
    return Recommendation(candidates, shortfalls)


def approximate_point(incident: Incident) -> Point | None:
    """Return where an incident is: its point, else the centroid of its first area, else None.

    The first area is the first village by code, or by code alone where no village is named.
    """
    if incident.lat is not None and incident.lon is not None:
        return incident.lat, incident.lon
    areas = sorted(incident.areas.all(), key=lambda a: (a.level != Area.Level.VILLAGE, a.code))
    return (areas[0].centroid_lat, areas[0].centroid_lon) if areas else None


def _candidates(incident: Incident, scene: Point | None, now: datetime) -> list[Candidate]:
    units = list(Unit.objects.filter(active=True).select_related("agency"))
    busy = set(
        Assignment.objects.filter(state__in=OPEN_ASSIGNMENT_STATES).values_list(
            "unit_id", flat=True
        )
    )
    crew: dict[int, list[int]] = {}
    for unit_id, user_id in CrewShift.objects.filter(on_shift(now)).values_list("unit", "user"):
        crew.setdefault(unit_id, []).append(user_id)
    phones: dict[int, list[Device]] = {}
    for device in Device.objects.filter(revoked_at=None, signed_out_at=None):
        phones.setdefault(device.user_id, []).append(device)
    routing = _routing(incident)
    return [
        _candidate(
            unit,
            scene,
            [phone for user_id in crew.get(unit.pk, []) for phone in phones.get(user_id, [])],
            role=routing.get(unit.agency_id, ""),
            busy=unit.pk in busy,
            crewed=unit.pk in crew,
            now=now,
        )
        for unit in units
    ]


def _candidate(
    unit: Unit,
    scene: Point | None,
    phones: list[Device],
    *,
    role: str,
    busy: bool,
    crewed: bool,
    now: datetime,
) -> Candidate:
    candidate = Candidate(unit=unit, role=role, busy=busy, crewed=crewed)
    candidate.reachable = any(is_reachable(phone, now) for phone in phones)
    lat, lon = unit.home_lat, unit.home_lon
    newest = newest_position(phones)
    if newest is not None:
        candidate.position_age_s = (now - newest.recorded_at).total_seconds()
        if candidate.position_age_s <= RECOMMENDATION.position_fresh_s:
            lat, lon = newest.lat, newest.lon
            candidate.codes.append("fresh_position")
    if "fresh_position" not in candidate.codes:
        candidate.codes.append("stale_position")
    if scene is not None and lat is not None and lon is not None:
        candidate.distance_m = distance_m(lat, lon, *scene)
    if role in (Routing.Role.LEAD, Routing.Role.SUPPORT):
        candidate.codes.insert(0, f"{role}_agency")
    return candidate


def is_reachable(phone: Device, now: datetime) -> bool:
    """Say whether a phone can be rung: a live socket, or a fresh push token that is not dead."""
    if phone.online_until is not None and phone.online_until > now:
        return True
    fresh = now - timedelta(seconds=RECOMMENDATION.push_fresh_s)
    return bool(
        phone.push_token
        and phone.push_dead_at is None
        and phone.push_token_at is not None
        and phone.push_token_at > fresh
    )


def _blockers(candidate: Candidate) -> list[str]:
    """Return why a unit cannot be proposed, worst first."""
    blockers = []
    if candidate.role not in (Routing.Role.LEAD, Routing.Role.SUPPORT):
        blockers.append("not_routed")
    if not candidate.unit.agency.takes_orders:
        blockers.append("ask_only")
    if candidate.unit.duty_status == DutyStatus.OFF_DUTY:
        blockers.append("off_duty")
    if candidate.unit.duty_status == DutyStatus.OUT_OF_SERVICE:
        blockers.append("out_of_service")
    if candidate.busy:
        blockers.append("busy")
    if not candidate.crewed:
        blockers.append("no_crew")
    if not candidate.reachable:
        blockers.append("unreachable")
    return blockers


def _routing(incident: Incident) -> dict[int, str]:
    """Return the role of each agency for this type, a merged agency's by its successor."""
    rows = Routing.objects.filter(Q(type_id=incident.type_id)).select_related("agency")
    return {row.agency.merged_into_id or row.agency_id: row.role for row in rows}


def _distance(candidate: Candidate) -> float:
    return candidate.distance_m if candidate.distance_m is not None else float("inf")
