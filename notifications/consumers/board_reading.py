"""What a feed of the board reads each time it looks: what the journal names, or a part of all.

Run in a thread. The rows come out as the feed keeps them, together with what was looked at: a key
that was looked at and is not among the rows is gone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.board_scope import BoardScope, shown_to
from incidents.models import IncidentEvent
from incidents.selectors.board import board_incidents, open_incident_ids
from incidents.selectors.board_alerts import alert_rows
from incidents.selectors.board_calls import call_rows
from incidents.selectors.board_units import active_unit_ids, board_units
from notifications.instructions import instruction_rows
from notifications.policy import BOARD
from notifications.selectors import journal_head

WAITING = ("calls", "alerts", "instructions")  # few, and read whole
WAITING_KINDS = ("call.", "alert.", "message.")  # of journal rows, that tell of them
SECTIONS = ("incidents", "assignments", "units", *WAITING)
Row = dict[str, Any]
Rows = dict[str, dict[Any, Row]]


@dataclass(frozen=True)
class Part:
    """What to look at. has_waiting: also at the calls, alerts and instructions, all of them."""

    incidents: frozenset[str] = frozenset()
    units: frozenset[int] = frozenset()
    has_waiting: bool = False

    def holds(self, section: str, row: Row) -> bool:
        """Say whether a row belongs to what is looked at."""
        if section == "units":
            return row["id"] in self.units
        if section in WAITING:
            return self.has_waiting
        return row["incident" if section == "assignments" else "id"] in self.incidents


@dataclass(frozen=True)
class Look:
    """What was looked at, and the rows there now."""

    part: Part
    rows: Rows


@dataclass(frozen=True)
class Extent:
    """All that a scope's board holds, and where the journal stood before that was read."""

    seq: int
    incidents: list[str]
    units: list[int]


def read_extent(scope: BoardScope) -> Extent:
    """Read what there is to look at, by id alone."""
    seq = journal_head().seq
    return Extent(seq, open_incident_ids(scope.agency_id), active_unit_ids(scope.agency_id))


def parts_of(extent: Extent, shown: Rows) -> Iterator[Part]:
    """Cut all that is there or shown into parts, so that no look takes long."""
    incidents = list(dict.fromkeys([*extent.incidents, *shown["incidents"]]))
    units = list(dict.fromkeys([*extent.units, *shown["units"]]))
    yield Part(has_waiting=True)
    for start in range(0, len(incidents), BOARD.part_rows):
        yield Part(incidents=frozenset(incidents[start : start + BOARD.part_rows]))
    for start in range(0, len(units), BOARD.part_rows):
        yield Part(units=frozenset(units[start : start + BOARD.part_rows]))


def read_part(scope: BoardScope, part: Part, now: datetime) -> Look:
    """Read the rows of one part."""
    sections: dict[str, list[Row]] = {}
    if part.incidents:
        sections |= board_incidents(scope.agency_id, now, part.incidents)
    if part.units:
        sections["units"] = board_units(scope.agency_id, now, part.units)
    if part.has_waiting:
        sections["calls"] = call_rows(scope.agency_id, now) if scope.sees_calls else []
        sections["alerts"] = alert_rows(scope.agency_id) if scope.sees_alerts else []
    shown = shown_to(scope, sections)
    if part.has_waiting and not scope.is_wall:  # whom to call, and where, stays in the room
        shown["instructions"] = instruction_rows(scope.agency_id)
    rows = {name: {row["id"]: row for row in shown.get(name, ())} for name in SECTIONS}
    return Look(part, rows)


def read_news(
    scope: BoardScope, after: int, assignments: Mapping[str, Row], now: datetime
) -> tuple[int, Look | None]:
    """Read what the journal names since `after`; return how far that is, and None where it is all.

    assignments: those shown until now. An incident's units are looked at with it, those that it
    had and those that it has. What else hangs on a fact follows with the round over everything.
    """
    events = IncidentEvent.objects.filter(seq__gt=after).order_by("seq")
    named = events.values_list("seq", "kind", "incident_id", "data__unit")[: BOARD.news_rows]
    seqs, kinds, incident_ids, unit_ids = zip(*named, strict=True) if named else ((),) * 4
    if not seqs:
        return after, None
    waiting = any(kind.startswith(WAITING_KINDS) for kind in kinds)
    incidents = frozenset(str(pk) for pk in incident_ids if pk is not None)
    units = {pk for pk in unit_ids if isinstance(pk, int)}
    units |= {row["unit"] for row in assignments.values() if row["incident"] in incidents}
    look = read_part(scope, Part(incidents, has_waiting=waiting), now)
    units |= {row["unit"] for row in look.rows["assignments"].values()}
    more = read_part(scope, Part(units=frozenset(units)), now)
    part = Part(incidents, frozenset(units), has_waiting=waiting)
    return seqs[-1], Look(part, look.rows | {"units": more.rows["units"]})
