"""Reading one check-in, and the body around them."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.check_in_batches import ShapeError, decode_body, read_batch
from responders.check_ins import Fix, Rejection, read_item
from responders.clock import UNKNOWN, Offset
from responders.policy import CHECK_INS

NOON = datetime(2026, 11, 23, 12, 0, 0, 500, UTC)
ID = "0b6a1d0e-5c7f-4c5e-9d5a-0a1b2c3d4e5f"
GOOD = {"id": ID, "recorded_at": "2026-11-23T11:59:30.1239Z", "lat": -0.79, "lon": 100.65}


def read(offset=UNKNOWN, **changes):
    return read_item({**GOOD, **changes}, received_at=NOON, offset=offset, policy=CHECK_INS)


def test_the_least_is_enough():
    assert read() == Fix(
        client_id=ID,
        sent_id=ID,
        recorded_at=datetime(2026, 11, 23, 11, 59, 30, 123000, UTC),
        placed_at=datetime(2026, 11, 23, 11, 59, 30, 123000, UTC),
        offset=Offset(None, 29.8775),
        lat=-0.79,
        lon=100.65,
    )


def test_everything_is_kept_and_the_unknown_ignored():
    fix = read(
        accuracy_m=4,
        speed_mps=0,
        heading_deg=360,
        altitude_m=-3.5,
        battery_pct=100,
        is_mock=False,
        source="gps",
        activity="driving",
    )
    assert (fix.accuracy_m, fix.speed_mps, fix.heading_deg) == (4.0, 0.0, 360.0)
    assert (fix.altitude_m, fix.battery_pct) == (-3.5, 100.0)
    assert (fix.is_mock, fix.source) == (False, "gps")


def test_null_is_absent():
    names = ["accuracy_m", "speed_mps", "heading_deg", "altitude_m", "battery_pct"]
    names += ["is_mock", "source"]
    assert read(**dict.fromkeys(names)) == read()


def test_the_id_is_echoed_as_the_phone_wrote_it():
    fix = read(id=ID.upper())
    assert (fix.sent_id, fix.client_id) == (ID.upper(), ID)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", None, "required"),
        ("id", 5, "bad_id"),
        ("id", "", "bad_id"),
        ("id", ID.replace("-", ""), "bad_id"),
        ("id", "{" + ID + "}", "bad_id"),
        ("id", "urn:uuid:" + ID, "bad_id"),
        ("id", "0b6a1d0e-5c7f-1c5e-9d5a-0a1b2c3d4e5f", "bad_id"),
        ("id", "0b6a1d0e-5c7f-4c5e-1d5a-0a1b2c3d4e5f", "bad_id"),
        ("recorded_at", None, "required"),
        ("recorded_at", 1_700_000_000, "bad_time"),
        ("recorded_at", "2026-11-23T11:59:30", "bad_time"),
        ("recorded_at", "2026-11-23T12:10:00.002Z", "clock_ahead"),
        ("recorded_at", "9999-12-31T23:59:59Z", "clock_ahead"),
        ("recorded_at", "2026-11-16T12:00:00.000Z", "too_old"),
        ("recorded_at", "0001-01-01T00:00:00Z", "too_old"),
        ("lat", None, "required"),
        ("lon", None, "required"),
        ("lat", "1.0", "not_a_number"),
        ("lat", True, "not_a_number"),
        ("lat", [], "not_a_number"),
        ("lat", float("nan"), "not_a_number"),
        ("lon", float("inf"), "not_a_number"),
        ("lat", 90.0001, "out_of_range"),
        ("lon", -180.0001, "out_of_range"),
        ("lat", 10**400, "out_of_range"),
        ("accuracy_m", -1, "out_of_range"),
        ("accuracy_m", "5", "not_a_number"),
        ("speed_mps", -0.1, "out_of_range"),
        ("heading_deg", 361, "out_of_range"),
        ("altitude_m", 1e9, "out_of_range"),
        ("battery_pct", 101, "out_of_range"),
        ("is_mock", 1, "out_of_range"),
        ("is_mock", "true", "out_of_range"),
        ("source", "satellite", "out_of_range"),
        ("source", True, "out_of_range"),
    ],
)
def test_one_wrong_field_rejects_the_item_and_is_named(field, value, code):
    rejection = read(**{field: value})
    assert isinstance(rejection, Rejection)
    assert rejection.errors == [(field, code)]


def test_every_wrong_field_is_named():
    rejection = read_item({"lat": "x", "lon": 200}, received_at=NOON, policy=CHECK_INS)
    assert rejection == Rejection(
        None,
        [
            ("id", "required"),
            ("recorded_at", "required"),
            ("lat", "not_a_number"),
            ("lon", "out_of_range"),
        ],
    )


@pytest.mark.parametrize("raw", [None, 5, "x", [], True])
def test_what_is_no_object_lacks_everything(raw):
    rejection = read_item(raw, received_at=NOON, policy=CHECK_INS)
    assert [code for _field, code in rejection.errors] == ["required"] * 4


def test_the_limits_of_time_are_inside():
    assert isinstance(read(recorded_at="2026-11-23T12:10:00.000Z"), Fix)
    assert isinstance(read(recorded_at="2026-11-16T12:00:00.001Z"), Fix)


def test_a_fast_clock_is_corrected_before_it_is_judged():
    """Twenty minutes fast: refused where nothing is known of the clock, else placed in time."""
    assert read(recorded_at="2026-11-23T12:20:00Z").errors == [("recorded_at", "clock_ahead")]
    fix = read(recorded_at="2026-11-23T12:20:00Z", offset=Offset(-1201.0, -1200.5))
    assert fix.recorded_at == datetime(2026, 11, 23, 12, 20, tzinfo=UTC)
    assert fix.placed_at == datetime(2026, 11, 23, 11, 59, 59, 500000, UTC)


def test_a_slow_clock_is_corrected_where_a_lower_bound_proves_it():
    eight_days_s = 8 * 86_400.0
    slow = {"recorded_at": "2026-11-15T12:00:00Z"}
    assert read(**slow, offset=Offset(None, eight_days_s)).errors == [("recorded_at", "too_old")]
    fix = read(**slow, offset=Offset(eight_days_s - 1, eight_days_s))
    assert fix.placed_at == datetime(2026, 11, 23, 11, 59, 59, tzinfo=UTC)


def test_a_fix_is_never_placed_after_its_receipt():
    assert read(recorded_at="2026-11-23T12:05:00Z").placed_at == NOON.replace(microsecond=0)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400)])
    | st.floats()
    | st.text(max_size=40)
    | st.just("\ud800")
    | st.sampled_from([ID, GOOD["recorded_at"], "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys((*GOOD, "accuracy_m", "is_mock", "source"), anything)
    ),
    st.none() | st.floats(-1e12, 1e12),
)
def test_no_input_breaks_the_reader(item, bound_s):
    result = read_item(item, received_at=NOON, offset=Offset(bound_s, bound_s), policy=CHECK_INS)
    if isinstance(result, Rejection):
        assert result.errors
        assert result.sent_id is None or result.sent_id.encode() is not None
    else:
        assert abs(result.lat) <= 90
        assert result.placed_at <= NOON


@pytest.mark.parametrize(
    ("envelope", "code", "errors"),
    [
        (None, "not_an_object", []),
        ([], "not_an_object", []),
        ({}, "required", [("check_ins", "required")]),
        ({"check_ins": {}}, "not_a_list", [("check_ins", "not_a_list")]),
        ({"check_ins": [GOOD] * 501}, "too_many", [("check_ins", "too_many")]),
        ({"check_ins": [], "sent_at": "now"}, "bad_time", [("sent_at", "bad_time")]),
        (
            {"check_ins": [], "server_time_seen": 5},
            "not_an_object",
            [("server_time_seen", "not_an_object")],
        ),
        (
            {"check_ins": [], "server_time_seen": {"at": GOOD["recorded_at"]}},
            "required",
            [("server_time_seen.server_time", "required")],
        ),
        (
            {"check_ins": [], "server_time_seen": {"at": 1}},
            "bad_time",
            [("server_time_seen.at", "bad_time")],
        ),
    ],
)
def test_a_body_of_another_shape_is_refused_whole(envelope, code, errors):
    with pytest.raises(ShapeError) as caught:
        read_batch(envelope, received_at=NOON, policy=CHECK_INS)
    assert (caught.value.code, caught.value.errors) == (code, errors)


def test_a_batch_keeps_the_order_and_hands_its_clock_to_the_items():
    sent_at = (NOON + timedelta(seconds=420)).isoformat()
    batch = read_batch(
        {"check_ins": [GOOD, {**GOOD, "lat": None}, GOOD], "sent_at": sent_at},
        received_at=NOON,
        policy=CHECK_INS,
    )
    assert [type(item) for item in batch.items] == [Fix, Rejection, Fix]
    assert batch.offset == Offset(None, -420.0)
    assert batch.items[0].offset == Offset(None, -420.0)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"NaN", b'{"a": Infinity}', b"\xff", b"[" * 100_000, b'"\xed\xa0"'],
)
def test_what_is_no_json_is_bad_json(body):
    with pytest.raises(ShapeError) as caught:
        decode_body(body)
    assert caught.value.code == "bad_json"


def test_what_only_one_item_is_to_blame_for_is_decoded():
    assert decode_body(b'{"a": 1e400, "b": "\\ud800"}') == {"a": float("inf"), "b": "\ud800"}


@given(st.binary(max_size=60))
def test_no_bytes_break_the_decoder(body):
    with contextlib.suppress(ShapeError):
        decode_body(body)
