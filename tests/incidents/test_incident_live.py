"""The incident's page follows by itself: only what changed is sent, and only to who may see it."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incidents.models import Note, Routing
from incidents.policy import FIELD
from incidents.services.response import take_step
from notifications.models import Delivery, DeliveryAttempt
from responders.models import AccessEntry
from tests.drama import Gps
from tests.factories import (
    T0,
    crew_of,
    make_agency,
    make_assignment,
    make_device,
    make_incident,
    make_staff,
    make_type,
    make_unit,
    seconds,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_staff("dispatcher"))
    return client


def live(client, incident, version=""):
    url = reverse("admin:incidents_incident_live", args=[incident.pk])
    return client.get(url, {"version": version})


def press(client, obj, name, **data):
    kind = obj._meta.model_name
    url = reverse(f"admin:incidents_{kind}_press", args=[obj.pk, name])
    return client.post(url, data, headers={"accept": "application/json"})


def operator_of(agency):
    user = make_staff("operator", is_superuser=False, agency=agency)
    names = ("view_incident", "view_assignment", "view_note", "add_assignment")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def test_nothing_is_sent_while_nothing_changed(desk, monkeypatch):
    monkeypatch.setattr("incidents.admin.incident_page.LOOK_AGAIN_S", 10**9)
    assignment = make_assignment()
    first = live(desk, assignment.incident).json()

    same = live(desk, assignment.incident, first["version"])
    take_step(assignment=assignment, step="acknowledged", at=None, actor=None, now=T0 + seconds(5))
    after = live(desk, assignment.incident, first["version"])

    assert (same.status_code, same.content) == (204, b"")
    assert after.status_code == 200
    assert "Penugasan diterima" in after.json()["panels"]["history"]
    assert "Penugasan diterima" not in first["panels"]["history"]


def test_the_ledger_says_where_it_arrived_and_never_merely_sent(desk):
    unit = make_unit()
    person = crew_of(unit)[0]
    phone = make_device(person, name="Redmi Damkar")
    assignment = make_assignment(unit=unit)
    delivery = Delivery.objects.get(assignment=assignment, person=person)
    DeliveryAttempt.objects.create(
        delivery=delivery, device=phone, channel="socket", state="sent", at=T0
    )
    unproven = live(desk, assignment.incident).json()

    Delivery.objects.update(received_at=T0 + seconds(7), received_on=phone)
    proven = live(desk, assignment.incident, unproven["version"]).json()

    assert "belum terbukti sampai" in unproven["panels"]["assignments"]
    assert (
        "diterima 24/11/2026 10:00:07 di Redmi Damkar" in proven["panels"]["assignments"]
        or "diterima 10:00:07 di Redmi Damkar" in proven["panels"]["assignments"]
    )


def test_the_desk_writes_a_note_that_operators_do_not_read(desk, client):
    assignment = make_assignment()

    answer = press(desk, assignment.incident, "note", text="Pelapor menunggu di simpang")

    assert answer.json() == {
        "done": True,
        "messages": [{"level": "success", "text": "Simpan catatan: berhasil."}],
    }
    assert Note.objects.get().incident == assignment.incident
    assert "menunggu di simpang" in live(desk, assignment.incident).json()["panels"]["field"]
    client.force_login(operator_of(assignment.unit.agency))
    assert "menunggu" not in live(client, assignment.incident).json()["panels"]["field"]


def test_an_operator_sees_and_weighs_the_own_units_alone(client):
    mine, other = make_agency("mine"), make_agency("other")
    for agency in (mine, other):
        Routing.objects.create(type=make_type(), agency=agency, role="support")
    incident = make_incident()
    make_assignment(unit=make_unit("Milik 1", agency=mine), incident=incident)
    make_assignment(unit=make_unit("Asing 1", agency=other), incident=incident)
    make_unit("Milik 2", agency=mine)
    make_unit("Asing 2", agency=other)
    client.force_login(operator_of(mine))

    page = client.get(reverse("admin:incidents_incident_change", args=[incident.pk]))

    text = page.content.decode()
    assert ("Milik 1" in text, "Milik 2" in text) == (True, True)
    assert "Asing" not in text
    foreign = make_incident()
    assert live(client, foreign).status_code == 404


def test_a_look_at_a_crews_track_is_written_down_first(desk):
    unit = make_unit()
    phone = make_device(crew_of(unit)[0], name="Redmi")
    gps = Gps(phone)
    gps.sends(gps.stands(T0 - seconds(60), 60))
    assignment = make_assignment(unit=unit)
    gps.sends(gps.drives(T0 + seconds(10), 120))
    url = reverse("admin:incidents_incident_evidence", args=[assignment.incident_id])

    answer = desk.get(url, {"assignment": str(assignment.pk)}).json()

    entry = AccessEntry.objects.get(subject_kind="incidents.assignment")
    assert (entry.subject_id, entry.what, entry.action) == (
        str(assignment.pk),
        "jejak regu",
        "view",
    )
    assert answer["unit"] == str(unit)
    assert [fix["anchor"] for fix in answer["track"]].count(True) >= 1
    assert "Redmi · akurasi 12 m" in answer["track"][0]["label"]
    for wrong in ("", "x", str(make_assignment().pk)):
        assert desk.get(url, {"assignment": wrong}).status_code == 404


def test_an_open_track_that_asks_again_is_one_look_of_one_session(desk, client):
    assignment, other = make_assignment(), make_assignment()
    url = reverse("admin:incidents_incident_evidence", args=[assignment.incident_id])

    def looks_after(client, of=assignment, **query):
        address = reverse("admin:incidents_incident_evidence", args=[of.incident_id])
        answer = client.get(address, {"assignment": str(of.pk)} | query)
        assert answer.status_code == 200
        return answer.json()["look"], AccessEntry.objects.filter(subject_id=str(of.pk)).count()

    look, first = looks_after(desk)
    again, same = looks_after(desk, look=look)
    _anew, page_loaded_again = looks_after(desk)
    _forged, with_nonsense = looks_after(desk, look=f"{assignment.pk}:x:y")
    _elsewhere, of_another = looks_after(desk, other, look=look)
    client.force_login(make_staff("supervisor"))
    _theirs, by_somebody_else = looks_after(client, look=look)

    assert (first, same, again == look) == (1, 1, True)
    assert (page_loaded_again, with_nonsense, by_somebody_else, of_another) == (2, 3, 4, 1)
    assert desk.get(url, {"assignment": str(assignment.pk), "look": "\0"}).status_code == 200


def test_a_look_that_lasts_too_long_is_written_down_again(desk, monkeypatch):
    assignment = make_assignment()
    url = reverse("admin:incidents_incident_evidence", args=[assignment.incident_id])
    look = desk.get(url, {"assignment": str(assignment.pk)}).json()["look"]
    over = replace(FIELD, track_look_max_s=-1)
    monkeypatch.setattr("incidents.admin.looking.FIELD", over)

    desk.get(url, {"assignment": str(assignment.pk), "look": look})

    assert AccessEntry.objects.filter(subject_id=str(assignment.pk)).count() == 2


def test_the_page_costs_the_same_at_one_assignment_and_at_three(desk):
    incident = make_incident()
    make_assignment(incident=incident)
    live(desk, incident)
    with CaptureQueriesContext(connection) as at_one:
        live(desk, incident)
    make_assignment(incident=incident)
    make_assignment(incident=incident)

    with CaptureQueriesContext(connection) as at_three:
        live(desk, incident)

    assert len(at_three) == len(at_one)


def test_pressing_twice_says_that_it_is_sent_already(desk):
    unit, incident = make_unit("Damkar 1"), make_incident()

    first = press(desk, incident, "dispatch", units=[unit.pk]).json()
    second = press(desk, incident, "dispatch", units=[unit.pk]).json()

    assert first == {
        "done": True,
        "messages": [{"level": "success", "text": "Damkar 1 dikirim."}],
    }
    assert second["done"] is True
    assert second["messages"][0]["text"].startswith("Damkar 1 sudah dikirim ke kejadian ini pukul")
    assert incident.assignments.count() == 1


def test_a_unit_that_drove_already_is_said_to_have(desk):
    assignment = make_assignment()
    assignment.verdict, assignment.moved_at = "moved", assignment.dispatched_at
    assignment.save()

    panel = live(desk, assignment.incident).json()["panels"]["assignments"]

    assert "sudah bergerak saat dikirim" in panel


def test_holding_and_cancelling_are_not_offered_while_a_unit_is_out(desk):
    running = live(desk, make_assignment().incident).json()["panels"]["buttons"]

    assert "/do/" not in running
    assert 'class="g-actions"' not in running
