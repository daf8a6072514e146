"""Read what a phone says of itself on the socket. Pure; the HTTP door reads the same fields."""

from datetime import datetime
from typing import Annotated

import msgspec

from responders.policy import READINESS
from responders.wire_time import from_wire


class PhoneStatus(msgspec.Struct):
    """How much a phone could not send yet, since when, and its battery."""

    unsent: Annotated[int, msgspec.Meta(ge=0, le=READINESS.unsent_most)]
    oldest_at: str | None = None
    battery_pct: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None

    @property
    def oldest(self) -> datetime | None:
        """Return since when something waits. Raises ValueError for what is no time."""
        return None if self.oldest_at is None else from_wire(self.oldest_at)


def read_status(frame: object) -> PhoneStatus:
    """Return the status in a frame; unknown fields are ignored. Raises ValueError."""
    try:
        status = msgspec.convert(frame, PhoneStatus)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    status.oldest  # noqa: B018 - raises for what is no time
    return status
