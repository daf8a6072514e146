"""The report on a period: drawn from the journal, told the same way twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incidents.lifecycle import MilestoneSource
from incidents.models import JournalHead
from incidents.selectors.reports import month_of, report_on
from incidents.services.calls import Ring, classify_call, note_ring
from incidents.services.closure import close_incident
from incidents.services.dispatch import cancel_assignment
from incidents.services.observations import observe
from incidents.services.response import take_step
from tests.factories import (
    T0,
    make_assignment,
    make_incident,
    make_staff,
    make_type,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db
START, END = month_of(T0.date())


def report(**over):
    return report_on(**{"start": START, "end": END} | over)


def ring(call_id, *, rang=T0, answered=None, ended=None, abandoned=None, agent=""):
    told = {"ringing": rang, "answered": answered, "ended": ended, "abandoned": abandoned}
    call = None
    for event, at in told.items():
        if at is not None:
            heard = Ring(call_id, event, at, "081234567890", "112", agent)
            call = note_ring(ring=heard, now=at)
    return call


def step(assignment, name, at, **over):
    return take_step(assignment=assignment, step=name, at=at, actor=None, now=at, **over)


def test_every_ring_has_one_class_and_the_totals_add_up():
    taker = make_staff("ayu")
    prank = ring("1", answered=T0 + seconds(4), ended=T0 + minutes(1), agent="ayu")
    ring("2", abandoned=T0 + seconds(9))
    ring("3", answered=T0 + seconds(20))
    classify_call(call=prank, call_class="prank", actor=taker, now=T0 + minutes(2))
    make_incident(now=T0 + minutes(3), actor=taker)

    calls = report().calls

    assert calls.rings == 4
    assert {name: n for name, n in calls.by_class.items() if n} == {
        "emergency": 1,
        "prank": 1,
        "unanswered": 1,
        "open": 1,
    }
    assert {key: sum(row.values()) for key, row in calls.by_taker.items()} == {taker.pk: 2, None: 2}
    assert (calls.answered, calls.abandoned, calls.reconciles) == (3, 1, True)


def test_a_total_that_does_not_add_up_is_said_so():
    ring("1", abandoned=T0 + seconds(9))
    calls = report().calls
    assert replace(calls, rings=2).reconciles is False


def test_a_revised_class_counts_once_and_is_shown_as_revised():
    call = ring("1", answered=T0 + seconds(4))
    for name in ("ghost", "information"):
        classify_call(call=call, call_class=name, actor=None, now=T0 + minutes(1))
        call.refresh_from_db()

    calls = report().calls

    assert (calls.by_class["information"], calls.by_class["ghost"], calls.revised) == (1, 0, 1)


def test_the_ten_minutes_never_stand_without_the_desks_own_minutes():
    call = ring("1", answered=T0 + seconds(5))
    incident = make_incident(now=T0 + seconds(90), call=call)
    make_assignment(incident=incident, now=T0 + seconds(125))

    intervals = report().intervals

    assert list(intervals)[:6] == ["I1", "I2", "I3", "I4", "I5", "I6"]
    assert (intervals["I1"].p50_s, intervals["I2"].p50_s) == (5.0, 120.0)
    assert (intervals["I2"].failed, intervals["I6"].open) == (1, 1)


def test_a_unit_called_back_within_the_goal_is_left_out_by_a_named_rule():
    assignment = make_assignment()
    cancel_assignment(assignment=assignment, reason="salah", actor=None, now=T0 + minutes(2))

    figures = report().intervals["I6"]

    assert (figures.total, figures.excluded) == (1, {"cancelled_before_goal": 1})


def test_calling_a_unit_back_after_its_goal_hides_nothing():
    assignment = make_assignment()
    cancel_assignment(assignment=assignment, reason="lambat", actor=None, now=T0 + minutes(2))

    figures = report().intervals["I4"]

    assert (figures.excluded, figures.missing) == ({}, 0)
    assert (figures.failed, figures.censored) == (1, 1)


def test_an_arrival_typed_in_at_the_desk_an_hour_later_is_in_no_percentile():
    assignment = make_assignment()
    step(assignment, "acknowledged", T0 + seconds(30))
    take_step(
        assignment=assignment,
        step="on_scene",
        at=T0 + minutes(4),
        actor=make_staff(),
        now=T0 + minutes(64),
        source=MilestoneSource.DISPATCHER,
    )

    figures = report().intervals["I8"]

    assert (figures.total, figures.inferred, figures.n, figures.p90_s) == (1, 1, 0, None)


def test_leaving_open_cases_out_is_counted_beside_the_figures():
    make_incident(now=T0)
    closed = make_incident(now=T0 + minutes(1))
    close_incident(incident=closed, disposition="handled", actor=None, now=T0 + minutes(9))

    figures = report(closed_only=True).incidents

    assert (figures.total, figures.left_open_out, figures.by_end) == (1, 1, {"handled": 1})


def test_a_report_drawn_again_to_the_same_event_says_the_same():
    assignment = make_assignment()
    step(assignment, "acknowledged", T0 + seconds(30))
    then = JournalHead.objects.get().seq
    before = report(up_to_seq=then)
    step(assignment, "en_route", T0 + minutes(3))

    assert report(up_to_seq=then) == before
    assert report() != before


def test_a_report_can_be_about_one_type_area_or_agency():
    make_assignment(incident=make_incident(now=T0, type=make_type("banjir", label="Banjir")))
    make_incident(now=T0 + minutes(1))

    assert report(incident_type="banjir").incidents.by_type == {"banjir": 1}
    assert report(agency="damkar").incidents.by_agency == {"damkar": 1}
    assert report(area="99").incidents.total == 0


def test_a_case_counts_in_the_month_in_which_it_began():
    make_incident(now=START - timedelta(milliseconds=1))
    make_incident(now=START)

    assert (report().incidents.total, report().calls.rings) == (1, 1)


def test_what_came_after_the_period_still_tells_of_its_cases():
    assignment = make_assignment(incident=make_incident(now=T0), now=T0)
    prank = ring("1", answered=T0 + seconds(4))
    classify_call(call=prank, call_class="ghost", actor=None, now=T0 + minutes(1))
    later = END + timedelta(days=40)
    make_incident(now=later)
    step(assignment, "acknowledged", later)
    prank.refresh_from_db()
    classify_call(call=prank, call_class="prank", actor=None, now=later)

    told = report()

    assert (told.incidents.total, told.intervals["I4"].failed) == (1, 1)
    assert (told.calls.rings, told.calls.by_class["prank"], told.calls.revised) == (2, 1, 1)


def test_waktu_tanggap_ends_at_the_first_action_and_not_before():
    call = ring("1", answered=T0)
    assignment = make_assignment(incident=make_incident(now=T0, call=call), now=T0)
    step(assignment, "on_scene", T0 + minutes(9))
    assert (report().intervals["I9"].n, report().intervals["I10"].n) == (1, 0)

    observe(assignment=assignment, observation="first_action", at=None, actor=None,
            now=T0 + minutes(11))  # fmt: skip

    told = report().intervals
    assert (told["I10"].p50_s, told["I11"].p50_s) == (660.0, 120.0)
