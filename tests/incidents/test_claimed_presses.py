"""A press made without a signal is the phone's word: judged within bounds, and counted."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from incidents.models import IncidentEvent
from incidents.reports.cases import sample_of_assignment
from incidents.reports.definitions import INTERVALS
from incidents.reports.samples import Outcome
from incidents.selectors.reports import month_of, report_on
from incidents.services.response import take_step
from incidents.story import tell
from incidents.story.shapes import Fact
from responders.clock import UNKNOWN, Offset
from responders.wire_time import to_wire
from tests.factories import T0, crew_of, make_assignment, make_device, make_unit, minutes, seconds

START, END = month_of(T0.date())
SENT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
INCIDENT, ASSIGNMENT = UUID(int=1), UUID(int=2)


def acknowledged(*, claimed_s, received_s, clock=UNKNOWN):
    """I4 of a press that the phone dates so, and that came so long after the dispatch."""
    assignment = make_assignment()
    take_step(
        assignment=assignment,
        step="acknowledged",
        at=T0 + seconds(claimed_s),
        actor=None,
        now=T0 + seconds(received_s),
        clock=clock,
    )
    report = report_on(start=START, end=END)
    return report.intervals["I4"], report.claims


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("claimed_s", "received_s", "clock", "outcome"),
    [
        (30, 31, UNKNOWN, "passed"),
        (30, 600, UNKNOWN, "indeterminate"),  # the phone's word alone
        (30, 600, Offset(-1.0, 2.0), "passed"),
        (30, 600, Offset(298.0, 302.0), "indeterminate"),  # five minutes slow: 330 s, not 30
        (30, 600, Offset(None, 2.0), "passed"),
        (300, 600, UNKNOWN, "indeterminate"),  # as little against the crew as for it
        (300, 600, Offset(-1.0, 2.0), "failed"),
        (59, 70, UNKNOWN, "indeterminate"),
    ],
)
def test_a_press_counts_for_no_more_than_its_phones_clock_allows(
    claimed_s, received_s, clock, outcome
):
    figures, claims = acknowledged(claimed_s=claimed_s, received_s=received_s, clock=clock)

    counted = {name: getattr(figures, name) for name in ("passed", "failed", "indeterminate")}
    assert counted == {"passed": 0, "failed": 0, "indeterminate": 0} | {outcome: 1}
    waited = received_s - claimed_s > 60
    assert (claims.presses, claims.waited) == (1, int(waited))
    assert claims.alone == int(waited and None in clock)
    assert (claims.p90_s, claims.longest_s) == (received_s - claimed_s,) * 2


@pytest.mark.django_db
def test_the_press_keeps_the_bounds_that_its_phone_had_when_it_came(client):
    """Check-ins are erased in time, and with them what bounded the clock; the journal stays."""
    unit = make_unit()
    device = make_device(crew_of(unit)[0])
    assignment = make_assignment(unit=unit)
    type(device).objects.filter(pk=device.pk).update(offset_low_s=-1.5, offset_high_s=2.5)
    phone = APIClient()
    phone.credentials(HTTP_AUTHORIZATION=f"Bearer {device.token}")

    for step in ("acknowledge", "first-action"):
        at = to_wire(T0 + minutes(1))
        path = f"/api/v1/assignments/{assignment.pk}/{step}"
        assert phone.post(path, {"at": at}, format="json").status_code == 200

    kept = IncidentEvent.objects.filter(data__has_key="claimed_at")
    assert {row.kind: row.data["clock_offset_s"] for row in kept} == {
        "assignment.acknowledged": [-1.5, 2.5],
        "assignment.first_action": [-1.5, 2.5],
    }


def pressed(at_s, received_s, clock):
    data = {"source": "crew", "claimed_at": "as it was", "clock_offset_s": clock}
    moments = [("incident.opened", 0, 0, {}), ("assignment.dispatched", 0, 0, {})]
    moments.append(("assignment.acknowledged", at_s, received_s, data))
    facts = [
        Fact(seq, kind, INCIDENT, ASSIGNMENT, None, SENT + timedelta(seconds=happened),
             SENT + timedelta(seconds=recorded), data)
        for seq, (kind, happened, recorded, data) in enumerate(moments, 1)
    ]  # fmt: skip
    return tell(facts).assignments[ASSIGNMENT]


@given(
    true_s=st.floats(0, 3600),
    waited_s=st.floats(61, 7200),
    offset_s=st.floats(-900, 900),
    slack=st.tuples(st.floats(0, 30), st.floats(0, 30)),
    is_bounded=st.booleans(),
)
def test_no_true_press_is_ever_judged_against_the_truth(
    true_s, waited_s, offset_s, slack, is_bounded
):
    """Whatever the phone's clock says: passed only what passed, failed only what failed."""
    received_s = true_s + waited_s
    claimed_s = min(max(true_s - offset_s, 0.0), received_s)
    if claimed_s != true_s - offset_s:
        return  # refused as doubtful, or dated by us
    clock = [offset_s - slack[0], offset_s + slack[1]] if is_bounded else None
    if not is_bounded and received_s - claimed_s <= 60:
        return  # told at once, by a clock so far ahead that it cannot be seen from this
    assignment = pressed(claimed_s, received_s, clock)
    step = assignment.steps["acknowledged"]
    as_of = SENT + timedelta(seconds=received_s)

    assert (
        step.low - seconds(0.001) <= SENT + timedelta(seconds=true_s) <= step.high + seconds(0.001)
    )
    outcome = sample_of_assignment(assignment, INTERVALS["I4"], as_of, goal_s=60).outcome
    if outcome != Outcome.INDETERMINATE and abs(true_s - 60) > 0.01:
        assert (outcome == Outcome.PASS) == (true_s <= 60)
