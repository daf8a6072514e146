"""What is known of each of a few units for an incident, and of the phones of their crews."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from incidents.areas import distance_m
from incidents.lifecycle import AssignmentState
from incidents.models import Assignment, Routing
from incidents.policy import RECOMMENDATION
from incidents.selectors.surroundings import Point, listed
from incidents.selectors.unit_ranking import CREWS, PIECES
from incidents.selectors.unit_search import needs_of, words_of
from incidents.suitability import Suitability
from responders.models import Device, Unit
from responders.selectors import newest_position


class Phone(NamedTuple):
    """What a phone tells of the unit it is on; places in degrees, by the phone's own clock."""

    reachable: bool
    last_lat: float | None
    last_lon: float | None
    last_recorded_at: datetime | None


def facts_of(
    units: list[Unit],
    routing: Mapping[int, Routing],
    sent: list[Assignment],
    busy: Set[int],
    scene: Point | None,
    now: datetime,
) -> list[tuple[Suitability, Point | None]]:
    """Return what is known of each unit, and where it is, in one query."""
    declined = {one.unit_id for one in sent if one.state == AssignmentState.DECLINED}
    phones = _phones_of(units, now)
    facts = []
    for unit in units:
        held = phones.get(unit.pk)
        row = routing.get(unit.agency_id)
        fact = Suitability(
            unit_id=unit.pk,
            call_sign=unit.call_sign,
            agency_id=unit.agency_id,
            role=row.role if row else "",
            takes_orders=unit.agency.takes_orders,
            duty=unit.duty_status,
            needs=needs_of(row),
            has=frozenset({unit.kind, *words_of(unit.capabilities)}),
            busy=unit.pk in busy,
            crewed=held is not None,
            reachable=any(phone.reachable for phone in held or ()),
            declined=unit.pk in declined,
        )
        facts.append((fact, _locate(fact, unit, held or [], scene, now)))
    return facts


def _locate(
    fact: Suitability, unit: Unit, phones: list[Phone], scene: Point | None, now: datetime
) -> Point | None:
    """Write how far a unit is, by its newest position while fresh, else from its base."""
    lat, lon = unit.home_lat, unit.home_lon
    newest = newest_position(phones)
    if newest is not None:
        fact.position_age_s = (now - newest.recorded_at).total_seconds()
        fact.is_fresh = fact.position_age_s <= RECOMMENDATION.position_fresh_s
        if fact.is_fresh and newest.lat is not None:
            lat, lon = newest.lat, newest.lon
    if lat is None or lon is None:
        return None
    if scene is not None:
        fact.distance_m = distance_m(lat, lon, *scene)
    return lat, lon


def _phones_of(units: Iterable[Unit], now: datetime) -> dict[int, list[Phone]]:
    """Return unit id → the trusted phones of its active crew, for the units that have a crew."""
    moment = connection.ops.adapt_datetimefield_value
    column = Device._meta.get_field("last_recorded_at").cached_col
    readers = connection.ops.get_db_converters(column)
    statement = CREWS.format(**PIECES, ids=listed(unit.pk for unit in units))
    rung = now - timedelta(seconds=RECOMMENDATION.push_fresh_s)
    phones: dict[int, list[Phone]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": moment(now), "rung": moment(rung)})
        for unit_id, phone_id, reachable, lat, lon, recorded_at in cursor.fetchall():
            held = phones.setdefault(unit_id, [])
            if phone_id is not None:
                for read in readers:
                    recorded_at = read(recorded_at, column, connection)
                held.append(Phone(bool(reachable), lat, lon, recorded_at))
    return phones
