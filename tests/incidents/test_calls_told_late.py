"""A call heard of, or classed, after its month has ended: once, and in an issued month."""

from datetime import timedelta

import pytest

from incidents.reports.definitions import CALL_TOLD_LATE_S
from incidents.selectors.reports import month_of, report_on
from incidents.services.calls import Ring, classify_call, note_ring
from incidents.services.reports import HOUR_OF_ISSUE
from tests.factories import T0, minutes
from tests.incidents.report_doors import END, START

pytestmark = pytest.mark.django_db
NIGHT = END + timedelta(hours=HOUR_OF_ISSUE)


def rings(at, *, told=None):
    ring = Ring("pbx-1", "answered", at, None, "112", "")
    return note_ring(ring=ring, now=told or at)


def november():
    return report_on(start=START, end=END).calls


def december():
    start, end = month_of(END.date())
    return report_on(start=start, end=end).calls


def test_what_may_still_come_into_a_month_comes_before_it_is_issued():
    assert timedelta(hours=HOUR_OF_ISSUE).total_seconds() >= CALL_TOLD_LATE_S


def test_a_call_told_within_the_hour_is_in_the_month_in_which_it_rang():
    rings(END - minutes(1), told=NIGHT - minutes(5))

    assert (november().rings, november().told_late, december().rings) == (1, 0, 0)


@pytest.mark.parametrize("late", [timedelta(minutes=62), timedelta(hours=8), timedelta(days=3)])
def test_a_call_told_after_its_month_was_issued_is_in_the_next_and_counted_as_late(late):
    issued = november()
    rings(END - minutes(1), told=END - minutes(1) + late)

    assert (december().rings, december().told_late, december().reconciles) == (1, 1, True)
    assert november().rings == issued.rings == 0


def test_a_first_class_given_after_the_month_reaches_its_report():
    call = rings(T0)
    classify_call(call=call, call_class="prank", actor=None, now=END + timedelta(days=9))

    assert (november().rings, november().by_class["prank"], november().by_class["open"]) == (
        1,
        1,
        0,
    )
