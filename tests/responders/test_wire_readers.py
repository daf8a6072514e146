"""Readers of other apps' formats, beyond the collection: units, times, doubtful forms, nonsense."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.wire import gpslogger, osmand, overland, owntracks
from responders.wire.message import Message, Position, WireRequest

AT = datetime(2026, 11, 23, 10, 4, 5, tzinfo=UTC)
READERS = (osmand, gpslogger, owntracks, overland)


def form(**fields):
    return WireRequest(query=urlencode({"id": "x", "lat": "-0.79", "lon": "100.65"} | fields))


def posted(value):
    return WireRequest(body=json.dumps(value).encode())


def only(message):
    assert message.outcome == "ok", message
    (position,) = message.positions
    return position


def feature(**properties):
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [100.65, -0.79]},
        "properties": {"timestamp": "2026-11-23T10:04:05Z"} | properties,
    }


def test_osmand_is_read_whole():
    sent = form(
        timestamp="1795428245",
        speed="10",
        bearing="90",
        altitude="400",
        accuracy="8",
        batt="50",
        mock="false",
    )

    assert only(osmand.read(sent)) == Position(
        lat=-0.79,
        lon=100.65,
        fixed_at=AT,
        speed_mps=5.14444,
        heading_deg=90.0,
        altitude_m=400.0,
        accuracy_m=8.0,
        battery=0.5,
        is_mock=False,
        device="x",
    )


@pytest.mark.parametrize(
    "text",
    [
        "1795428245",
        "1795428245.0",
        "1795428245000",
        "2026-11-23T10:04:05Z",
        "2026-11-23T17:04:05+07:00",
        "2026-11-23T17:04:05 0700",  # the form ate the plus sign
        "2026-11-23T17:04:05+07",
        "2026-11-23T10:04:05",
        "2026-11-23 10:04:05",
    ],
)
def test_one_moment_in_every_way_of_writing_it(text):
    assert only(osmand.read(form(timestamp=text))).fixed_at == AT


@pytest.mark.parametrize("text", ["", " "])
def test_a_blank_time_is_none(text):
    assert only(osmand.read(form(timestamp=text))).fixed_at is None


@pytest.mark.parametrize(
    ("text", "year"), [("0", 1970), ("-1e11", 1), ("9e99", 9999), ("1e15", 9999), ("-5", 1969)]
)
def test_a_time_nobody_means_is_read_for_what_it_says(text, year):
    assert only(osmand.read(form(timestamp=text))).fixed_at.year == year


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T00:00:00Z", "1_000", "NaN", "٣"])
def test_a_time_that_is_none_is_unreadable(text):
    message = osmand.read(form(timestamp=text))

    assert (message.outcome, message.readable) == ("invalid", False)


@pytest.mark.parametrize(
    ("lat", "outcome", "readable"),
    [
        ("91", "invalid", True),
        ("NaN", "invalid", True),
        ("-Infinity", "invalid", True),
        ("1e9", "invalid", True),
        ("abc", "invalid", False),
        ("0_1", "invalid", False),
        ("٣", "invalid", False),
        ("%LAT", "invalid", False),
        ("", "invalid", False),
        ("+90.0", "ok", True),
        ("-.5", "ok", True),
        ("5e-1", "ok", True),
    ],
)
def test_a_latitude(lat, outcome, readable):
    for reader in (osmand, gpslogger):
        message = reader.read(form(lat=lat))
        assert (message.outcome, message.readable) == (outcome, readable)


def test_zero_zero_is_no_position_but_one_zero_is():
    assert osmand.read(form(lat="0.0", lon="-0")).outcome == "no_position"
    assert only(osmand.read(form(lat="-0.0"))).lat == 0.0


def test_a_fix_that_the_app_calls_invalid_is_none():
    assert osmand.read(form(valid="false")).outcome == "no_position"


def test_whoever_signed_in_needs_no_id():
    sent = WireRequest(query="lat=1&lon=2")

    assert osmand.read(sent).outcome == "invalid"
    assert only(osmand.read(sent, signed_in=True)).device is None


def test_an_id_in_the_address_and_the_rest_in_the_body():
    sent = WireRequest(query="id=secret", body=b"lat=1&lon=2&timestamp=1795428245")

    assert only(osmand.read(sent)).device == "secret"
    body = {"location": {"timestamp": "2026-11-23T10:04:05Z", "coords": {}}}
    body["location"]["coords"] = {"latitude": 1, "longitude": 2}
    sent = WireRequest(query="id=secret", body=json.dumps(body).encode())
    assert only(osmand.read(sent)).device == "secret"


def location(**changes):
    return {
        "timestamp": "2026-11-23T10:04:05.000Z",
        "uuid": "2FB04C65-99CF-42AB-8DD3-EBCB4B108BF8",
        "is_moving": True,
        "coords": {
            "latitude": -0.79,
            "longitude": 100.65,
            "accuracy": 8,
            "speed": 10,
            "heading": 90,
            "altitude": 400,
        },
        "battery": {"level": 0.5, "is_charging": True},
        "mock": True,
    } | changes


BACKGROUND_FIX = Position(
    lat=-0.79,
    lon=100.65,
    fixed_at=AT,
    speed_mps=10.0,
    heading_deg=90.0,
    altitude_m=400.0,
    accuracy_m=8.0,
    battery=0.5,
    is_mock=True,
    device="x",
)


@pytest.mark.parametrize(
    "body",
    [
        {"location": location(), "device_id": "x"},
        {"location": location(timestamp=1795428245000), "device_id": "x"},
        location() | {"device_id": "x"},
    ],
)
def test_background_geolocation_sends_one_fix(body):
    assert only(osmand.read(posted(body))) == BACKGROUND_FIX


def test_background_geolocation_sends_a_batch_with_bad_members():
    members = [location(), location(coords=None), location(coords={}), 5, location()]

    message = osmand.read(posted({"location": members, "device_id": "x"}))

    assert message == Message("partial", (BACKGROUND_FIX,) * 2, "x", rejected=2, no_position=1)


def test_gpslogger_with_the_names_people_type():
    query = "latitude=-0.79&longitude=100.65&speed=5&accuracy=9&battery=40&provider=network"
    sent = WireRequest(query=query + "&epoch=1795428245&direction=45&altitude=3&device=x")

    assert only(gpslogger.read(sent)) == Position(
        lat=-0.79,
        lon=100.65,
        fixed_at=AT,
        speed_mps=5.0,
        accuracy_m=9.0,
        battery=0.4,
        heading_deg=45.0,
        altitude_m=3.0,
        source="network",
        device="x",
    )


def test_gpslogger_with_kilometres_an_hour_alone():
    assert only(gpslogger.read(form(spd_kph="36"))).speed_mps == pytest.approx(10)


def test_gpslogger_takes_the_time_that_can_be_read():
    assert only(gpslogger.read(form(time="%TIME", timestamp="1795428245"))).fixed_at == AT
    assert gpslogger.read(form(time="%TIME")).outcome == "invalid"


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("$GPRMC,100405,A,0047.4,S,10039.0,E,19.4384,90.0,231126,,*00", "ok"),
        ("$GPRMC,100405,V,,,,,,,231126,,*00", "no_position"),
        ("$GPRMC,100405,A,0061.0,S,10039.0,E,0,0,231126,,", "invalid"),
        ("$GPRMC,100405,A,0047.4,X,10039.0,E,0,0,231126,,", "invalid"),
        ("$GPRMC,990405,A,0047.4,S,10039.0,E,0,0,231126,,", "invalid"),
        ("$GPGGA", "invalid"),
    ],
)
def test_gpslogger_in_its_opengts_form(sentence, outcome):
    message = gpslogger.read(WireRequest(query="id=x&gprmc=" + sentence))

    assert message.outcome == outcome
    if outcome == "ok":
        (position,) = message.positions
        assert (round(position.lat, 6), round(position.lon, 6)) == (-0.79, 100.65)
        assert (position.fixed_at, position.heading_deg) == (AT, 90.0)
        assert position.speed_mps == pytest.approx(10, abs=1e-3)


def owntrack(**changes):
    return {"_type": "location", "tid": "x", "lat": 1, "lon": 2, "tst": 1795428245} | changes


def test_overland_speaking_owntracks_counts_from_2001():
    assert only(owntracks.read(posted(owntrack(tst=1795428245 - 978307200)))).fixed_at == AT


def test_owntracks_that_counts_from_nothing_is_left_for_the_door_to_judge():
    assert only(owntracks.read(posted(owntrack(tst=0)))).fixed_at.year == 1970


def test_owntracks_keeps_the_good_ones_of_an_array():
    messages = [owntrack(), {"_type": "lwt", "tst": 1}, owntrack(lat=95), "text", owntrack()]

    message = owntracks.read(posted(messages))

    assert (message.outcome, len(message.positions)) == ("partial", 2)
    assert (message.rejected, message.no_position) == (2, 1)


def test_owntracks_of_a_type_not_known_yet_is_no_position():
    assert owntracks.read(posted({"_type": "future", "lat": 1})).outcome == "no_position"


def test_overland_adds_its_newest_fix_while_the_queue_is_long():
    newest = feature(timestamp="2026-11-23T10:05:05Z")

    message = overland.read(posted({"locations": [feature()], "current": newest}))

    times = [position.fixed_at for position in message.positions]
    assert times == [AT, datetime(2026, 11, 23, 10, 5, 5, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ({"wifi": "station", "horizontal_accuracy": 1, "speed": 0}, "manual"),
        ({"wifi": "", "horizontal_accuracy": 1, "speed": 0}, ""),
        ({"wifi": "station", "horizontal_accuracy": 5, "speed": 0}, ""),
    ],
)
def test_a_place_that_overland_was_told_is_not_called_measured(told, source):
    assert only(overland.read(posted({"locations": [feature(**told)]}))).source == source


@pytest.mark.parametrize("kind", ["visit", "trip"])
def test_overland_visits_and_trips_are_no_fixes(kind):
    message = overland.read(posted({"locations": [feature(type=kind)]}))

    assert (message.outcome, message.no_position) == ("no_position", 1)


NAMES = ["location", "locations", "coords", "latitude", "longitude", "timestamp", "battery"]
NAMES += ["_type", "lat", "lon", "tst", "geometry", "coordinates", "properties", "device_id"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=12,
)
bodies = st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode())
fields_of_forms = st.sampled_from(["id", "lat", "lon", "timestamp", "speed", "gprmc", "time"])


@given(st.text(max_size=60), bodies)
def test_no_request_makes_a_reader_raise(query, body):
    for reader in READERS:
        for signed_in in (False, True):
            message = reader.read(WireRequest(query=query, body=body), signed_in=signed_in)
            assert bool(message.positions) == (message.outcome in ("ok", "partial"))


@given(st.dictionaries(fields_of_forms, st.text()))
def test_no_form_makes_a_reader_raise(fields):
    for reader in (osmand, gpslogger):
        assert reader.read(WireRequest(query=urlencode(fields))).outcome != "partial"
