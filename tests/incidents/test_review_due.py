"""Judging in the sweep: each assignment by one caller, never for long, nothing new missed."""

from dataclasses import replace

import pytest

from incidents.models import Assignment
from incidents.policy import REVIEW
from incidents.services import evidence
from incidents.services.evidence import review_due
from tests.factories import T0, make_assignment, make_unit, minutes, seconds

pytestmark = pytest.mark.django_db


@pytest.fixture
def due():
    """Three assignments whose review is due, the first one longest."""
    made = [make_assignment(unit=make_unit()) for _ in range(3)]
    for number, assignment in enumerate(made):
        set_due(assignment, T0 + seconds(number))
    return made


def set_due(assignment, moment):
    Assignment.objects.filter(pk=assignment.pk).update(review_due_at=moment)


def still_due(now):
    rows = Assignment.objects.filter(review_due_at__lte=now)
    return list(rows.order_by("review_due_at").values_list("pk", flat=True))


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something happen while an assignment is judged."""
    happenings, judge = [], evidence.judge

    def judged(**how):
        if happenings:
            happenings.pop()()
        return judge(**how)

    monkeypatch.setattr(evidence, "judge", judged)
    return happenings.append


def test_whoever_comes_second_leaves_what_is_being_judged(due, meanwhile):
    now, second = T0 + minutes(1), []
    meanwhile(lambda: second.append(review_due(now)))

    first = review_due(now)

    assert (first, second) == (1, [2])
    assert still_due(now) == []


def test_a_check_in_that_lands_while_it_is_judged_is_judged_next(due, meanwhile):
    now = T0 + minutes(1)
    meanwhile(lambda: set_due(due[0], now + seconds(1)))

    review_due(now)

    assert still_due(now + seconds(1)) == [due[0].pk]


def test_a_long_queue_is_judged_a_piece_at_a_time_the_longest_due_first(due):
    now, at_a_time = T0 + minutes(1), replace(REVIEW, budget_s=0.0)

    assert review_due(now, policy=at_a_time) == 1
    assert still_due(now) == [due[1].pk, due[2].pk]


def test_what_died_while_it_judged_is_judged_again(due, meanwhile):
    def die():
        raise KeyboardInterrupt

    now = T0 + minutes(1)
    meanwhile(die)
    with pytest.raises(KeyboardInterrupt):
        review_due(now)

    assert due[0].pk not in still_due(now)
    assert due[0].pk in still_due(now + seconds(REVIEW.lease_s))
