"""Read the body of a check-in upload: the envelope strictly, each item by itself.

A body of another shape is a `ShapeError` and stores nothing; a bad item is a `Rejection` among the
others. Pure, shared by the short way, the DRF view and the socket.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from responders.check_ins import FieldError, Fix, Rejection, read_item
from responders.clock import Offset, ServerTimeSeen, batch_offset
from responders.policy import CheckInPolicy
from responders.wire_time import from_wire


class ShapeError(ValueError):
    """The body is not an upload of check-ins. `code` says why; `errors` name the fields."""

    def __init__(self, code: str, errors: list[FieldError] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors or []


DIGITS_MAX = 1_000


@dataclass(slots=True)
class Batch:
    """An upload in the order sent, and the bounds of the phone's clock that it states."""

    items: list[Fix | Rejection]
    offset: Offset
    received_at: datetime


def decode_body(body: bytes) -> Any:
    """Decode JSON; raise `ShapeError("bad_json")` for what is none.

    msgspec is fast but refuses whole what grammar allows and a single item should answer for
    (1e400, half a surrogate pair): those few go through the standard library.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    except RecursionError:
        raise ShapeError("bad_json") from None
    try:
        return json.loads(
            body.decode("utf-8"), parse_constant=_refuse_constant, parse_int=_read_int
        )
    except (ValueError, RecursionError):
        raise ShapeError("bad_json") from None


def _read_int(digits: str) -> int | float:
    """Read a whole number; one of more digits than Python reads is merely out of range."""
    return int(digits) if len(digits) < DIGITS_MAX else float(digits)


def read_batch(envelope: object, *, received_at: datetime, policy: CheckInPolicy) -> Batch:
    """Read an upload that was received at `received_at`.

    Raises `ShapeError`: `not_an_object`, `required`, `not_a_list`, `too_many`, `bad_time`.
    """
    if not isinstance(envelope, dict):
        raise ShapeError("not_an_object")
    raw_items = _read_list(envelope, policy=policy)
    offset = batch_offset(
        received_at=received_at,
        sent_at=_read_time(envelope, "sent_at", prefix=""),
        seen=_read_server_time_seen(envelope.get("server_time_seen")),
    )
    items = [
        read_item(raw, received_at=received_at, offset=offset, policy=policy) for raw in raw_items
    ]
    return Batch(items=items, offset=offset, received_at=received_at)


def _read_list(envelope: Mapping[str, Any], *, policy: CheckInPolicy) -> list[object]:
    raw_items = envelope.get("check_ins")
    if raw_items is None:
        raise ShapeError("required", [("check_ins", "required")])
    if not isinstance(raw_items, list):
        raise ShapeError("not_a_list", [("check_ins", "not_a_list")])
    if len(raw_items) > policy.batch_max_items:
        raise ShapeError("too_many", [("check_ins", "too_many")])
    return raw_items


def _read_server_time_seen(value: object) -> ServerTimeSeen | None:
    """Read the pair; half a pair bounds nothing and is another shape."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ShapeError("not_an_object", [("server_time_seen", "not_an_object")])
    prefix = "server_time_seen."
    server_time = _read_time(value, "server_time", prefix=prefix)
    at = _read_time(value, "at", prefix=prefix)
    if server_time is None or at is None:
        missing = "at" if at is None else "server_time"
        raise ShapeError("required", [(prefix + missing, "required")])
    return ServerTimeSeen(server_time=server_time, at=at)


def _read_time(source: Mapping[str, Any], name: str, *, prefix: str) -> datetime | None:
    value = source.get(name)
    if value is None:
        return None
    try:
        return from_wire(value)
    except ValueError:
        raise ShapeError("bad_time", [(prefix + name, "bad_time")]) from None


def _refuse_constant(name: str) -> Any:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(name)
