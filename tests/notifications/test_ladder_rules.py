"""Which plans a city may have, and what counts as reached."""

import pytest

from notifications.ladder_rules import Fault, Reached, Step, faults_of, in_order
from notifications.policy import DEFAULT_PLANS
from tests.factories import T0, seconds

SOCKET, PUSH, SPOKEN = Step("socket", 0), Step("push", 0), Step("spoken", 20)


@pytest.mark.parametrize("kind", DEFAULT_PLANS)
def test_a_default_plan_is_a_plan(kind):
    steps = DEFAULT_PLANS[kind]

    assert faults_of(steps, urgent=kind == "assignment.dispatched") == []
    assert list(steps) == in_order(steps)


@pytest.mark.parametrize(
    ("steps", "faults"),
    [
        ([PUSH, SPOKEN], [Fault("socket_is_fixed")]),
        ([SOCKET, Step("push", 5), SPOKEN], [Fault("push_is_fixed")]),
        ([SOCKET, PUSH], [Fault("nobody_hears")]),
        ([SOCKET, PUSH, Step("spoken", 61)], [Fault("nobody_hears")]),
        ([SOCKET, PUSH, SPOKEN, SPOKEN], [Fault("twice", 3)]),
        ([SOCKET, PUSH, SPOKEN, Step("sms", 86_401)], [Fault("after_out_of_range", 3)]),
        ([SOCKET, PUSH, SPOKEN, Step("second_phone", 21)], [Fault("second_phone_late")]),
        (
            [SOCKET, PUSH, SPOKEN, *(Step("sms", after_s) for after_s in range(1, 19))],
            [Fault("too_many")],
        ),
    ],
)
def test_what_is_no_plan(steps, faults):
    assert faults_of(steps, urgent=True) == faults


def test_a_notice_need_not_be_spoken():
    assert faults_of([SOCKET, PUSH], urgent=False) == []


def test_who_answered_has_received_and_seen():
    reached = Reached(answered_at=T0 + seconds(9), received_at=T0 + seconds(12))

    assert [reached.at(level) for level in ("received", "seen", "answered")] == [
        T0 + seconds(9)
    ] * 3
    assert Reached(received_at=T0).at("seen") is None
