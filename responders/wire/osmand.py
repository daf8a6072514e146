"""OsmAnd and Traccar Client (query to 8.x, JSON in 9.x, form from 10.x), background-geolocation.

In the form speed is in knots and the battery in percent; in JSON metres a second and 0 to 1.
Source: traccar/traccar, OsmAndProtocolDecoder; GPS study, 2.1.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from responders.wire import times, values
from responders.wire.forms import decode_json, first_of, form_of, holds_json, query_of, sent_of
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

_IDS = ("id", "deviceid", "device_id")
_KNOWN = {*_IDS, "lat", "lon", "location", "timestamp", "cell", "wifi", "batt", "charge", "alarm"}


def read(request: WireRequest, *, signed_in: bool = False) -> Message:
    """Read one request. Not `signed_in`, its `id` must say who sends it."""
    try:
        if holds_json(request.body):
            return _read_json(decode_json(request.body), request, signed_in=signed_in)
        fields = form_of(request)
    except Unreadable as error:
        return unreadable(str(error))
    if not _KNOWN & fields.keys():
        return unreadable("none of this form's fields")
    device = first_of(fields, *_IDS)
    if device is None and not signed_in:
        return Message("invalid", reason="no device id")
    return one_message(partial(_from_form, fields, device), device=device)


def _from_form(fields: Mapping[str, str], device: str | None) -> Position:
    lat, lon = _form_place(fields)
    if values.flag(fields.get("valid")) is False:
        raise NoPosition("the app calls it invalid")
    speed = values.optional_text(fields.get("speed"))
    heading = values.optional_text(sent_of(fields, "bearing", "heading"))
    charge = values.optional_text(fields.get("batt"))
    return Position(
        lat=lat,
        lon=lon,
        fixed_at=times.from_text(fields.get("timestamp")),
        accuracy_m=values.accuracy_m(values.optional_text(fields.get("accuracy"))),
        speed_mps=values.speed_mps(speed, unit_mps=values.KNOT_MPS),
        heading_deg=values.heading_deg(heading),
        altitude_m=values.optional_text(fields.get("altitude")),
        battery=values.battery(charge, full=100),
        is_mock=values.flag(fields.get("mock")),
        device=device,
    )


def _form_place(fields: Mapping[str, str]) -> tuple[float, float]:
    if "location" in fields:
        lat, _comma, lon = fields["location"].partition(",")
        if not lon:
            raise Impossible("half a position")
        return values.place(values.text_number(lat), values.text_number(lon))
    lat_text, lon_text = fields.get("lat"), fields.get("lon")
    return values.place(values.text_number(lat_text), values.text_number(lon_text))


def _read_json(root: Any, request: WireRequest, *, signed_in: bool) -> Message:
    if not isinstance(root, dict):
        return unreadable("not an object")
    location = root.get("location", root if "coords" in root else None)
    device = values.name_of(root.get("device_id")) or first_of(query_of(request), *_IDS)
    if not isinstance(location, dict | list):
        return unreadable("no location")
    if device is None and not signed_in:
        return Message("invalid", reason="no device id")
    if isinstance(location, list):
        return batch_message(partial(_from_json, root, device), location, device=device)
    return one_message(partial(_from_json, root, device, location), device=device)


def _from_json(root: Mapping[str, Any], device: str | None, location: Any) -> Position:
    """Read one location: its coordinates under `coords`, or flat beside the rest."""
    if not isinstance(location, dict):
        raise Unreadable("a location is an object")
    coords = location.get("coords", location)
    if not isinstance(coords, dict):
        raise Impossible("no coordinates where they belong")
    lat, lon = values.place(
        values.json_number(coords.get("latitude")), values.json_number(coords.get("longitude"))
    )
    charge = location.get("battery", root.get("battery"))
    level = charge.get("level") if isinstance(charge, dict) else None
    mock = location.get("mock")
    return Position(
        lat=lat,
        lon=lon,
        fixed_at=times.from_json(location.get("timestamp")),
        accuracy_m=values.accuracy_m(values.optional_json(coords.get("accuracy"))),
        speed_mps=values.speed_mps(values.optional_json(coords.get("speed"))),
        heading_deg=values.heading_deg(values.optional_json(coords.get("heading"))),
        altitude_m=values.optional_json(coords.get("altitude")),
        battery=values.battery(values.optional_json(level), full=1),
        is_mock=mock if isinstance(mock, bool) else None,
        device=device,
    )
