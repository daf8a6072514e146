"""Late cases put out of sight: merged, called off, called a test, carried over the month's end.

The report keeps the case, or counts by name what was put aside. The tricks that bend a clock are in
test_auditors_tricks.py.
"""

from datetime import timedelta

import pytest

from incidents.errors import CallLinked, LastCall
from incidents.lifecycle import MilestoneSource
from incidents.reports.words import rule
from incidents.selectors.reports import month_of, report_on
from incidents.services.call_desk import leave_incident
from incidents.services.calls import classify_call
from incidents.services.closure import cancel_incident
from incidents.services.dispatch import cancel_assignment, dispatch_unit
from incidents.services.merging import merge_incident, unmerge_incident
from incidents.services.observations import observe
from responders.models import Unit
from tests.factories import T0, make_assignment, make_incident, make_staff, minutes, seconds
from tests.incidents.proven import look, sent_crew
from tests.incidents.report_doors import END, START, asked, every_door, intervals_in, ring, step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def reader(client):
    client.force_login(make_staff())
    return client


def drawn(code, start=START, end=END):
    return report_on(start=start, end=end).intervals[code]


def month_after():
    return month_of((END + timedelta(days=2)).date())


def served(at, *, arrived_after, ends=True):
    """An incident with a unit sent at once that arrives and acts after some minutes."""
    incident = make_incident(now=at)
    assignment = make_assignment(incident=incident, now=at + seconds(30))
    done = at + minutes(arrived_after)
    step(assignment, "on_scene", done)
    observe(assignment=assignment, observation="first_action", at=done, actor=None, now=done)
    if ends:
        step(assignment, "completed", done + minutes(5))
    return incident


def test_merging_a_late_case_into_a_quick_one_hides_no_failure(reader, tmp_path):
    quick = served(T0, arrived_after=5, ends=False)
    late = served(T0 + minutes(10), arrived_after=60)
    merge_incident(incident=late, into=quick, actor=make_staff(), now=T0 + minutes(90))

    for told in every_door(reader, tmp_path):
        row = told["I10"]
        assert (row["Lolos"], row["Gagal"], row["Dikecualikan"]) == ("1", "1", "0")
        assert row["P90"] == "3600"


def test_a_merged_case_whose_unit_had_not_come_in_time_has_failed():
    quick = served(T0, arrived_after=5, ends=False)
    late = make_incident(now=T0)
    sent = make_assignment(incident=late, now=T0 + seconds(30))
    cancel_assignment(assignment=sent, reason="", actor=None, now=T0 + minutes(20))
    merge_incident(incident=late, into=quick, actor=None, now=T0 + minutes(20))

    told = drawn("I10")

    assert (told.passed, told.failed, told.censored, told.excluded) == (1, 1, 1, {})


def test_a_call_nobody_answered_with_a_unit_is_counted_apart_when_it_is_merged_late(
    reader, tmp_path
):
    """The true duplicate is found at once; the other waited for an hour before it was one."""
    quick = served(T0, arrived_after=5, ends=False)
    for waited in (seconds(30), minutes(60)):
        double = make_incident(now=T0 + minutes(1))
        merge_incident(incident=double, into=quick, actor=None, now=T0 + minutes(1) + waited)

    for told in every_door(reader, tmp_path):
        assert told["I10"]["Dikecualikan"] == "2"
        assert told["I10"]["Alasan"] == (
            "1 digabung ke kejadian lain setelah batas waktu; 1 digabung ke kejadian lain"
        )
    unmerge_incident(incident=double, actor=None, now=T0 + minutes(70))
    assert (drawn("I10").failed, drawn("I10").excluded) == (1, {"merged_into_another": 1})


