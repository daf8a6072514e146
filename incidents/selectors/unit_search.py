"""The few units worth a close look for an incident, found by the database among all."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import Routing
from incidents.policy import RECOMMENDATION
from incidents.selectors.unit_ranking import BOX, HAS_WORD, IN_USE, ON_SHIFT, RANKED
from incidents.suitability import SENT_ROLES
from responders.models import DutyStatus, Unit

Point = tuple[float, float]  # latitude, longitude, in degrees
Group = tuple[str, int, int]  # what is ranked by itself: way (base, phone), agency, ready (1, 0)
OTHERS = 0  # in place of an agency: all that are not to be sent, together
Placed = tuple[float | None, int]  # square of the distance in degrees, unit
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
        agency_id: int | None,
        now: datetime,
    ) -> None:
        self._scene, self._now = scene, now
        self._sent = {pk: row for pk, row in routing.items() if row.role in SENT_ROLES}
        units = Unit.objects.filter(active=True)
        scope = units if agency_id is None else units.filter(agency=agency_id)
        self._totals = dict(scope.order_by().values_list("agency").annotate(Count("pk")))

    def units(self) -> list[Unit]:
        """Return them with their agencies, by id.

        Among many units a box around the scene is searched first; then a larger one, and at last
        everything, for the groups of which it does not prove that nobody outside is nearer.
        """
        ids: set[int] = set()
        groups = self._groups()
        for box_deg in self._boxes_deg():
            found = self._nearest({agency_id for _way, agency_id, _ready in groups}, box_deg)
            proven = {group for group in groups if _is_proven(found[group], box_deg)}
            ids.update(unit_id for group in proven for _away, unit_id in found[group])
            groups -= proven
            if not groups:
                break
        return list(Unit.objects.filter(pk__in=ids).prefetch_related("agency").order_by("pk"))

    def count(self) -> int:
        """Return how many there are in all."""
        return sum(self._totals.values())

    def _groups(self) -> set[Group]:
        """Return all that is ranked. Of the agencies that are not to be sent, nobody is ready."""
        ways = ("base",) if self._scene is None else ("base", "phone")
        sent = self._totals.keys() & self._sent
        groups = {(way, agency_id, ready) for way in ways for agency_id in sent for ready in (0, 1)}
        return groups | {("base", OTHERS, 0)} if self._totals.keys() - sent else groups

    def _boxes_deg(self) -> tuple[float | None, ...]:
        """Return how far to look to each side, one after the other; None is everywhere."""
        if self._scene is None or self.count() <= RECOMMENDATION.looked_at_once:
            return (None,)
        return (*RECOMMENDATION.boxes_deg, None)

    def _nearest(
        self, ranked: Collection[int], box_deg: float | None
    ) -> Mapping[Group, list[Placed]]:
        """Return the first few of each group, everywhere or in a box around the scene."""
        able, values = self._able()
        sent = self._sent.keys() & ranked
        others = self._totals.keys() - self._sent if OTHERS in ranked else set()
        parts = {
            "agencies": _listed(sent | others),
            "sent": _listed(sent),
            "open": ", ".join(f"'{state}'" for state in OPEN_ASSIGNMENT_STATES),
            "able": able,
            "base_in_box": BOX.format(lat="home_lat", lon="home_lon") if box_deg else "",
            "phone_in_box": BOX.format(lat="last_lat", lon="last_lon") if box_deg else "",
        }
        values |= self._limits() | self._around(box_deg or 0.0)
        found: dict[Group, list[Placed]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(RANKED.format(on_shift=ON_SHIFT, in_use=IN_USE, **parts), values)
            for way, agency_id, ready, away, unit_id in cursor.fetchall():
                found[way, agency_id, ready].append((away, unit_id))
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

    def _around(self, box_deg: float) -> dict[str, float | None]:
        """Return the scene and the box around it, in degrees."""
        lat, lon = self._scene or (None, None)
        if lat is None or lon is None:
            return {"lat": None, "lon": None, "shrink": None}
        shrink = math.cos(math.radians(lat))
        aside = box_deg / max(shrink, 0.01)
        return {
            "lat": lat,
            "lon": lon,
            "shrink": shrink,
            "south": lat - box_deg,
            "north": lat + box_deg,
            "west": lon - aside,
            "east": lon + aside,
        }

    def _able(self) -> tuple[str, dict[str, Any]]:
        """Return who can do what is needed of the own agency: a condition, with its values."""
        able = ["1 = 0"]
        values: dict[str, Any] = {}
        for agency_id, row in self._sent.items():
            capable = []
            for word in needs_of(row):
                name = f"word_{len(values)}"
                values[name], like = word, connection.ops.prep_for_like_query(word)
                values[f"{name}_in"] = f'%"{like}"%'
                capable.append(f"unit.kind = %({name})s OR {HAS_WORD.format(name)}")
            able.append(f"unit.agency_id = {agency_id} AND ({' OR '.join(capable) or '1 = 1'})")
        return " OR ".join(able), values


def _listed(agencies: Iterable[int]) -> str:
    return ", ".join(map(str, agencies)) or "NULL"


def needs_of(row: Routing | None) -> tuple[str, ...]:
    """Return what a cell of the matrix asks of a unit."""
    return words_of(row.needs) if row is not None else ()


def words_of(value: Any) -> tuple[str, ...]:
    """Return the words of a list as an administrator typed it; nothing of any other shape."""
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def _is_proven(rows: Sequence[Placed], box_deg: float | None) -> bool:
    """Say whether nobody outside the box can be among the first few."""
    if box_deg is None:
        return True
    edge = (box_deg * PROVEN) ** 2
    near = [away for away, _unit_id in rows if away is not None and away < edge]
    return len(near) == RECOMMENDATION.looked_at_each
