"""More calls than a room answers: it is said, and nobody is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from incidents.models import Incident
from incidents.policy import CALLS
from notifications.consumers.board_health import board_health
from tests.factories import make_call, make_incident, make_staff, make_type

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def calls(count, age_s=1.0):
    for _ in range(count):
        make_call(received_at=NOW - timedelta(seconds=age_s))


def said(now=NOW):
    problems = board_health(now)["problems"]
    return [(one["level"], one["message"]) for one in problems if one["code"] == "call_flood"]


def test_a_flood_of_calls_is_said_at_the_desk():
    calls(CALLS.flood_calls - 1)
    calls(5, age_s=61.0)
    busy = said()
    calls(1)

    assert busy == []
    assert said() == [
        (
            "amber",
            f"Banjir panggilan: {CALLS.flood_calls} dalam semenit. "
            "Tutup yang iseng, gabungkan yang sama.",
        )
    ]
    assert said(NOW + timedelta(minutes=2)) == []


def opens(client):
    data = {"type": make_type().pk, "summary": "Asap", "call": make_call().pk}
    answer = client.post(reverse("admin:incidents_incident_add"), data)
    return [str(one) for one in get_messages(answer.wsgi_request)]


def test_whoever_opens_many_incidents_is_told_and_refused_nothing(client):
    person, another = make_staff("dispatcher"), make_staff("another")
    now = datetime.now(UTC)
    for _ in range(CALLS.opened_max - 1):
        make_incident(actor=person, now=now)
    make_incident(actor=another, now=now)
    make_incident(actor=person, now=now - timedelta(minutes=11))
    client.force_login(person)
    tenth, eleventh = opens(client), opens(client)

    words = "Anda membuka 11 kejadian dalam sepuluh menit. Gabungkan yang sama."
    assert not any("sepuluh menit" in one for one in tenth)
    assert words in eleventh
    assert Incident.objects.filter(opened_by=person).count() == CALLS.opened_max + 2
