"""What a phone says of itself in passing: how much it could not send yet, and its battery."""

from datetime import datetime
from uuid import UUID

from responders.models import Device


def note_status(
    *,
    device_id: UUID,
    unsent: int,
    oldest_at: datetime | None,
    battery_pct: float | None,
    now: datetime,
) -> None:
    """Keep a phone's latest word; a battery it does not tell stays as it was last told."""
    values = {"status_at": now, "unsent": unsent, "unsent_since": oldest_at if unsent else None}
    if battery_pct is not None:
        values["battery_pct"] = battery_pct
    Device.objects.filter(pk=device_id).update(**values)
