"""The doors of whoever watches the server."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from config import readiness
from config.figures import buckets_of
from incidents.journal import record
from incidents.models import Assignment, Incident, IncidentType, Timer
from notifications.models import Delivery, EngineBeat
from responders.models import Agency, Unit
from tests.factories import make_user


@pytest.fixture
def late_timer(db):
    now = timezone.now()
    kind = IncidentType.objects.create(
        key="banjir", label="Banjir", label_en="Flood", category="bencana_alam", priority=1
    )
    incident = Incident.objects.create(number="SLK-1", type=kind, priority=1, opened_at=now)
    agency = Agency.objects.create(key="bpbd", name="BPBD", short_name="BPBD")
    unit = Unit.objects.create(call_sign="TRC 1", agency=agency, kind="rescue")
    assignment = Assignment.objects.create(
        incident=incident,
        unit=unit,
        dispatched_at=now - timedelta(seconds=60),
        move_by=now + timedelta(seconds=540),
    )
    return Timer.objects.create(
        assignment=assignment, kind="delivery", due_at=now - timedelta(seconds=30)
    )


def test_the_process_is_alive_without_a_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_a_server_with_nothing_due_is_ready(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert [warning["code"] for warning in answer.json()["warnings"]] == ["sweeper"]


@pytest.mark.django_db
def test_a_due_row_that_nobody_takes_makes_it_unready(client, late_timer):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "5"
    assert answer.json()["problems"] == [
        {
            "code": "late",
            "message": "The oldest due row has waited 30 s; 10 s are allowed.",
        }
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "outside", [{"REMOTE_ADDR": "36.80.1.1"}, {"HTTP_X_FORWARDED_FOR": "36.80.1.1"}]
)
def test_from_outside_there_are_codes_and_no_sentence(client, late_timer, outside):
    body = client.get("/readyz", **outside).json()

    assert body["problems"] == [{"code": "late"}]
    assert body["warnings"] == [{"code": "sweeper"}]
    assert body["detail"] == "late"


@pytest.mark.django_db
def test_a_fired_timer_is_not_late(client, late_timer):
    late_timer.fired_at = timezone.now()
    late_timer.save()

    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_named(client, monkeypatch):
    def fail(now):
        raise DatabaseError("gone")

    monkeypatch.setattr(readiness, "lateness_s", fail)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["problems"] == [
        {"code": "database", "message": "The database does not answer: gone"}
    ]


@pytest.mark.django_db
def test_a_layer_that_carries_nothing_is_named(client, settings):
    settings.CHANNEL_LAYERS = {}

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert [problem["code"] for problem in answer.json()["problems"]] == ["channel_layer"]


@pytest.mark.django_db
def test_prometheus_reads_the_figures(client, late_timer):
    EngineBeat.objects.create(name="sweeper", at=timezone.now())

    text = client.get("/metrics").content.decode()

    assert 'gerak_assignments_open{verdict="pending"} 1.0' in text
    assert "gerak_incidents_open 1.0" in text
    assert 'gerak_row_lateness_seconds{kind="deadlines"}' in text
    assert 'gerak_engine_problems{code="late"} 1.0' in text
    assert 'gerak_engine_beat_age_seconds{engine="sweeper"}' in text


@pytest.mark.django_db
def test_the_latency_of_receipts_can_be_read_as_quantiles(client, late_timer):
    assignment = late_timer.assignment
    now = timezone.now()
    with transaction.atomic():
        event = record("assignment.updated", now=now, assignment=assignment)
    for number, waited in enumerate((0.2, 0.2, 12, None)):
        Delivery.objects.create(
            event=event,
            person=make_user(),
            assignment=assignment,
            lane=Delivery.Lane.ASSIGNMENT,
            planned_at=now - timedelta(seconds=60 + number),
            received_at=waited and now - timedelta(seconds=60 + number - waited),
        )

    text = client.get("/metrics").content.decode()

    assert 'gerak_delivery_latency_seconds_bucket{le="0.1"} 0.0' in text
    assert 'gerak_delivery_latency_seconds_bucket{le="0.25"} 2.0' in text
    assert 'gerak_delivery_latency_seconds_bucket{le="20.0"} 3.0' in text
    assert 'gerak_delivery_latency_seconds_bucket{le="+Inf"} 3.0' in text
    assert "gerak_sockets 0.0" in text
    assert "gerak_check_ins_committed_total" in text


def test_a_bucket_holds_its_own_bound_and_all_below():
    assert buckets_of([0.5, 1, 3], (1.0, 2.0)) == [("1.0", 2.0), ("2.0", 2.0), ("+Inf", 3.0)]


@pytest.mark.parametrize(
    "way",
    [
        {"REMOTE_ADDR": "8.8.4.4"},
        {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "8.8.8.8"},
        {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "10.0.0.7, 8.8.8.8"},
        {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "nonsense"},
        {"REMOTE_ADDR": "10.0.0.2", "HTTP_FORWARDED": "for=10.0.0.7"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_the_figures_are_hidden_from_the_outside(client, way):
    answer = client.get("/metrics", **way)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_nothing_can_be_posted_there(client):
    assert [client.post(f"/{door}").status_code for door in ("healthz", "readyz", "metrics")] == [
        405,
        405,
        405,
    ]
