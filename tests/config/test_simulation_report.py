"""The report says what was right, what was wrong and what was not due yet."""

import pytest

from config.simulation.codes import read_codes
from config.simulation.report import Record, Report, delivery_seconds, percentile
from config.simulation.watching import is_red


def record(**changes):
    values = {
        "assignment_id": "a",
        "unit": "Damkar 1",
        "behaviour": "drives",
        "verdicts": frozenset({"moved"}),
        "asked_s": 1000.0,
        "dispatched_s": 1000.1,
        "move_by_s": 1600.1,
        "received": True,
    }
    return Record(**{**values, **changes})


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 10), (1, 10), (25, 10), (26, 20), (50, 20), (99, 40), (100, 40)]
)
def test_a_percentile_is_the_nearest_rank(percent, expected):
    assert percentile([40, 10, 30, 20], percent) == expected


def test_a_percentile_of_nothing_is_nothing():
    assert percentile([], 50.0) is None


@pytest.mark.parametrize(
    ("verdict", "now_s", "expected"),
    [
        ("moved", 1100.0, "right"),
        ("stationary", 1700.0, "wrong"),
        ("pending", 1700.0, "not due"),
        ("pending", 1931.0, "wrong"),
    ],
)
def test_a_verdict_is_right_wrong_or_not_due(verdict, now_s, expected):
    assert record(verdict=verdict).outcome(now_s) == expected


def test_an_assignment_neither_received_nor_red_is_lost_and_fails_the_run():
    lost = record(received=False, verdict="moved")
    report = Report(records=[lost, record(received=False, red=True, verdict="moved")])
    assert report.failures(1010.0) == []
    assert report.failures(1040.0) == ["Damkar 1 (drives, a): neither received nor red"]


def test_a_wrong_verdict_fails_the_run_with_a_sentence():
    report = Report(records=[record(verdict="stationary"), record(verdict="moved")])
    assert report.failures(1700.0) == ["Damkar 1 (drives, a): moved expected, stationary (-) found"]


def test_delivery_is_measured_on_one_clock_even_if_the_server_is_ahead():
    heard = record(heard_s=1000.25, dispatched_s=1030.1)
    seconds = delivery_seconds([heard, record()], server_ahead_s=30.0)
    assert {name: [round(s, 3) for s in values] for name, values in seconds.items()} == {
        "from the desk's request to the frame": [0.25],
        "from dispatched_at to the frame": [0.15],
    }


def test_red_is_read_from_the_assignments_own_event():
    missed = {"kind": "deadline.missed", "assignment": "a", "data": {"deadline": "delivery"}}
    silent = {"kind": "deadline.missed", "assignment": "a", "data": {"deadline": "silence"}}
    assert is_red(missed, "a")
    assert not is_red(missed, "b")
    assert not is_red(silent, "a")
    assert not is_red({"kind": "assignment.dispatched", "assignment": "a"}, "a")


def test_codes_are_read_from_lines_and_from_one_line():
    expected = {"damkar-1": "ABCD2345", "bpbd-1": "XY"}
    assert read_codes("damkar-1 ABCD2345\nbpbd-1\tXY\n\n") == expected
    assert read_codes("damkar-1=ABCD2345,bpbd-1=XY") == expected
