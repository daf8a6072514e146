"""What a position of another app becomes: its row's id, its time, its doubts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from responders.clock import Offset
from responders.ingest.foreign import fixes_of, row_id
from responders.policy import CHECK_INS
from responders.wire.message import Position

NOW = datetime(2026, 11, 23, 10, 4, 5, 678000, tzinfo=UTC)
DEVICE = UUID("7f3c1d5e-0000-4000-8000-000000000001")


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


def position(fixed_at=NOW, **changes):
    return Position(**{"lat": -0.79, "lon": 100.65, "fixed_at": fixed_at, **changes})


def fixes(*positions, source_auth="weak"):
    return fixes_of(
        positions, device_id=DEVICE, received_at=NOW, source_auth=source_auth, policy=CHECK_INS
    )


def fix(fixed_at=NOW, **changes):
    (only,) = fixes(position(fixed_at, **changes))
    return only


def test_a_row_id_is_a_uuid_of_version_8_made_from_phone_time_and_place():
    """Of `sha256sum` over `phone|2026-11-23T10:04:05.678Z|-0.79|100.65`."""
    made = row_id(device_id=DEVICE, fixed_at=NOW, lat=-0.79, lon=100.65)

    assert made == UUID("aa890ba4-af88-8d1d-bd7a-c26c5c3d9292")
    assert (made.version, made.variant) == (8, "specified in RFC 4122")


@pytest.mark.parametrize(
    "other",
    [
        {"device_id": UUID(int=1)},
        {"fixed_at": ago(0.001)},
        {"fixed_at": None},
        {"lat": -0.7900001},
        {"lon": 100.6500001},
    ],
)
def test_another_phone_time_or_place_is_another_row(other):
    facts = {"device_id": DEVICE, "fixed_at": NOW, "lat": -0.79, "lon": 100.65}

    assert row_id(**facts | other) != row_id(**facts)


def test_a_good_time_is_kept_with_what_bounds_the_clock():
    made = fix(ago(3))

    assert (made.recorded_at, made.placed_at) == (ago(3), ago(3))
    assert (made.offset, made.time_suspect, made.source_auth) == (Offset(None, 3.0), False, "weak")


@pytest.mark.parametrize(
    "fixed_at",
    [
        None,
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
        ago(1024 * 7 * 86400),  # a receiver that lost the count of GPS weeks
        ago(-601),
        ago(-30 * 365 * 86400),
    ],
)
def test_a_time_nobody_can_mean_becomes_the_receipt_and_is_suspect(fixed_at):
    made = fix(fixed_at)

    assert (made.recorded_at, made.placed_at, made.time_suspect) == (NOW, NOW, True)
    own_id = row_id(device_id=DEVICE, fixed_at=fixed_at, lat=-0.79, lon=100.65)
    assert (made.client_id, made.sent_id) == (str(own_id), str(own_id))


def test_a_clock_a_little_fast_is_believed_and_corrected():
    made = fix(ago(-420))

    assert (made.recorded_at, made.placed_at, made.time_suspect) == (ago(-420), NOW, False)
    assert made.offset == Offset(None, -420.0)


def test_older_than_the_limit_keeps_its_time_and_is_suspect():
    old = ago(CHECK_INS.max_age_s + 1)

    assert (fix(old).recorded_at, fix(old).time_suspect) == (old, True)
    assert not fix(ago(CHECK_INS.max_age_s)).time_suspect


def test_the_newest_of_a_batch_bounds_the_clock_for_all():
    offsets = [made.offset for made in fixes(position(ago(600)), position(ago(2)))]

    assert offsets == [Offset(None, 2.0), Offset(None, 2.0)]


def test_when_the_app_wrote_it_bounds_the_clock_too():
    assert fix(ago(60), made_at=ago(5)).offset == Offset(None, 5.0)


def test_one_fix_ahead_of_us_does_not_date_the_others_back():
    first, second = fixes(position(ago(100)), position(ago(-300)))

    assert (first.offset, second.offset) == (Offset(None, 0.0), Offset(None, -300.0))
    assert first.placed_at == ago(100)


def test_what_cannot_have_been_measured_is_unknown_and_the_position_stays():
    made = fix(speed_mps=9005.0, accuracy_m=1e9, altitude_m=-1e6, battery=0.45)

    assert (made.speed_mps, made.accuracy_m, made.altitude_m) == (None, None, None)
    assert made.battery_pct == 45.0


def test_the_rest_is_carried_over():
    made = fix(speed_mps=3.0, accuracy_m=8.0, heading_deg=90.0, is_mock=True, source="gps")

    assert (made.speed_mps, made.accuracy_m, made.heading_deg) == (3.0, 8.0, 90.0)
    assert (made.is_mock, made.source, made.lat, made.lon) == (True, "gps", -0.79, 100.65)
