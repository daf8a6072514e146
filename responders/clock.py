"""Estimate how far a phone's clock is from ours, as an interval, never as one number.

*Offset* is server time minus phone time, in seconds: phone time + offset = server time. A phone
that runs seven minutes fast has the offset -420. Three things bound it:

- `server_time_seen`: at phone time `at` the phone heard the server say `server_time`. Hearing comes
  after saying, so the server's clock then stood at `server_time` or later:
  `offset >= server_time - at`.
- `sent_at`: at that phone time the phone sent what we received at `received_at`. Receiving comes
  after sending: `offset <= received_at - sent_at`.
- `recorded_at`: a fix is made before it is received: `offset <= received_at - recorded_at`.

Whatever the network's delays were, a constant offset lies in all of them. If two bounds contradict
each other, the clock was set between them; then the bounds of `sent_at` and `server_time_seen` say
nothing about the fixes, and only each fix's own upper bound, which holds always, is kept.

An interval belongs to its batch. Bounds of an earlier batch are not mixed into a later one's rows:
a clock set back in between would make a movement look earlier than it was.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Offset(NamedTuple):
    """Hold the bounds of server time minus phone time, in seconds; `None` where there is none."""

    low_s: float | None = None
    high_s: float | None = None

    def possible(self) -> bool:
        """Say whether any offset satisfies both bounds."""
        return self.low_s is None or self.high_s is None or self.low_s <= self.high_s


UNKNOWN = Offset()


@dataclass(frozen=True)
class ServerTimeSeen:
    """Hold a server time that a phone heard, and the phone's own clock at that moment."""

    server_time: datetime
    at: datetime


def batch_offset(
    *, received_at: datetime, sent_at: datetime | None, seen: ServerTimeSeen | None
) -> Offset:
    """Bound the offset by what a batch says of itself; `UNKNOWN` where its clock was set meanwhile.

    A `server_time` later than our receipt was never heard from us and is left out.
    """
    low_s = high_s = None
    if sent_at is not None:
        high_s = (received_at - sent_at).total_seconds()
    if seen is not None and seen.server_time <= received_at:
        if sent_at is not None and seen.at > sent_at:
            return UNKNOWN
        low_s = (seen.server_time - seen.at).total_seconds()
    offset = Offset(low_s, high_s)
    return offset if offset.possible() else UNKNOWN


def row_offset(*, batch: Offset, recorded_at: datetime, received_at: datetime) -> Offset:
    """Bound the offset at one fix: the batch's bounds, and that it was recorded before receipt."""
    own_s = (received_at - recorded_at).total_seconds()
    low_s, high_s = batch
    if high_s is None or own_s < high_s:
        high_s = own_s
    return Offset(low_s, high_s) if low_s is None or low_s <= high_s else Offset(None, own_s)


def remember(*, known: Offset, new: Offset) -> Offset:
    """Return what a device row keeps: the newest bound of each side.

    The newest wins because clocks drift. If it contradicts the older bound of the other side, the
    clock was set, and the older one is forgotten.
    """
    kept = Offset(
        known.low_s if new.low_s is None else new.low_s,
        known.high_s if new.high_s is None else new.high_s,
    )
    return kept if kept.possible() else new


def proven_correction_s(offset: Offset) -> float:
    """Return the smallest correction that the bounds force, in seconds; 0 where they allow 0.

    An upper bound of +3 s may be three seconds of network and proves no error of the clock; an
    upper bound of -420 s does.
    """
    if offset.high_s is not None and offset.high_s < 0:
        return offset.high_s
    if offset.low_s is not None and offset.low_s > 0:
        return offset.low_s
    return 0.0
