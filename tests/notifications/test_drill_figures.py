"""What a drill measured: counts and nearest-rank percentiles a way."""

import pytest

from notifications.drill_figures import Person, Row, percentile, table_of


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        ([], 0.5, None),
        ([7.0], 0.9, 7.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
        ([float(n) for n in range(1, 11)], 0.9, 9.0),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(values, share, found):
    assert percentile(values, share) == found


def test_the_table_counts_each_way_and_all():
    people = [
        Person("socket", sent=True, received_s=0.2, seen_s=1.0, answered_s=4.0),
        Person("socket", sent=True, received_s=0.4),
        Person("push", sent=True, received_s=6.0, seen_s=8.0, answered_s=20.0),
        Person("none"),
    ]

    assert table_of(people) == [
        Row("all", 4, 3, 3, 2, 2, 0.4, 6.0, 4.0, 20.0),
        Row("socket", 2, 2, 2, 1, 1, 0.2, 0.4, 4.0, 4.0),
        Row("push", 1, 1, 1, 1, 1, 6.0, 6.0, 20.0, 20.0),
        Row("none", 1, 0, 0, 0, 0, None, None, None, None),
    ]
