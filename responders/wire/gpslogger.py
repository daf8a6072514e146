"""GPSLogger's custom URL, as query or as body without a content type; and its OpenGTS form.

The user types the names of the fields, so the usual ones are all taken. Speed is in metres a second
unless only `spd_kph` is there; accuracy 0.0 is unknown.
Source: mendhak/gpslogger, CustomUrlManager and OpenGTSManager.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from responders.wire import nmea, times, values
from responders.wire.forms import first_of, form_of, sent_of
from responders.wire.message import (
    Message,
    Position,
    Unreadable,
    WireRequest,
    one_message,
    unreadable,
)

_DEVICE = ("id", "device", "dev", "serial", "ser", "androidId", "aid")
_LAT = ("lat", "latitude")
_LON = ("lon", "lng", "longitude")
_TIME = ("time", "timeoffset", "timeoff", "timestamp", "epoch")  # the finer ones first
_KNOWN = {*_DEVICE, *_LAT, *_LON, *_TIME, "gprmc"}


def read(request: WireRequest, *, signed_in: bool = False) -> Message:
    """Read one request. Whoever is not `signed_in` can put an `id` into the template."""
    try:
        fields = form_of(request)
    except Unreadable as error:
        return unreadable(str(error))
    if not _KNOWN & fields.keys():
        return unreadable("none of this form's fields")
    device = first_of(fields, *_DEVICE)
    if "gprmc" in fields:
        return one_message(partial(nmea.read_rmc, fields["gprmc"], device=device), device=device)
    return one_message(partial(_from_form, fields, device), device=device)


def _from_form(fields: Mapping[str, str], device: str | None) -> Position:
    lat, lon = values.place(
        values.text_number(sent_of(fields, *_LAT)), values.text_number(sent_of(fields, *_LON))
    )
    altitude = values.optional_text(first_of(fields, "alt", "altitude"))
    charge = values.optional_text(first_of(fields, "batt", "battery"))
    heading = values.optional_text(first_of(fields, "dir", "direction", "bearing"))
    radius = values.optional_text(first_of(fields, "acc", "accuracy"))
    return Position(
        lat=lat,
        lon=lon,
        fixed_at=_fixed_at(fields),
        accuracy_m=values.accuracy_m(radius),
        speed_mps=_speed_mps(fields),
        heading_deg=values.heading_deg(heading),
        altitude_m=altitude,
        battery=values.battery(charge, full=100),
        source=values.provider(first_of(fields, "prov", "provider")),
        device=device,
    )


def _fixed_at(fields: Mapping[str, str]) -> datetime | None:
    """Return the finest of the times sent that can be read."""
    wrong: Unreadable | None = None
    for name in _TIME:
        try:
            fixed_at = times.from_text(fields.get(name))
        except Unreadable as error:
            wrong = error
        else:
            if fixed_at is not None:
                return fixed_at
    if wrong is not None:
        raise wrong
    return None


def _speed_mps(fields: Mapping[str, str]) -> float | None:
    speed = values.optional_text(first_of(fields, "spd", "speed"))
    if speed is not None:
        return values.speed_mps(speed)
    return values.speed_mps(values.optional_text(fields.get("spd_kph")), unit_mps=values.KMH_MPS)
