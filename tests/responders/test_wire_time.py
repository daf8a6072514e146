"""Times on the wire."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.wire_time import from_wire, to_wire


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T10:04:05.123Z", datetime(2026, 11, 23, 10, 4, 5, 123000, UTC)),
        ("2026-11-23T17:04:05+07:00", datetime(2026, 11, 23, 10, 4, 5, 0, UTC)),
        ("2026-11-23t10:04:05z", datetime(2026, 11, 23, 10, 4, 5, 0, UTC)),
        ("2026-11-23 10:04:05-00:00", datetime(2026, 11, 23, 10, 4, 5, 0, UTC)),
        ("2026-11-23T10:04:05.1234567899Z", datetime(2026, 11, 23, 10, 4, 5, 123456, UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2017-01-01T06:59:60.5+07:00", datetime(2017, 1, 1, 0, 0, 0, 500000, UTC)),
    ],
)
def test_what_rfc_3339_allows_is_read(text, moment):
    assert from_wire(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        True,
        [],
        "",
        "2026-11-23",
        "2026-11-23T10:04:05",
        "2026-11-23T10:04Z",
        "2026-11-23T10:04:05.Z",
        "2026-11-23T10:04:05,5Z",
        "2026-11-23T10:04:05+0700",
        "2026-11-23T10:04:05+07",
        "2026-11-23T10:04:05+24:00",
        "2026-11-23T10:04:05+07:60",
        "2026-13-01T10:04:05Z",
        "2026-02-29T10:04:05Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T10:04:60Z",
        "2026-11-23T23:59:61Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:60Z",
        "+2026-11-23T10:04:05Z",
        "٢٠٢٦-11-23T10:04:05Z",
        " 2026-11-23T10:04:05Z",
        "2026-11-23T10:04:05Z\n",
        "\ud800",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):
        from_wire(text)


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,12}[Z+-].*"))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(ValueError):
        from_wire(text)


@given(
    st.datetimes(
        min_value=datetime(2, 1, 1),  # noqa: DTZ001
        max_value=datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours))),
    )
)
def test_what_is_written_reads_back_to_the_millisecond(moment):
    text = to_wire(moment)
    assert from_wire(text) == moment - timedelta(microseconds=moment.microsecond % 1000)
    assert len(text) == 24
    assert text.endswith("Z")


def test_a_time_without_a_zone_is_not_written():
    with pytest.raises(ValueError):
        to_wire(datetime(2026, 11, 23))  # noqa: DTZ001
