"""What goes into a reader and what comes out of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Outcome = Literal["ok", "no_position", "partial", "invalid"]


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request as sent: query text without its `?`, body bytes, headers by lower-case name."""

    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One fix in our units. `fixed_at`: when the app says it was there; `None` where it says
    nothing. `made_at`: when the app wrote the message, at or before its sending."""

    lat: float
    lon: float
    fixed_at: datetime | None
    made_at: datetime | None = None
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    altitude_m: float | None = None
    battery: float | None = None  # 0 to 1
    is_mock: bool | None = None
    source: str = ""  # gps, network, manual (a place that the app was told, not measured)
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What a request says.

    `ok`: positions. `partial`: a batch of which some members are none. `no_position`: a message of
    that app without a usable one. `invalid`: nothing to store; `readable` then tells a position
    that cannot be from something that is not this app's format. `device` is how the sender calls
    itself; `rejected` and `no_position` count the members of a batch.
    """

    outcome: Outcome
    positions: tuple[Position, ...] = ()
    device: str | None = None
    reason: str = ""
    readable: bool = True
    rejected: int = 0
    no_position: int = 0


class Unusable(Exception):
    """There is no position in this; the text says why. Never leaves a reader."""


class NoPosition(Unusable):
    """A valid message that holds none: a heartbeat, a card, 0,0."""


class Impossible(Unusable):
    """Understood, but no position on Earth, or half of one."""


class Unreadable(Unusable):
    """Not this format."""


def one_message(read: Callable[[], Position], *, device: str | None) -> Message:
    """Return the message of a request that holds one fix at most."""
    try:
        return Message("ok", (read(),), device)
    except NoPosition as error:
        return Message("no_position", device=device, reason=str(error))
    except Unusable as error:
        readable = not isinstance(error, Unreadable)
        return Message("invalid", device=device, reason=str(error), readable=readable)


def batch_message(
    read: Callable[[Any], Position], members: Iterable[object], *, device: str | None = None
) -> Message:
    """Return the message of a batch: the good members in their order, the others counted.

    One bad member never loses the rest, and a batch is readable whatever its members are.
    """
    positions: list[Position] = []
    rejected = no_position = 0
    reason = "an empty batch"
    for member in members:
        try:
            positions.append(read(member))
        except NoPosition as error:
            no_position, reason = no_position + 1, str(error)
        except Unusable as error:
            rejected, reason = rejected + 1, str(error)
    if positions:
        outcome: Outcome = "partial" if rejected or no_position else "ok"
        return Message(
            outcome, tuple(positions), device, rejected=rejected, no_position=no_position
        )
    return Message(
        "invalid" if rejected else "no_position",
        device=device,
        reason=reason,
        rejected=rejected,
        no_position=no_position,
    )


def unreadable(reason: str) -> Message:
    """Return the message of a request that is not in this format at all."""
    return Message("invalid", reason=reason, readable=False)
