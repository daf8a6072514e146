"""OwnTracks in HTTP mode: one JSON message, or an array of them. Speed is in km/h.

`location` and `transition` hold the phone's place; a waypoint's coordinates are those of a region,
and every other type holds none. Source: owntracks/booklet, JSON; owntracks/ios, its tests.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from responders.wire import times, values
from responders.wire.forms import decode_json, query_of
from responders.wire.message import (
    Impossible,
    Message,
    NoPosition,
    Position,
    Unreadable,
    WireRequest,
    batch_message,
    one_message,
    unreadable,
)

_PLACED = ("location", "transition")
# Overland in its OwnTracks mode counts from 2001: what looks older than 2000 is 31 years younger.
_APPLE_EPOCH = timedelta(seconds=978_307_200)
_YEAR_2000 = datetime(2000, 1, 1, tzinfo=UTC)


def read(request: WireRequest, *, signed_in: bool = False) -> Message:
    """Read one request. Not `signed_in`, topic, headers, query or `tid` must say who sends it."""
    if not request.body.strip():
        return Message("no_position", reason="an empty message, as when a friend is deleted")
    try:
        root = decode_json(request.body)
        sender = _sender_of(request)
    except Unreadable as error:
        return unreadable(str(error))
    read_one = partial(_from_message, sender=sender, signed_in=signed_in)
    if isinstance(root, list):
        return batch_message(read_one, root, device=sender)
    if not isinstance(root, dict):
        return unreadable("neither an object nor an array")
    return one_message(partial(read_one, root), device=_device_of(root, sender))


def _sender_of(request: WireRequest) -> str | None:
    """Return user and device as the headers or the query name them."""
    told = query_of(request)
    user = request.headers.get("x-limit-u") or told.get("u")
    device = request.headers.get("x-limit-d") or told.get("d")
    return "/".join(filter(None, (user, device))) or None


def _device_of(message: Mapping[str, Any], sender: str | None) -> str | None:
    return values.name_of(message.get("topic")) or sender or values.name_of(message.get("tid"))


def _from_message(message: Any, *, sender: str | None, signed_in: bool) -> Position:
    if not isinstance(message, dict) or not values.name_of(message.get("_type")):
        raise Unreadable("no _type")
    if message["_type"] not in _PLACED:
        raise NoPosition(message["_type"][:20])
    device = _device_of(message, sender)
    if device is None and not signed_in:
        raise Impossible("nothing says who sends it")
    lat, lon = _place(message)
    speed = values.optional_json(message.get("vel"))
    charge = values.optional_json(message.get("batt"))
    return Position(
        lat=lat,
        lon=lon,
        fixed_at=_fixed_at(message),
        made_at=_made_at(message),
        accuracy_m=values.accuracy_m(values.optional_json(message.get("acc"))),
        speed_mps=values.speed_mps(speed, unit_mps=values.KMH_MPS),
        heading_deg=values.heading_deg(values.optional_json(message.get("cog"))),
        altitude_m=values.optional_json(message.get("alt")),
        battery=values.battery(charge, full=100),
        source=values.provider(message.get("source")),
        device=device,
    )


def _place(message: Mapping[str, Any]) -> tuple[float, float]:
    """Return the place. Where neither place nor time is set, the message was never filled in."""
    lat, lon = values.json_number(message.get("lat")), values.json_number(message.get("lon"))
    if lat is None and lon is None:
        raise Impossible("no coordinates")
    if lat == 0 and lon == 0 and not message.get("tst"):
        raise Impossible("neither place nor time")
    return values.place(lat, lon)


def _fixed_at(message: Mapping[str, Any]) -> datetime:
    seconds = values.json_number(message.get("tst"))
    if seconds is None:
        raise Impossible("no tst")
    fixed_at = times.from_seconds(seconds)
    return fixed_at + _APPLE_EPOCH if times.EPOCH < fixed_at < _YEAR_2000 else fixed_at


def _made_at(message: Mapping[str, Any]) -> datetime | None:
    seconds = values.optional_json(message.get("created_at"))
    return None if seconds is None else times.from_seconds(seconds)
