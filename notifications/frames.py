"""Turn delivery rows into the frames of the stream: encoded once an event and audience.

Everything but `previous`, which belongs to one socket, is shared by all who see the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from incidents.models import Assignment, CrewAlert, IncidentEvent
from incidents.serializers import assignment_out
from incidents.views.field_shapes import alert_out
from notifications.audience import ROUTES
from notifications.models import Drill, Notice
from notifications.selectors import Owed
from notifications.serializers import drill_out, notice_out
from responders.wire_time import to_wire


@dataclass(frozen=True)
class Encoded:
    """One event for one audience: its number, and all of its frame but the numbers."""

    seq: int
    rest: bytes

    def frame(self, *, previous: int) -> str:
        """Return the text of the frame on a socket whose frame before it was `previous`."""
        head = b'{"type":"event","seq":%d,"previous":%d,' % (self.seq, previous)
        return (head + self.rest).decode()


def encode_rows(rows: Iterable[Owed]) -> list[tuple[Owed, Encoded]]:
    """Encode rows in their order; the data is as it stands now.

    The number of queries does not grow with the rows.
    """
    rows = list(rows)
    data = _Data(rows)
    shared: dict[tuple[Any, ...], Encoded] = {}
    pairs = []
    for row in rows:
        key = (row.event_id, row.assignment_id, row.person_id if row.notice_id else None)
        if key not in shared:
            shared[key] = _encode(row, data)
        pairs.append((row, shared[key]))
    return pairs


def _encode(row: Owed, data: "_Data") -> Encoded:
    body = {
        "kind": data.wire_of(row),
        "at": to_wire(data.events[row.event_id].happened_at),
        "data": data.of(row),
    }
    return Encoded(row.event_id, msgspec.json.encode(body)[1:])


class _Data:
    """What the rows speak of, read at once and shaped once."""

    def __init__(self, rows: list[Owed]) -> None:
        # Without the facts: those of a drill name everybody, and no frame shows them.
        events = IncidentEvent.objects.only("kind", "happened_at")
        self.events = events.in_bulk({row.event_id for row in rows})
        assignment_ids = {row.assignment_id for row in rows if row.assignment_id}
        notice_ids = {row.notice_id for row in rows if row.notice_id}
        self._assignments: dict[UUID, dict[str, Any]] = {}
        self._notices: dict[UUID, Notice] = {}
        if assignment_ids:
            found = (
                Assignment.objects.filter(pk__in=assignment_ids)
                .select_related("unit__agency", "incident__type")
                .prefetch_related(
                    "incident__areas", "incident__calls", "incident__merged__calls", "verdicts"
                )
            )
            self._assignments = {row.pk: assignment_out(row, for_crew=True) for row in found}
        if notice_ids:
            notices = Notice.objects.filter(pk__in=notice_ids)
            self._notices = {
                row.pk: row
                for row in notices.select_related("incident__type").prefetch_related("areas")
            }

        drill_ids = {row.drill_id for row in rows if row.drill_id}
        alert_ids = {row.alert_id for row in rows if row.alert_id}
        self._drills: dict[UUID, dict[str, Any]] = {}
        self._alerts: dict[UUID, dict[str, Any]] = {}
        if drill_ids:
            drills = Drill.objects.filter(pk__in=drill_ids)
            self._drills = {drill.pk: drill_out(drill) for drill in drills}
        if alert_ids:
            alerts = CrewAlert.objects.filter(pk__in=alert_ids)
            self._alerts = {alert.pk: alert_out(alert) for alert in alerts}

    def wire_of(self, row: Owed) -> str:
        return ROUTES[self.events[row.event_id].kind].wire

    def of(self, row: Owed) -> dict[str, Any]:
        if row.drill_id is not None:
            return self._drills[row.drill_id]
        if row.alert_id is not None:
            return self._alerts[row.alert_id]
        if row.notice_id is not None:
            return notice_out(self._notices[row.notice_id], row.person_id)
        if row.assignment_id is None:
            raise LookupError(f"Delivery {row.pk} is of nothing that is known.")
        assignment = self._assignments[row.assignment_id]
        if self.wire_of(row) == "incident.updated":
            return assignment["incident"]
        return assignment
