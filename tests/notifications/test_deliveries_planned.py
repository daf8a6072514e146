"""Who hears of a fact is written with the fact."""

from datetime import UTC, datetime

import pytest

from incidents.models import IncidentEvent
from incidents.services.dispatch import cancel_assignment
from incidents.services.intake import update_incident
from incidents.services.response import take_step
from notifications.models import Delivery
from notifications.services import planning
from tests.factories import (
    T0,
    crew_of,
    make_assignment,
    make_device,
    make_incident,
    make_unit,
    seconds,
)

pytestmark = pytest.mark.django_db


def rows():
    return [
        (row.event.kind, row.person_id, row.lane, row.next_attempt_at)
        for row in Delivery.objects.select_related("event").order_by("event_id", "person_id")
    ]


def test_a_dispatch_is_for_its_crew_alone_and_is_pushed_at_once():
    unit = make_unit(crew=2)
    make_unit()

    make_assignment(unit=unit)

    assert rows() == [("assignment.dispatched", user.pk, 0, T0) for user in crew_of(unit)]


def test_a_live_socket_has_ten_seconds_before_the_push():
    unit = make_unit()
    (person,) = crew_of(unit)
    make_device(person, online_until=T0 + seconds(30))
    make_device(person, online_until=T0 - seconds(30))

    make_assignment(unit=unit)

    assert rows() == [("assignment.dispatched", person.pk, 0, T0 + seconds(10))]


def test_the_socket_of_a_revoked_phone_gives_no_grace():
    unit = make_unit()
    (person,) = crew_of(unit)
    make_device(person, online_until=T0 + seconds(30), revoked_at=T0)

    make_assignment(unit=unit)

    assert rows() == [("assignment.dispatched", person.pk, 0, T0)]


def test_steps_and_a_cancellation_are_told_and_a_delivery_is_not():
    unit = make_unit()
    (person,) = crew_of(unit)
    assignment = make_assignment(unit=unit)
    take_step(assignment=assignment, step="acknowledged", at=T0, actor=person, now=T0 + seconds(20))
    cancel_assignment(assignment=assignment, reason="salah", actor=None, now=T0 + seconds(30))

    assert rows() == [
        ("assignment.dispatched", person.pk, 0, None),  # answered: nothing more to push
        ("assignment.acknowledged", person.pk, 1, None),
        ("assignment.cancelled", person.pk, 0, T0 + seconds(30)),
    ]


def test_a_corrected_incident_is_told_to_the_crews_of_its_open_assignments():
    incident = make_incident()
    one, other = make_unit(), make_unit()
    ended = make_assignment(unit=one, incident=incident)
    make_assignment(unit=other, incident=incident)
    cancel_assignment(assignment=ended, reason="", actor=None, now=T0 + seconds(5))
    Delivery.objects.all().delete()

    update_incident(
        incident=incident,
        changes={"summary": "Gudang"},
        areas=None,
        actor=None,
        now=T0 + seconds(9),
    )

    assert rows() == [("incident.updated", crew_of(other)[0].pk, 1, None)]


def test_an_event_whose_deliveries_fail_is_not_recorded(monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("no room")

    incident, unit = make_incident(), make_unit()
    before = IncidentEvent.objects.count()
    monkeypatch.setattr(planning, "insert_rows", fail)

    with pytest.raises(RuntimeError):
        make_assignment(unit=unit, incident=incident, now=datetime.now(UTC))

    assert IncidentEvent.objects.count() == before