@pytest.mark.parametrize("merged_after", [minutes(60), timedelta(days=60)])
@pytest.mark.parametrize("steps", [1, 2])
def test_a_late_case_carried_over_the_months_end_takes_its_clock_along(steps, merged_after):
    """Reported three days before the month's end, served in the next as if it had just rung.

    By way of another incident merged before, too; at once, or when both months are long over.
    """
    late = make_incident(now=END - timedelta(days=3))
    if steps == 2:
        between = make_incident(now=END - timedelta(days=3) + minutes(1))
        merge_incident(
            incident=late, into=between, actor=None, now=END - timedelta(days=3) + minutes(2)
        )
        late = between
    fresh = served(END + minutes(30), arrived_after=3, ends=False)
    merge_incident(incident=late, into=fresh, actor=None, now=END + minutes(30) + merged_after)

    before, after = drawn("I10"), drawn("I10", *month_after())

    assert before.excluded["merged_after_goal"] == 1
    assert (after.passed, after.failed) == (0, 1)
    assert after.p50_s == (timedelta(days=3) + minutes(33)).total_seconds()


def test_a_crew_sent_before_midnight_that_stands_until_after_it_fails_in_one_month_alone():
    assignment = make_assignment(now=END - minutes(5))
    look(END + minutes(6))
    assignment.refresh_from_db()
    assert assignment.verdict == "unverifiable"  # no position: it is shown, and not as a success

    told = [drawn("I6"), drawn("I6", *month_after())]

    assert [(one.total, one.indeterminate, one.reasons) for one in told] == [
        (1, 1, {"no_fix": 1}),
        (0, 0, {}),
    ]


def test_a_late_call_is_no_test_because_somebody_says_so_afterwards(reader, tmp_path):
    """Answered after 45 s. What was called a test at once is left out, by its name."""
    late, tried = (ring(f"pbx-{n}", T0, rang=T0 - seconds(45)) for n in range(2))
    classify_call(call=late, call_class="information", actor=None, now=T0 + minutes(1))
    for call in (late, tried):
        classify_call(call=call, call_class="test", actor=None, now=T0 + minutes(2))

    for told in every_door(reader, tmp_path):
        row = told["I1"]
        assert (row["Gagal"], row["Alasan"]) == ("1", "1 panggilan uji coba")
    assert "diubah kelasnya 1" in asked(reader)


def test_a_real_case_cannot_be_made_a_test():
    call = make_incident(now=T0, call=ring("pbx-1", T0)).calls.get()

    with pytest.raises(CallLinked):
        classify_call(call=call, call_class="test", actor=None, now=T0 + minutes(20))
    with pytest.raises(LastCall):
        leave_incident(call=call, actor=None, now=T0 + minutes(20))


def test_a_late_case_that_is_cancelled_is_counted_as_cancelled_late(reader, tmp_path):
    for waited in (seconds(30), minutes(60)):
        cancel_incident(incident=make_incident(now=T0), reason="", actor=None, now=T0 + waited)

    for told in every_door(reader, tmp_path):
        assert told["I10"]["Alasan"] == (
            "1 ditutup tanpa regu; 1 ditutup tanpa regu setelah batas waktu"
        )


def sent_twice(*, off_after, again_after, moves_after):
    """A crew that stands, is called off, is sent to the same case again, and drives at last.

    Minutes since the first dispatch; returns the second assignment, judged.
    """
    first, gps = sent_crew()
    gps.sends(gps.stands(T0 + seconds(5), 60 * moves_after - 60, every=20))
    cancel_assignment(assignment=first, reason="", actor=None, now=T0 + minutes(off_after))
    unit = Unit.objects.get(pk=first.unit_id)
    second = dispatch_unit(
        incident=first.incident, unit=unit, actor=None, now=T0 + minutes(again_after)
    )
    gps.sends(gps.drives(T0 + minutes(moves_after), 120))
    look(T0 + minutes(moves_after + 3))
    step(second, "acknowledged", T0 + minutes(moves_after + 3))
    look(T0 + minutes(again_after + 15))
    second.refresh_from_db()
    assert second.verdict == "moved"  # of itself it is in time
    return second


