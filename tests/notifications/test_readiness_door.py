"""A phone reports before the emergency, and proves that a push reaches it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from notifications.senders.base import Outcome
from notifications.services import probing
from notifications.services.probing import probes_due
from responders.models import ReadinessReport
from responders.wire_time import to_wire
from tests.factories import crew_of, make_device, make_unit

pytestmark = pytest.mark.django_db


class Provider:
    """Takes pushes and keeps them."""

    def __init__(self):
        self.messages = []

    def send(self, message):
        self.messages.append(message)
        return Outcome(state="accepted", detail="projects/x/messages/1")


@pytest.fixture
def provider(settings, monkeypatch):
    settings.GERAK_FCM_CREDENTIALS = "a service account"
    provider = Provider()
    monkeypatch.setattr(probing, "current_sender", lambda: provider)
    return provider


@pytest.fixture
def device():
    return make_device(crew_of(make_unit())[0], push_token="address", push_token_at=timezone.now())


def report(**over):
    now = timezone.now()
    fix = {"lat": -0.8, "lon": 100.65, "accuracy_m": 8, "recorded_at": to_wire(now)}
    return {
        "id": str(uuid4()),
        "at": to_wire(now),
        "app_version": "1.0.0",
        "platform": "Android 14; Redmi 12",
        "socket": True,
        "push": "untested",
        "location_permission": "granted",
        "fix": fix,
        "battery_pct": 77,
        "battery_saver": False,
        "unsent": 4,
    } | over


def send(client, body):
    return client.post("/api/v1/readiness", body, format="json")


def failing(answer):
    return [check["code"] for check in answer.json()["checks"] if not check["ok"]]


def sweep():
    return probes_due(timezone.now(), start=lambda work: work())


def test_the_push_is_proven_by_the_way_there_and_back(device, phone, provider):
    client = phone(device)
    first = send(client, report())
    swept = [sweep(), sweep()]
    (message,) = provider.messages
    probe = message.data["probe"]

    answer = client.post(f"/api/v1/readiness/probes/{probe}/received")

    assert (first.json()["ready"], failing(first), first.json()["probe"]) == (
        False,
        ["push"],
        probe,
    )
    assert swept == [1, 0]
    assert message.data == {"type": "probe", "probe": probe}
    assert (message.urgent, message.ttl_s, message.push_token) == (True, 60, "address")
    assert (answer.status_code, answer.json()["ready"], answer.json()["probe"]) == (200, True, None)
    device.refresh_from_db()
    assert (device.unsent, device.battery_pct) == (4, 77)
    assert ReadinessReport.objects.get().probe_detail == "accepted: projects/x/messages/1"


def test_without_a_push_provider_there_is_nothing_to_prove(device, phone):
    answer = send(phone(device), report())

    assert (answer.json()["ready"], answer.json()["probe"]) == (True, None)
    assert "push" not in [check["code"] for check in answer.json()["checks"]]
    assert answer.json()["hint"].startswith("Xiaomi")


def test_a_report_sent_twice_is_one_report_and_one_probe(device, phone, provider):
    client, body = phone(device), report()

    answers = [send(client, body) for _ in range(2)]
    other = send(client, body | {"battery_pct": 10})

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["probe"] == answers[1].json()["probe"]
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    assert sweep() == 1


def test_another_phone_cannot_answer_a_probe(device, phone, provider):
    probe = send(phone(device), report()).json()["probe"]
    stranger = phone(make_device(crew_of(make_unit())[0]))

    assert stranger.post(f"/api/v1/readiness/probes/{probe}/received").status_code == 404
    assert ReadinessReport.objects.get().probe_received_at is None


def test_a_dead_address_is_marked(device, phone, provider, monkeypatch):
    send(phone(device), report())
    gone = Outcome(state="dead", detail="UNREGISTERED", token_dead=True)
    monkeypatch.setattr(provider, "send", lambda _message: gone)

    sweep()

    device.refresh_from_db()
    assert device.push_dead_at is not None


@pytest.mark.parametrize(
    ("over", "field", "code"),
    [
        ({"id": "x"}, "id", "bad_id"),
        ({"socket": "true"}, "socket", "invalid"),
        ({"push": "perhaps"}, "push", "invalid_choice"),
        ({"battery_pct": 101}, "battery_pct", "out_of_range"),
        ({"unsent": -1}, "unsent", "out_of_range"),
        ({"fix": {"lat": 1}}, "fix.lon", "required"),
        ({"fix": 2**70}, "fix", "invalid"),
    ],
)
def test_a_bad_report_names_its_field(device, phone, over, field, code):
    answer = send(phone(device), report(**over))

    assert answer.status_code == 400
    assert (field, code) in [(e["field"], e["code"]) for e in answer.json()["errors"]]
    assert not ReadinessReport.objects.exists()


def test_what_is_unknown_is_ignored_also_where_it_is_absurd(device, phone):
    fix = report()["fix"] | {"satellites": 2**70}

    assert send(phone(device), report(fix=fix, zodiac=2**80)).status_code == 200


def test_a_clock_that_is_off_is_named(device, phone):
    late = to_wire(timezone.now() - timedelta(minutes=3))

    answer = send(phone(device), report(at=late, fix=report()["fix"] | {"recorded_at": late}))

    assert failing(answer) == ["clock"]
