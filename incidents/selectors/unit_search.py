"""The few units worth a close look for an incident, found by the database among all."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import Routing
from incidents.policy import RECOMMENDATION
from incidents.selectors.surroundings import (
    CountedAgency,
    Point,
    around,
    give_agencies,
    listed,
)
from incidents.selectors.unit_ranking import BOX, BUSY, HAS_WORD, LISTED, PIECES, RANKED
from incidents.suitability import SENT_ROLES
from responders.models import DutyStatus, Unit

Group = tuple[int, int, int]  # what is ranked by itself: by phone (1) or base, agency, ready (1, 0)
OTHERS = 0  # in place of an agency: all that are not to be sent, together
Placed = tuple[float | None, int]  # square of the distance in degrees, unit
OTHERS_PART = 2  # they are many: a box half as high and wide holds enough of them
PROVEN = 0.999  # of a box: what is nearer than its edge, whatever was rounded


class UnitSearch:
    """The units worth a close look: of each agency the nearest ready, and the nearest not ready.

    Nearest by base, and by where a phone of the crew is. Of all agencies that are not to be sent
    together, the nearest by base: somebody may be needed whom the matrix does not name.
    """

    def __init__(
        self,
        scene: Point | None,
        routing: Mapping[int, Routing],
        agencies: Mapping[int, CountedAgency],
        agency_id: int | None,
        now: datetime,
    ) -> None:
        self._scene, self._now, self._agencies = scene, now, agencies
        self._sent = {pk: row for pk, row in routing.items() if row.role in SENT_ROLES}
        self.busy = _busy()
        self._totals = {
            pk: agency.unit_count
            for pk, agency in self._agencies.items()
            if agency.unit_count and agency_id in (None, pk)
        }

    def units(self) -> list[Unit]:
        """Return them with their agencies, by id.

        A box around the scene is searched first, that holds so many bases of each agency; then
        everything, for the groups of which the box does not prove that nobody outside is nearer.
        """
        ids: set[int] = set()
        groups = self._groups()
        for box_deg, looked_for in self._looks():
            asked = {group for group in groups if group[1] in looked_for}
            found = self._nearest({agency_id for _way, agency_id, _ready in asked}, box_deg)
            proven = {group for group in asked if _is_proven(group, found[group], box_deg)}
            ids.update(unit_id for group in proven for _away, unit_id in found[group])
            groups -= proven
            if not groups:
                break
        units = list(Unit.objects.raw(LISTED.format(ids=listed(ids))))
        give_agencies(units, self._agencies)
        return units

    def count(self) -> int:
        """Return how many there are in all."""
        return sum(self._totals.values())

    def _groups(self) -> set[Group]:
        """Return all that is ranked. Of the agencies that are not to be sent, nobody is ready."""
        ways = (0,) if self._scene is None else (0, 1)
        sent = self._totals.keys() & self._sent
        groups = {(way, agency_id, ready) for way in ways for agency_id in sent for ready in (0, 1)}
        return groups | {(0, OTHERS, 0)} if self._totals.keys() - sent else groups

    def _looks(self) -> Iterable[tuple[float | None, Collection[int]]]:
        """Return how far to look to each side, and for which agencies; None is everywhere."""
        reach = {pk: self._agencies[pk].reach for pk in self._totals.keys() & self._sent}
        boxed = {pk: away for pk, away in reach.items() if away}
        if boxed:
            yield math.sqrt(max(boxed.values())), {*boxed, OTHERS}
        yield None, {*reach, OTHERS}

    def _nearest(
        self, ranked: Collection[int], box_deg: float | None
    ) -> Mapping[Group, list[Placed]]:
        """Return the first few of each group, everywhere or in a box around the scene."""
        able, values = self._able()
        parts = {
            "sent": listed(self._sent.keys() & ranked),
            "others": listed(self._totals.keys() - self._sent if OTHERS in ranked else ()),
            "able": able,
            "base_in_box": BOX.format(lat="home_lat", lon="home_lon", part=1) if box_deg else "",
            "phone_in_box": BOX.format(lat="last_lat", lon="last_lon", part=1) if box_deg else "",
            "other_in_box": BOX.format(lat="home_lat", lon="home_lon", part=OTHERS_PART)
            if box_deg
            else "",
        }
        values |= self._limits() | around(self._scene, box_deg or 0.0)
        found: dict[Group, list[Placed]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(RANKED.format(**PIECES, **parts), values)
            for by_phone, agency_id, ready, away, unit_id in cursor.fetchall():
                found[by_phone, agency_id, ready].append((away, unit_id))
        return found

    def _limits(self) -> dict[str, Any]:
        moment = connection.ops.adapt_datetimefield_value
        return {
            "now": moment(self._now),
            "fresh": moment(self._now - timedelta(seconds=RECOMMENDATION.position_fresh_s)),
            "rung": moment(self._now - timedelta(seconds=RECOMMENDATION.push_fresh_s)),
            "available": DutyStatus.AVAILABLE.value,
            "each": RECOMMENDATION.looked_at_each,
        }

    def _able(self) -> tuple[str, dict[str, Any]]:
        """Return who is free and can do what its agency must: a condition, with its values."""
        able = [f"unit.duty_status = %(available)s AND unit.id NOT IN ({listed(self.busy or {0})})"]
        values: dict[str, Any] = {}
        for agency_id, row in self._sent.items():
            capable = [f"unit.agency_id <> {agency_id}"]
            for word in needs_of(row):
                name = f"word_{len(values)}"
                values[name], like = word, connection.ops.prep_for_like_query(word)
                values[f"{name}_in"] = f'%"{like}"%'
                capable.append(f"unit.kind = %({name})s OR {HAS_WORD.format(name)}")
            if len(capable) > 1:
                able.append(f"({' OR '.join(capable)})")
        return " AND ".join(able), values


def _busy() -> set[int]:
    """Return the units with an assignment that is not over."""
    states = ", ".join(f"'{state}'" for state in OPEN_ASSIGNMENT_STATES)
    with connection.cursor() as cursor:
        cursor.execute(BUSY.format(open=states))
        return {unit_id for (unit_id,) in cursor.fetchall()}


def needs_of(row: Routing | None) -> tuple[str, ...]:
    """Return what a cell of the matrix asks of a unit."""
    return words_of(row.needs) if row is not None else ()


def words_of(value: Any) -> tuple[str, ...]:
    """Return the words of a list as an administrator typed it; nothing of any other shape."""
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def _is_proven(group: Group, rows: Sequence[Placed], box_deg: float | None) -> bool:
    """Say whether nobody outside the box can be among the first few of a group."""
    if box_deg is None:
        return True
    _way, agency_id, _ready = group
    edge = (box_deg * PROVEN / (OTHERS_PART if agency_id == OTHERS else 1)) ** 2
    near = [away for away, _unit_id in rows if away is not None and away < edge]
    return len(near) == RECOMMENDATION.looked_at_each
