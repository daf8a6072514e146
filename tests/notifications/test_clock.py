"""A clock that is set back: what waited for a time that never was comes when it is due."""

from datetime import timedelta

import pytest

from config.engine import JOBS
from incidents.models import Timer
from notifications.engine_watch import engine_problems
from notifications.models import Delivery, Ladder, LadderTurn
from notifications.services.beats import write_beat
from notifications.services.clock import clock_set_back
from tests.factories import T0, make_assignment, make_incident, make_unit, seconds

pytestmark = pytest.mark.django_db(transaction=True)

SET_BACK = timedelta(hours=25)
NOW = T0 - SET_BACK


@pytest.fixture
def assignment():
    """Sent by a clock that ran 25 hours ahead."""
    return make_assignment(unit=make_unit(), incident=make_incident(now=T0), now=T0)


def waits():
    """Return kind of row → when the first of it is due, in seconds from now."""
    timers = Timer.objects.filter(fired_at=None, settled_at=None)
    found = {row.kind: row.due_at for row in timers}
    found["push"] = Delivery.objects.get().next_attempt_at
    found["ladder"] = Ladder.objects.get().next_step_at
    return {kind: round((due - NOW).total_seconds()) for kind, due in found.items()}


def test_what_waits_comes_forward_and_the_promise_to_the_crew_stays(assignment):
    ahead_s = SET_BACK.total_seconds()
    before = waits()

    moved = clock_set_back(NOW)

    after = waits()
    assert min(before.values()) >= ahead_s
    assert {kind: after[kind] for kind in ("delivery", "acknowledgement")} == {
        "delivery": 20,
        "acknowledgement": 60,
    }
    assert after["movement_verdict"] == ahead_s + 600
    assert after["push"] <= 0
    assert after["ladder"] == before["ladder"] - ahead_s
    assert moved == len(before) - 1
    assert clock_set_back(NOW) == 0


def test_the_ladder_is_climbed_and_the_assignment_turns_red_by_the_clock_that_is(assignment):
    clock_set_back(NOW)

    for job in ("timers", "ladders"):
        JOBS[job](NOW + seconds(21))

    fired = Timer.objects.filter(fired_at__isnull=False).values_list("kind", flat=True)
    assert list(fired) == ["delivery"]
    assert LadderTurn.objects.filter(at=NOW + seconds(21)).exists()


def test_what_a_right_clock_planned_is_left_alone(assignment):
    before = waits()

    assert clock_set_back(T0) == 0
    assert clock_set_back(T0 - seconds(4)) == 0
    assert waits() == before


def test_an_engine_that_beat_in_the_future_is_not_thought_alive():
    write_beat("sweeper", process="a", now=NOW)
    write_beat("sockets", process="b", now=T0)

    assert [one.code for one in engine_problems(NOW)] == ["sockets"]
