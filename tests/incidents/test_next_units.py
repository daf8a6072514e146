"""Declined or silent: the next unit is proposed by itself, and sent by a person."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.errors import ProposalChanged
from incidents.models import IncidentEvent, NextUnit, Routing
from incidents.selectors.board import board_snapshot
from incidents.services.dispatch import dispatch_unit
from incidents.services.next_units import propose_next, send_next
from incidents.services.response import take_step
from tests.factories import (
    T0,
    crew_of,
    make_agency,
    make_device,
    make_incident,
    make_staff,
    make_type,
    make_unit,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db
LATE = T0 + seconds(60)


@pytest.fixture
def units():
    """Three ready units of the leading agency, the farther the later."""
    agency = make_agency()
    Routing.objects.create(type=make_type(), agency=agency, role="lead")
    made = [make_unit(f"Damkar {n}", agency=agency, home_lat=-0.80 - n / 100) for n in (1, 2, 3)]
    for unit in made:
        make_device(crew_of(unit)[0], online_until=T0 + minutes(60))
    return made


def sent(unit, incident=None, now=T0):
    return dispatch_unit(incident=incident or make_incident(), unit=unit, actor=None, now=now)


def proposals():
    return {row.assignment_id: row.unit and row.unit.call_sign for row in NextUnit.objects.all()}


def shown(assignment, now):
    rows = board_snapshot(None, now)["assignments"]
    return next(row["proposal"] for row in rows if row["id"] == str(assignment.pk))


def test_nobody_is_proposed_before_the_deadline_and_the_next_after_it(units):
    assignment = sent(units[0])

    propose_next(LATE - seconds(1))
    before = proposals()
    propose_next(LATE)
    propose_next(LATE)

    assert (before, proposals()) == ({}, {assignment.pk: "Damkar 2"})
    event = IncidentEvent.objects.get(kind="next_unit.proposed")
    assert event.data == {"unit": "Damkar 2", "why": "unacknowledged"}
    assert shown(assignment, LATE) == {
        "unit": {"id": units[1].pk, "call_sign": "Damkar 2"},
        "reason": "unacknowledged",
        "send_url": f"/admin/incidents/assignment/{assignment.pk}/do/next/",
    }


def test_a_refusal_proposes_at_once_also_where_a_second_unit_is_on_its_way(units):
    first = sent(units[0])
    sent(units[1], first.incident)
    second = first.incident.assignments.exclude(pk=first.pk).get()
    first.dispatched_at = T0 + seconds(1)
    first.save(update_fields=["dispatched_at"])
    take_step(assignment=first, step="declined", at=None, actor=None, now=T0, reason="ban kempes")

    propose_next(T0 + seconds(2))

    assert proposals() == {first.pk: "Damkar 3"}
    assert shown(second, T0 + seconds(2)) is None


def test_an_answer_settles_it(units):
    assignment = sent(units[0])
    propose_next(LATE)

    take_step(assignment=assignment, step="acknowledged", at=None, actor=None, now=LATE)

    assert shown(assignment, LATE) is None
    propose_next(LATE + seconds(1))
    assert proposals() == {}


def test_sending_the_proposed_moves_the_question_on_to_it(units):
    first = sent(units[0])
    propose_next(LATE)

    second = send_next(assignment=first, unit=units[1], actor=make_staff(), now=LATE)
    propose_next(LATE + seconds(1))
    between = proposals()
    propose_next(LATE + seconds(61))

    assert (second.unit, second.incident) == (units[1], first.incident)
    assert (between, proposals()) == ({}, {second.pk: "Damkar 3"})


def test_a_proposed_unit_that_is_gone_is_replaced_and_what_was_seen_is_not_sent(units):
    first = sent(units[0])
    propose_next(LATE)
    sent(units[1], now=LATE)

    assert shown(first, LATE) is None
    propose_next(LATE + seconds(1))

    assert proposals() == {first.pk: "Damkar 3"}
    with pytest.raises(ProposalChanged):
        send_next(assignment=first, unit=units[1], actor=None, now=LATE)
    assert first.incident.assignments.count() == 1


def test_nobody_left_is_said_and_looked_for_again(units):
    for unit in units[1:]:
        unit.duty_status = "off_duty"
        unit.save()
    first = sent(units[0])
    propose_next(LATE)
    nobody = proposals()

    units[2].duty_status = "available"
    units[2].save()
    propose_next(LATE + seconds(5))
    too_soon = proposals()
    propose_next(LATE + seconds(15))

    assert (nobody, too_soon) == ({first.pk: None}, {first.pk: None})
    assert proposals() == {first.pk: "Damkar 3"}


def test_the_board_costs_no_more_with_three_proposals_than_with_one(units):
    sent(units[0])
    propose_next(LATE)
    with CaptureQueriesContext(connection) as at_one:
        board_snapshot(None, LATE)
    for unit in units[1:]:
        sent(unit)
    propose_next(LATE)

    with CaptureQueriesContext(connection) as at_three:
        board_snapshot(None, LATE)

    assert NextUnit.objects.count() == 3
    assert len(at_three) <= len(at_one)
