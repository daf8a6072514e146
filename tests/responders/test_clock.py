"""The phone's clock as an interval."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from responders.clock import (
    UNKNOWN,
    Offset,
    ServerTimeSeen,
    batch_offset,
    proven_correction_s,
    remember,
    row_offset,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

delays_s = st.floats(0, 86_400)
offsets_s = st.floats(-1e6, 1e6)


def seconds(value):
    return timedelta(seconds=value)


@given(offset_s=offsets_s, down_s=delays_s, rest_s=delays_s, up_s=delays_s, wait_s=delays_s)
def test_a_constant_offset_lies_inside_whatever_the_network_does(
    offset_s, down_s, rest_s, up_s, wait_s
):
    """The server says the time, the phone hears it, records a fix, later sends it."""
    said_at = NOON
    heard_at = said_at + seconds(down_s)
    recorded_at = heard_at + seconds(rest_s)
    sent_at = recorded_at + seconds(wait_s)
    received_at = sent_at + seconds(up_s)
    phone = seconds(-offset_s)

    batch = batch_offset(
        received_at=received_at,
        sent_at=sent_at + phone,
        seen=ServerTimeSeen(server_time=said_at, at=heard_at + phone),
    )
    row = row_offset(batch=batch, recorded_at=recorded_at + phone, received_at=received_at)

    for bounds in (batch, row, remember(known=UNKNOWN, new=batch)):
        assert bounds.low_s - 1e-5 <= offset_s <= bounds.high_s + 1e-5


def test_a_phone_seven_minutes_fast_is_known_from_both_sides():
    batch = batch_offset(
        received_at=NOON + seconds(60),
        sent_at=NOON + seconds(479),
        seen=ServerTimeSeen(server_time=NOON, at=NOON + seconds(420.5)),
    )
    assert batch == Offset(-420.5, -419.0)
    assert proven_correction_s(batch) == -419.0


def test_without_statements_a_fix_has_an_upper_bound_only():
    batch = batch_offset(received_at=NOON, sent_at=None, seen=None)
    row = row_offset(batch=batch, recorded_at=NOON - seconds(30), received_at=NOON)
    assert row == Offset(None, 30.0)


def test_a_clock_set_between_hearing_and_sending_leaves_the_fix_its_own_bound():
    batch = batch_offset(
        received_at=NOON,
        sent_at=NOON + seconds(600),
        seen=ServerTimeSeen(server_time=NOON - seconds(60), at=NOON - seconds(60)),
    )
    assert batch == UNKNOWN
    row = row_offset(batch=batch, recorded_at=NOON - seconds(30), received_at=NOON)
    assert row == Offset(None, 30.0)


def test_a_phone_that_sends_before_it_heard_has_set_its_clock_back():
    seen = ServerTimeSeen(server_time=NOON - seconds(60), at=NOON - seconds(60))
    assert batch_offset(received_at=NOON, sent_at=NOON - seconds(90), seen=seen) == UNKNOWN


def test_a_server_time_that_we_have_not_reached_bounds_nothing():
    seen = ServerTimeSeen(server_time=NOON + seconds(1), at=NOON - seconds(60))
    assert batch_offset(received_at=NOON, sent_at=NOON, seen=seen) == Offset(None, 0.0)


def test_a_fix_that_contradicts_its_batch_keeps_its_own_bound_only():
    row = row_offset(batch=Offset(0.0, 1.0), recorded_at=NOON + seconds(60), received_at=NOON)
    assert row == Offset(None, -60.0)


def test_the_newest_bound_of_each_side_is_remembered():
    known = Offset(-1.0, 2.0)
    assert remember(known=known, new=Offset(None, 5.0)) == Offset(-1.0, 5.0)
    assert remember(known=known, new=UNKNOWN) == known


def test_a_contradiction_forgets_the_old_clock():
    assert remember(known=Offset(-1.0, 2.0), new=Offset(None, -400.0)) == Offset(None, -400.0)
    assert remember(known=Offset(None, 2.0), new=Offset(90.0, None)) == Offset(90.0, None)


def test_only_what_is_proven_is_corrected():
    assert proven_correction_s(UNKNOWN) == 0.0
    assert proven_correction_s(Offset(None, 420.0)) == 0.0
    assert proven_correction_s(Offset(-1.0, 420.0)) == 0.0
    assert proven_correction_s(Offset(None, -420.0)) == -420.0
    assert proven_correction_s(Offset(419.0, 420.0)) == 419.0
