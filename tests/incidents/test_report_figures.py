"""What samples say together: nothing hidden, nothing averaged twice."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.reports.definitions import INTERVALS, between
from incidents.reports.figures import BEYOND, draw, nearest_rank
from incidents.reports.samples import Instant, Outcome, Sample, measure
from incidents.reports.words import span

T = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def at(seconds, low=None, high=None, **more):
    moment = T + timedelta(seconds=seconds)
    return Instant(
        moment,
        T + timedelta(seconds=seconds if low is None else low),
        T + timedelta(seconds=seconds if high is None else high),
        **more,
    )


@pytest.mark.parametrize(
    ("end", "over", "waited_s", "expected"),
    [
        (at(50), True, 900, (Outcome.PASS, 50.0, False)),
        (at(61), True, 900, (Outcome.FAIL, 61.0, False)),
        (at(58, low=55, high=65), True, 900, (Outcome.INDETERMINATE, 58.0, False)),
        (None, False, 30, (Outcome.OPEN, None, False)),
        (None, False, 61, (Outcome.FAIL, None, True)),
        (None, True, 900, (Outcome.MISSING, None, False)),
        (at(-5), True, 900, (Outcome.INDETERMINATE, None, False)),
    ],
)
def test_a_case_passes_fails_or_is_neither_by_its_bounds(end, over, waited_s, expected):
    sample = measure("1", at(0), end, goal_s=60, over=over, as_of=T + timedelta(seconds=waited_s))
    assert (sample.outcome, sample.value_s, sample.censored) == expected


def test_a_time_typed_in_afterwards_is_counted_and_kept_out_of_every_percentile():
    recalled = measure("1", at(0), at(5, inferred=True), goal_s=60, over=True, as_of=T)
    seen = measure("2", at(0), at(50), goal_s=60, over=True, as_of=T)

    figures = draw([recalled, seen])

    assert (figures.passed, figures.inferred, figures.n) == (1, 1, 1)
    assert (figures.indeterminate, figures.reasons) == (1, {"recalled": 1})
    assert (figures.p50_s, figures.p90_s, figures.mean_s) == (50.0, 50.0, 50.0)


def test_a_crew_that_never_moved_stands_beyond_every_value():
    moved = [Sample(str(n), Outcome.PASS, 60.0 * n) for n in range(1, 9)]
    never = [Sample(str(n), Outcome.FAIL, censored=True) for n in range(2)]

    figures = draw(moved + never)

    assert (figures.passed, figures.failed, figures.n, figures.censored) == (8, 2, 10, 2)
    assert (figures.p50_s, figures.p90_s) == (300.0, BEYOND)
    assert (figures.share_low, figures.share_high) == (0.8, 0.8)


def test_what_is_indeterminate_widens_the_share_and_never_improves_it():
    samples = [
        Sample("1", Outcome.PASS, 60.0),
        Sample("2", Outcome.INDETERMINATE, reason="offline"),
    ]
    figures = draw(samples)
    assert (figures.share_low, figures.share_high) == (0.5, 1.0)
    assert figures.reasons == {"offline": 1}


def test_percentiles_of_parts_are_not_added_or_averaged():
    part = draw([Sample("1", Outcome.PASS, 60.0)])
    with pytest.raises(TypeError, match="put the samples together"):
        sum([part, part])


@given(st.lists(st.sampled_from(list(Outcome)), max_size=60))
def test_every_case_is_counted_exactly_once(outcomes):
    figures = draw(Sample(str(n), one, reason="rule") for n, one in enumerate(outcomes))
    counted = (
        figures.passed
        + figures.failed
        + figures.indeterminate
        + figures.measured
        + figures.open
        + figures.missing
        + sum(figures.excluded.values())
    )
    assert counted == figures.total == len(outcomes)


@given(
    st.lists(st.floats(0, 10_000), min_size=1, max_size=50).map(sorted),
    st.sampled_from([0.5, 0.9, 0.95, 1.0]),
    st.integers(0, 5),
)
def test_a_nearest_rank_is_a_case_that_happened(values, share, beyond):
    found = nearest_rank(values, share, beyond=beyond)
    below = sum(value <= found for value in values) + (beyond if found == BEYOND else 0)
    assert found in [*values, BEYOND]
    assert below >= math.ceil(round(share * (len(values) + beyond), 9))


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Outcome)), st.none() | st.floats(0, 10_000), st.booleans()),
        max_size=30,
    )
)
def test_a_percentile_is_printed_where_n_says_it_was_drawn_from_cases(rows):
    figures = draw(
        Sample(str(n), outcome, value, censored=value is None and never)
        for n, (outcome, value, never) in enumerate(rows)
    )
    for value in (figures.p50_s, figures.p90_s, figures.p95_s):
        assert (value is None) == (figures.n == 0)
        assert figures.censored or value != BEYOND
    assert (figures.mean_s is None) == (figures.n == figures.censored)


def test_only_the_legal_pair_of_instants_is_called_waktu_tanggap():
    assert str(between("answer", "first_arrive_and_action").name) == "waktu tanggap"
    assert str(between("dispatch", "move").name) == "bukti bergerak"
    from_dispatch = between("dispatch", "first_arrive_and_action")
    assert str(from_dispatch.name) == "regu dikirim → regu pertama tiba dan bertindak"
    assert (from_dispatch.goal_s, from_dispatch.code in INTERVALS) == (None, False)


def test_a_span_too_short_to_show_has_no_sign():
    assert [span(value_s) for value_s in (-0.3, 0.3, -1.0, -61.0)] == [
        "0:00",
        "0:00",
        "−0:01",
        "−1:01",
    ]
