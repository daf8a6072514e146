"""When it is quiet, by the city's clock."""

from datetime import UTC, datetime, time

import pytest

from notifications.policy import QuietHours
from notifications.quiet import BadQuietHours, quiet_until, read_quiet_hours

NIGHT = QuietHours(time(22, 0), time(5, 0))
NOON = QuietHours(time(12, 0), time(13, 30))


@pytest.mark.parametrize(
    ("hours", "utc", "until"),
    [
        (NIGHT, (24, 14, 59), None),  # 21.59 WIB
        (NIGHT, (24, 15, 0), (24, 22, 0)),  # 22.00, until 5.00 the next day
        (NIGHT, (24, 21, 59), (24, 22, 0)),  # 4.59
        (NIGHT, (24, 22, 0), None),  # 5.00
        (NOON, (24, 5, 0), (24, 6, 30)),
        (NOON, (24, 6, 30), None),
        (None, (24, 15, 0), None),
    ],
)
def test_quiet_lasts_until_its_end(hours, utc, until):
    moment = datetime(2026, 11, *utc, tzinfo=UTC)

    assert quiet_until(moment, hours) == (until and datetime(2026, 11, *until, tzinfo=UTC))


def test_a_setting_names_the_hours():
    assert read_quiet_hours("22:00-05:00") == NIGHT
    assert read_quiet_hours(" 12.00 – 13.30 ") == NOON
    assert read_quiet_hours("") is None
    with pytest.raises(BadQuietHours):
        read_quiet_hours("22-5")
