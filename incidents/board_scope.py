"""What of the board's rows somebody may be shown. Pure: rows in, rows out.

The selectors leave out what is another agency's; here what is left is cut to the right. A wall is
seen by whoever stands in the room, so its rows are built from named fields: one that nobody named
is not shown.
"""

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Sections = dict[str, list[Row]]

WALL_FIELDS = {
    "incidents": "id number type label label_en priority areas lat lon state opened_at",
    "assignments": "id incident unit call_sign agency state verdict verdict_reason alarms "
    "dispatched_at move_by delivered_at acknowledged_at en_route_at on_scene_at completed_at "
    "declined_at cancelled_at moved_at",
    "units": "id call_sign agency kind status reach home position",
    "calls": "id state ringing_at answered_at",
    "alerts": "id kind unit at state",
}
WALL_PROBLEM_FIELDS = ("code", "level", "seconds")
WALL_BANNER_FIELDS = ("kind", "level", "headline", "at")
WITHHELD = {"type": "", "label": "Kejadian tertutup", "label_en": "Confidential incident"}
WALL_DEGREES = 3  # decimals of a wall's incident: about 110 m, a street and not a house


@dataclass(frozen=True)
class BoardScope:
    """Which board a screen gets. agency_id: an operator's agency, None for the city."""

    agency_id: int | None = None
    sees_calls: bool = False
    sees_alerts: bool = False
    is_wall: bool = False


WALL = BoardScope(sees_calls=True, sees_alerts=True, is_wall=True)


def shown_to(scope: BoardScope, sections: Sections) -> Sections:
    """Return the rows that a scope may be shown; a section it may not see is empty."""
    shown = dict(sections)
    if not scope.sees_calls:
        shown["calls"] = []
    if not scope.sees_alerts:
        shown["alerts"] = []
    if not scope.is_wall:
        return shown
    return {name: [_on_the_wall(name, row) for row in rows] for name, rows in shown.items()}


def health_shown_to(scope: BoardScope, health: Row) -> Row:
    """Return what a scope may know of the machine; a wall: one code a kind of problem, no names.

    The sentences name processes, units and areas without an official: they stay with the desks.
    Of BMKG a wall shows the headline and the age of its last good answer, both public.
    """
    if not scope.is_wall:
        return health
    first: dict[str, Row] = {}
    for problem in health["problems"]:
        first.setdefault(problem["code"], {key: problem.get(key) for key in WALL_PROBLEM_FIELDS})
    shown = {"as_of": health["as_of"], "problems": list(first.values())}
    if "bmkg" in health:
        shown["bmkg"] = health["bmkg"]
        shown["banners"] = [
            {key: row[key] for key in WALL_BANNER_FIELDS} for row in health["banners"]
        ]
    return shown


def _on_the_wall(section: str, row: Row) -> Row:
    """Keep the named fields; what kind of incident a sensitive one is stays in the room."""
    kept = {name: row[name] for name in WALL_FIELDS.get(section, "id").split() if name in row}
    if section == "incidents":
        if row.get("sensitive", True):
            return kept | WITHHELD | {"areas": [], "lat": None, "lon": None}
        kept["lat"], kept["lon"] = _roughly(row["lat"]), _roughly(row["lon"])
    return kept


def _roughly(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, WALL_DEGREES)
