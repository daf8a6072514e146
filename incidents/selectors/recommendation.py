"""Which units to propose for an incident, each with why, and why not the others.

Ten thousand units cost what thirteen do in rows loaded: the database ranks by nearness, readiness
and agency; only the first few of each kind are looked at closely.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache

from incidents.alarms import awaits_replacement
from incidents.lifecycle import AssignmentState
from incidents.models import AgencyRequest, Area, Assignment, Incident, Routing
from incidents.policy import DEADLINES, RECOMMENDATION
from incidents.road_times import road_times_s
from incidents.selectors.surroundings import Point, agencies_around, give_agencies
from incidents.selectors.unit_facts import facts_of
from incidents.selectors.unit_search import UnitSearch
from incidents.suitability import SENT_ROLES, Reason, Suitability, choose, shortfalls
from responders.models import Agency, Device, Unit


@dataclass(frozen=True)
class Candidate:
    """One unit as the desk sees it for one incident."""

    unit: Unit
    facts: Suitability

    @property
    def chosen(self) -> bool:
        return self.facts.chosen

    @property
    def reasons(self) -> list[Reason]:
        return self.facts.reasons

    @property
    def codes(self) -> list[str]:
        return [reason.code for reason in self.facts.reasons]

    @property
    def distance_m(self) -> float | None:
        return self.facts.distance_m


@dataclass(frozen=True)
class Outside:
    """An outside agency of the routing, and its latest request at this incident, if any."""

    agency: Agency
    role: str
    request: AgencyRequest | None


@dataclass(frozen=True)
class Recommendation:
    """unlisted: how many more units there are, farther away, that nobody looked at."""

    candidates: list[Candidate]
    shortfalls: list[Reason]
    outside: list[Outside]
    unlisted: int


def recommend_units(
    incident: Incident,
    now: datetime,
    *,
    agency_id: int | None = None,
    instead_of: Assignment | None = None,
) -> Recommendation:
    """Propose the nearest ready unit of each agency that leads or supports and has sent none.

    Candidates come chosen first, then by who leads and who supports, then by nearness; every one
    carries its reasons. Of agencies that are neither, the nearest few come last. agency_id: an
    operator's agency, whose units alone are weighed. instead_of: an assignment that failed; its
    agency is weighed alone, and gets another unit even where a second one of it is on its way.
    """
    scene = approximate_point(incident)
    cells = list(Routing.objects.filter(type_id=incident.type_id))
    weighed = {cell.agency_id for cell in cells if cell.role in SENT_ROLES}
    if instead_of is not None:
        agency_id = instead_of.unit.agency_id
        weighed = {agency_id}
    agencies = agencies_around(scene, weighed)
    routing = _routing(cells, agencies)
    if instead_of is not None:
        routing.setdefault(instead_of.unit.agency_id, _as_support(instead_of))
    sent = list(incident.assignments.prefetch_related("unit").order_by("dispatched_at"))
    covered = {} if instead_of is not None else _covered(sent, now)
    search = UnitSearch(scene, routing, agencies, agency_id, now)
    units = search.units()
    facts = facts_of(units, routing, sent, search.busy, scene, now)
    road_failed = _add_road_times(facts, units, scene)
    ranked = choose((fact for fact, _place in facts), covered=covered)
    short = [] if scene is not None else [Reason("no_place")]
    wanted = _wanted(routing, agency_id)
    short += shortfalls(wanted, ranked, covered=covered)
    if road_failed:
        short.append(Reason("no_road_times"))
    by_id = {unit.pk: unit for unit in units}
    return Recommendation(
        candidates=[Candidate(by_id[fact.unit_id], fact) for fact in ranked],
        shortfalls=short,
        outside=_outside(incident, routing, agencies) if agency_id is None else [],
        unlisted=search.count() - len(units),
    )


def approximate_point(incident: Incident) -> Point | None:
    """Return where an incident is: its point, else the centroid of its first area, else None.

    The first area is the first village by code, or by code alone where no village is named.
    """
    if incident.lat is not None and incident.lon is not None:
        return incident.lat, incident.lon
    areas = sorted(incident.areas.all(), key=lambda a: (a.level != Area.Level.VILLAGE, a.code))
    return (areas[0].centroid_lat, areas[0].centroid_lon) if areas else None


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


def _add_road_times(
    facts: list[tuple[Suitability, Point | None]], units: list[Unit], scene: Point | None
) -> bool:
    """Ask the city's routing server about those that could go. Returns whether it failed."""
    url = settings.GERAK_ROUTING_URL
    if not url or scene is None:
        return False
    asked = [(fact, place) for fact, place in facts if place is not None and not fact.blockers]
    if not asked:
        return False
    asked.sort(key=lambda pair: pair[0].nearness)
    places = tuple((round(place[0], 4), round(place[1], 4)) for _fact, place in asked)
    key = f"road-times-{hash((scene, places))}"
    times = cache.get(key)
    if times is None:
        if cache.get("road-times-down"):
            return True
        times = road_times_s(url, places, scene, timeout_s=RECOMMENDATION.road_timeout_s)
        if times is None:
            cache.set("road-times-down", True, RECOMMENDATION.road_pause_s)
            return True
        cache.set(key, times, RECOMMENDATION.road_kept_s)
    for (fact, _place), seconds in zip(asked, times, strict=False):
        fact.road_s = seconds
    return False


def _covered(sent: list[Assignment], now: datetime) -> dict[int, str]:
    """Return the agencies that have somebody on the way or done, with the call sign."""
    covered = {}
    for assignment in sent:
        failed = awaits_replacement(assignment, now=now, policy=DEADLINES)
        if not failed and assignment.state != AssignmentState.CANCELLED:
            covered[assignment.unit.agency_id] = assignment.unit.call_sign
    return covered


def _routing(cells: Iterable[Routing], agencies: Mapping[int, Agency]) -> dict[int, Routing]:
    """Return the cell of each agency for this type, a merged agency's by its successor."""
    give_agencies(cells, agencies)
    return {cell.agency.merged_into_id or cell.agency_id: cell for cell in cells}


def _as_support(assignment: Assignment) -> Routing:
    """Return a cell for an agency that was sent although the matrix does not name it."""
    return Routing(agency=assignment.unit.agency, role=Routing.Role.SUPPORT, needs=[])


def _wanted(routing: Mapping[int, Routing], agency_id: int | None) -> list[tuple[int, str, str]]:
    """Return the agencies of the city that should send: id, name, role; the lead first."""
    rows = [(pk, row.agency.merged_into or row.agency, row.role) for pk, row in routing.items()]
    return [
        (pk, agency.short_name, role)
        for pk, agency, role in sorted(rows, key=lambda row: (row[2] != Routing.Role.LEAD, row[0]))
        if role in SENT_ROLES and agency.takes_orders and agency_id in (None, pk)
    ]


def _outside(
    incident: Incident, routing: Mapping[int, Routing], agencies: Mapping[int, Agency]
) -> list[Outside]:
    """Return the outside agencies of the routing, and any other that was asked, the lead first."""
    asked = list(incident.agency_requests.order_by("asked_at"))
    give_agencies(asked, agencies)
    latest = {request.agency_id: request for request in asked}
    rows = [
        Outside(row.agency.merged_into or row.agency, row.role, latest.pop(pk, None))
        for pk, row in routing.items()
        if row.role in SENT_ROLES and not (row.agency.merged_into or row.agency).takes_orders
    ]
    rows.sort(key=lambda one: (one.role != Routing.Role.LEAD, one.agency.short_name))
    return rows + [Outside(request.agency, "", request) for request in latest.values()]