def test_a_crew_that_is_called_off_and_sent_again_has_no_ten_minutes_more(reader, tmp_path):
    second = sent_twice(off_after=9, again_after=9.1, moves_after=14)

    for told in every_door(reader, tmp_path):
        row = told["I6"]
        assert (row["Lolos"], row["Gagal"], row["Dikecualikan"]) == ("0", "1", "1")
        assert row["Alasan"] == f"1 {rule('sent_again')}"
        assert 780 < float(row["P50"]) < 860
    (breach,) = report_on(start=START, end=END).breaches
    assert (breach.assignment, breach.carried_s) == (second.pk, 540.0)
    assert "9:00" in asked(reader, format="")


def test_a_crew_that_had_nothing_to_do_between_is_not_blamed_for_it():
    sent_twice(off_after=2, again_after=30, moves_after=33)

    told = drawn("I6")

    assert (told.passed, told.failed, told.excluded) == (1, 0, {"sent_again": 1})
    assert 280 < told.p50_s < 330


def test_many_short_dispatches_add_up_until_one_of_them_has_failed():
    """Twenty times called off after 50 s of the 60 in which a crew answers."""
    incident = make_incident(now=T0)
    assignment = make_assignment(incident=incident, now=T0)
    for turn in range(1, 20):
        now = T0 + minutes(turn)
        cancel_assignment(assignment=assignment, reason="", actor=None, now=now - seconds(10))
        unit = Unit.objects.get(pk=assignment.unit_id)
        assignment = dispatch_unit(incident=incident, unit=unit, actor=None, now=now)
    cancel_assignment(assignment=assignment, reason="", actor=None, now=now + seconds(50))

    told = drawn("I4")

    assert (told.failed, told.excluded) == (10, {"sent_again": 10})


def test_a_crews_clock_set_back_takes_no_refusal_out_of_the_ten_minutes():
    """Declined after twelve minutes by our clock; its phone says after nine."""
    assignment = make_assignment(now=T0)
    look(T0 + minutes(11))
    step(assignment, "declined", T0 + minutes(9), now=T0 + minutes(12))

    told = drawn("I6")

    assert (told.indeterminate, told.excluded) == (1, {})


def typed(assignment, at):
    """Arrived and acting, as somebody writes at the desk an hour later."""
    words = {"now": T0 + minutes(60), "source": MilestoneSource.DISPATCHER}
    step(assignment, "on_scene", at, **words)
    observe(assignment=assignment, observation="first_action", at=at, actor=None, **words)


@pytest.mark.parametrize(
    ("seen", "outcome"), [(7, "passed"), (40, "indeterminate")], ids=["in time", "late"]
)
def test_one_arrival_typed_in_late_takes_nothing_from_what_another_crew_showed(seen, outcome):
    """The word is that the first came after five minutes: it makes no pass, and undoes none.

    Nor does it take the slow case out of the percentiles.
    """
    incident = served(T0, arrived_after=seen, ends=False)
    typed(make_assignment(incident=incident, now=T0 + minutes(1)), T0 + minutes(5))

    told, arrived = drawn("I10"), drawn("I9")

    assert (getattr(told, outcome), told.inferred) == (1, 0)
    assert (told.n, told.p90_s) == (1, seen * 60.0)
    assert arrived.excluded == {"no_ring_known": 1}


def test_an_action_typed_in_before_the_arrival_proves_no_goal(reader):
    """The crew arrived after seven minutes and acted after an hour; six minutes are written."""
    assignment = make_assignment(now=T0)
    step(assignment, "on_scene", T0 + minutes(7))
    observe(
        assignment=assignment,
        observation="first_action",
        at=T0 + minutes(6),
        actor=None,
        now=T0 + minutes(60),
        source=MilestoneSource.DISPATCHER,
    )

    row = intervals_in(asked(reader))["I10"]

    assert (row["Lolos"], row["Belum pasti"], row["Susulan"]) == ("0", "1", "1")
