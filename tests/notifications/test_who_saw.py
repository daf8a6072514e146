"""After a breach: who saw what between when, and that this was asked."""

import csv
import io

import pytest
from django.urls import reverse

from responders.models import AccessEntry
from responders.services.access import record_access
from tests.factories import T0, make_call, make_incident, make_staff, minutes
from tests.test_crawl import in_group

pytestmark = pytest.mark.django_db
E164 = "+6281377665544"


@pytest.fixture
def call():
    incident = make_incident(caller_phone="081377665544")
    return incident.calls.get()


@pytest.fixture
def looked(call, monkeypatch):
    """Two looks at one caller, one at another, one outside the time asked for."""
    spy = make_staff("spy", name="=cmd|'/C calc'!A0")
    for subject, at in (
        (call, T0 + minutes(1)),
        (call.incident, T0 + minutes(2)),
        (make_call(), T0 + minutes(3)),
        (call, T0 + minutes(90)),
    ):
        record_access(actor=spy, action="view", subject=subject, what="nomor pelapor", now=at)
    return spy


def ask(client, **over):
    asked = {"start": "2026-11-24T10:00", "end": "2026-11-24T11:00"} | over
    return client.get(reverse("who-saw"), asked)


def table(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_all_looks_of_a_span_are_listed_and_the_asking_is_logged(client, looked):
    client.force_login(in_group("auditor"))

    answer = ask(client)

    assert [row["entry"].at for row in answer.context["rows"]] == [
        T0 + minutes(1),
        T0 + minutes(2),
        T0 + minutes(3),
    ]
    entry = AccessEntry.objects.order_by("pk").last()
    assert (entry.action, entry.subject_kind) == ("search", "responders.accessentry")
    assert entry.reason == "2026-11-24T03:00:00.000Z/2026-11-24T04:00:00.000Z"


def test_a_number_finds_looks_at_its_calls_and_incidents_as_a_file_without_formulas(
    client, looked, call
):
    client.force_login(in_group("supervisor"))

    rows = table(ask(client, number="081377665544", format="csv"))

    assert [(row["subject_kind"], row["name"]) for row in rows] == [
        ("incidents.call", "'=cmd|'/C calc'!A0"),
        ("incidents.incident", "'=cmd|'/C calc'!A0"),
    ]
    entry = AccessEntry.objects.order_by("pk").last()
    assert (entry.action, "****44" in entry.reason, "0813" in entry.reason) == (
        "export",
        True,
        False,
    )


def test_one_persons_looks(client, looked):
    client.force_login(in_group("auditor"))

    assert table(ask(client, actor="nobody", format="csv")) == []
    assert len(table(ask(client, actor="spy", format="csv"))) == 3


def test_a_span_without_an_end_is_told_so(client):
    client.force_login(in_group("auditor"))

    assert ask(client, end="").status_code == 400
    assert ask(client, start="x").status_code == 400
    assert not AccessEntry.objects.exists()
