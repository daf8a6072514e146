"""A fact on its way to people, before its rows are written."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from incidents.journal import Draft
from notifications.audience import DRILL_LANE, NOTICE_LANE, Route


@dataclass
class Planned:
    """One fact and its people: person id → the assignment it concerns for them."""

    number: int
    draft: Draft
    route: Route
    people: dict[int, UUID | None] = field(default_factory=dict)
    quiet_until: datetime | None = None

    @property
    def alert_id(self) -> UUID | None:
        """Return the call for help it speaks of, if any."""
        value = self.draft.data.get("alert") if self.route.wire == "alert.updated" else None
        return UUID(str(value)) if value else None

    @property
    def drill_id(self) -> UUID | None:
        """Return the drill it is of, if any."""
        value = self.draft.data.get("drill") if self.route.lane == DRILL_LANE else None
        return UUID(str(value)) if value else None

    @property
    def notice_id(self) -> UUID | None:
        """Return the notice it speaks of, if any."""
        value = self.draft.data.get("notice_id") if self.route.lane == NOTICE_LANE else None
        return UUID(str(value)) if value else None
