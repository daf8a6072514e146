"""The event stream by polling."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from incidents.models import JournalHead
from incidents.services.response import take_step
from notifications.models import Delivery, DeliveryAttempt
from tests.factories import crew_of, make_assignment, make_device, make_incident, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def poller(unit, phone):
    return phone(make_device(crew_of(unit)[0]))


@pytest.fixture
def assignment(unit, live_now):
    return make_assignment(unit=unit, now=live_now, incident=make_incident(now=live_now))


@pytest.fixture
def live_now():
    return datetime.now(UTC)


def ask(poller, **query):
    return poller.get("/api/v1/events", query)


def test_polling_brings_the_event_and_the_next_poll_confirms_it(poller, assignment):
    first = ask(poller).json()
    (event,) = first["events"]
    assert Delivery.objects.get().received_at is None

    second = ask(poller, after=event["seq"], epoch=first["epoch"]).json()

    assert (event["kind"], event["previous"]) == ("assignment.dispatched", 0)
    assert event["data"]["id"] == str(assignment.pk)
    assert first["last_seq"] == event["seq"] == second["last_seq"]
    assert second["events"] == []
    assignment.refresh_from_db()
    assert assignment.delivered_at is not None
    states = list(DeliveryAttempt.objects.order_by("pk").values_list("channel", "state"))
    assert states == [("poll", "sent"), ("poll", "received")]


def test_a_limit_leaves_the_rest_for_the_next_poll(poller, assignment, live_now):
    take_step(
        assignment=assignment,
        step="acknowledged",
        at=live_now,
        actor=assignment.crew.get(),
        now=live_now,
    )

    first = ask(poller, limit=1).json()
    second = ask(poller, after=first["events"][0]["seq"], limit=1).json()

    assert first["last_seq"] == second["events"][0]["seq"]
    assert second["events"][0]["previous"] == first["events"][0]["seq"]


@pytest.mark.parametrize("query", [{"after": 99_999}, {"after": 0, "epoch": str(uuid4())}])
def test_a_place_of_no_use_is_a_409_reset(poller, assignment, query):
    head = JournalHead.objects.get()

    answer = ask(poller, **query)

    assert answer.status_code == 409
    body = answer.json()
    assert (body["code"], body["epoch"], body["last_seq"]) == (
        "reset",
        str(head.epoch),
        head.seq,
    )


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": -1}, {"limit": "many"}])
def test_a_number_that_is_none_is_a_400(poller, query):
    assert ask(poller, **query).status_code == 400


def test_another_crew_polls_nothing(assignment, phone_of):
    outsider = phone_of(crew_of(make_unit())[0])

    body = ask(outsider).json()

    assert (body["events"], body["last_seq"]) == ([], 0)
