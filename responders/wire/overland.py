"""Overland's batches of GeoJSON features, and its URL template. Metres a second, battery 0 to 1.

Coordinates are [lon, lat]. While its queue is longer than a batch the app adds the newest fix as
`current`. Source: aaronpk/Overland-iOS, README; OpenHumans/Overland_android.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from responders.wire import times, values
from responders.wire.forms import decode_json, first_of, query_of
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


def read(request: WireRequest, *, signed_in: bool = False) -> Message:
    """Read one request. Nothing in it says who sends it: the door must know."""
    try:
        root = decode_json(request.body)
        fields = query_of(request)
    except Unreadable as error:
        return unreadable(str(error))
    if not isinstance(root, dict) or not isinstance(root.get("locations"), list):
        return unreadable("no array of locations")
    if not root["locations"] and "lat" in fields:
        return one_message(partial(_from_template, fields), device=None)
    current = [root["current"]] if isinstance(root.get("current"), dict) else []
    return batch_message(_from_feature, root["locations"] + current)


def _from_feature(feature: Any) -> Position:
    if not isinstance(feature, dict):
        raise Unreadable("a feature is an object")
    told = feature.get("properties") or {}
    if not isinstance(told, dict):
        raise Unreadable("properties are an object")
    if feature.get("geometry") is None or told.get("type") in ("visit", "trip"):
        raise NoPosition("an event of the app")
    lat, lon = _place(feature["geometry"])
    level = values.optional_json(told.get("battery_level"))
    return Position(
        lat=lat,
        lon=lon,
        fixed_at=times.from_json(told.get("timestamp")),
        accuracy_m=values.accuracy_m(values.optional_json(told.get("horizontal_accuracy"))),
        speed_mps=values.speed_mps(values.optional_json(told.get("speed"))),
        heading_deg=values.heading_deg(values.optional_json(told.get("course"))),
        altitude_m=values.optional_json(told.get("altitude")),
        battery=values.battery(level, full=1),
        source="manual" if _is_wifi_zone(told) else "",
        device=values.name_of(told.get("device_id")) or values.name_of(told.get("unique_id")),
    )


def _place(geometry: Any) -> tuple[float, float]:
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        raise Impossible("half a position")
    lon, lat = (values.json_number(part) for part in coordinates[:2])
    return values.place(lat, lon)


def _is_wifi_zone(told: Mapping[str, Any]) -> bool:
    """Say whether the place was told to the app: in a Wi-Fi zone it sends the zone's, as 1 m."""
    return (
        bool(told.get("wifi"))
        and values.optional_json(told.get("horizontal_accuracy")) == 1
        and values.optional_json(told.get("speed")) == 0
    )


def _from_template(fields: Mapping[str, str]) -> Position:
    lat, lon = values.place(
        values.text_number(fields.get("lat")), values.text_number(fields.get("lon"))
    )
    return Position(
        lat=lat,
        lon=lon,
        fixed_at=times.from_text(fields.get("ts")),
        accuracy_m=values.accuracy_m(values.optional_text(fields.get("acc"))),
        speed_mps=values.speed_mps(values.optional_text(fields.get("spd"))),
        altitude_m=values.optional_text(fields.get("alt")),
        battery=values.battery(values.optional_text(first_of(fields, "bat", "batt")), full=1),
    )
