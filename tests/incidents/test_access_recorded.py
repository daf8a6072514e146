"""Whoever is shown a number or a track stands in the access log before it is shown."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError
from django.urls import reverse

from responders.admin import watched
from responders.admin.watched import covered
from responders.ingest.intake import record_upload
from responders.models import AccessEntry, CheckIn
from tests.factories import make_assignment, make_call, make_staff
from tests.responders.phones import item, make_phone

pytestmark = pytest.mark.django_db
NUMBER, WHY = "081234567890", "memastikan lokasi"


@pytest.fixture
def desk(client):
    client.force_login(make_staff(username="supervisor-1"))
    return client


@pytest.fixture
def call():
    return make_call(caller_number="+6281234567890", caller_raw=NUMBER)


def entries():
    rows = AccessEntry.objects.order_by("pk")
    return list(rows.values_list("action", "subject_kind", "subject_id", "what", "reason"))


def reveal(desk, call, reason="location", **more):
    press = reverse("admin:incidents_call_press", args=[call.pk, "reveal"])
    return desk.post(press, {"reason": reason, **more})


def test_a_revealed_number_has_its_entry(desk, call):
    assert "+6281234567890" in reveal(desk, call).text

    assert entries() == [("reveal", "incidents.call", str(call.pk), "nomor pelapor", WHY)]
    assert AccessEntry.objects.get().address == "127.0.0.1"


def test_without_its_entry_nothing_is_shown(desk, call, monkeypatch):
    def fail(**_entry):
        raise DatabaseError("disk full")

    monkeypatch.setattr(watched, "record_access", fail)
    desk.raise_request_exception = False

    answer = reveal(desk, call)

    assert answer.status_code == 500
    assert "6281234567890" not in answer.text


def test_who_may_not_reveal_leaves_no_entry(client, call):
    client.force_login(make_staff(is_superuser=False))

    assert reveal(client, call).status_code in (403, 404)
    assert entries() == []


def test_a_search_for_a_number_is_recorded_and_covered(desk):
    desk.get(reverse("admin:incidents_call_changelist"), {"q": NUMBER})

    assert entries() == [("search", "incidents.call", "", "nomor pelapor", "**********90")]


def test_the_track_of_a_crew_is_recorded_on_list_and_page(desk):
    device, _token = make_phone()
    now = datetime.now(UTC)
    record_upload(device_id=device.pk, envelope={"check_ins": [item()]}, received_at=now)
    row = CheckIn.objects.get()

    desk.get(reverse("admin:responders_checkin_changelist"))
    desk.get(reverse("admin:responders_checkin_change", args=[row.pk]))

    assert entries() == [
        ("view", "responders.checkin", "", "jejak posisi petugas", ""),
        ("view", "responders.checkin", str(row.pk), "jejak posisi petugas", ""),
    ]


def test_the_pages_of_a_case_are_recorded(desk):
    assignment = make_assignment()

    desk.get(reverse("admin:incidents_incident_change", args=[assignment.incident_id]))
    desk.get(reverse("admin:incidents_assignment_change", args=[assignment.pk]))
    desk.get(reverse("admin:incidents_incident_changelist"), {"q": "Jl. Sudirman"})

    assert entries() == [
        (
            "view",
            "incidents.incident",
            str(assignment.incident_id),
            "pelapor, alamat, dan jejak petugas",
            "",
        ),
        (
            "view",
            "incidents.assignment",
            str(assignment.pk),
            "jejak petugas dalam penugasan",
            "",
        ),
        ("search", "incidents.incident", "", "alamat kejadian", "J*. S*******"),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("0812-3456", "****-**56"), ("Ani Sari", "A** S***"), ("12", "12"), ("", "")],
)
def test_a_searched_number_is_covered(text, shown):
    assert covered(text) == shown
