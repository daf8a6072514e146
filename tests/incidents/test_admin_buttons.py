"""The desk's buttons: POST alone, with the right, through the services."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from incidents.models import Assignment, Call, Incident, IncidentEvent
from responders.models import Device, EnrolmentCode, Unit
from tests.factories import (
    crew_of,
    make_agency,
    make_area,
    make_assignment,
    make_call,
    make_device,
    make_incident,
    make_staff,
    make_type,
    make_unit,
)


@pytest.fixture
def desk(client, db):
    client.force_login(make_staff("admin"))
    return client


def page_of(obj):
    label = f"{obj._meta.app_label}_{obj._meta.model_name}"
    return reverse(f"admin:{label}_change", args=[obj.pk])


def press_url(obj, name):
    label = f"{obj._meta.app_label}_{obj._meta.model_name}"
    return reverse(f"admin:{label}_press", args=[obj.pk, name])


def press(client, obj, name, **data):
    """Press the button that is found on the page, as a person would."""
    page = client.get(page_of(obj)).content.decode()
    url = press_url(obj, name)
    assert f'action="{url}"' in page
    return client.post(url, data, follow=True)


def kinds():
    return list(IncidentEvent.objects.order_by("seq").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (make_assignment, "cancel"),
        (make_incident, "close"),
        (make_call, "classify"),
        (make_unit, "off-duty"),
    ],
)
def test_a_button_refuses_get_and_changes_nothing(desk, make, name):
    obj = make()
    before = kinds()

    answer = desk.get(press_url(obj, name))

    assert answer.status_code == 405
    assert kinds() == before


def test_without_the_permission_a_button_is_neither_shown_nor_obeyed(client, db):
    assignment = make_assignment()
    looker = make_staff("looker", is_superuser=False)
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(looker)

    page = client.get(page_of(assignment)).content.decode()
    answer = client.post(press_url(assignment, "cancel"), {"reason": "iseng"})

    assert "/do/" not in page
    assert answer.status_code == 403
    assert Assignment.objects.get().state == "dispatched"


def test_an_operator_cannot_press_on_what_they_cannot_see(client, db):
    assignment = make_assignment()
    operator = make_staff("op", is_superuser=False, agency=make_agency("bpbd"))
    operator.user_permissions.set(Permission.objects.filter(codename="change_assignment"))
    client.force_login(operator)

    answer = client.post(press_url(assignment, "cancel"), {"reason": "iseng"})

    assert answer.status_code == 404
    assert Assignment.objects.get().state == "dispatched"


def test_an_incident_is_opened_by_the_form_and_its_call_comes_with_it(desk):
    area = make_area()
    data = {
        "type": make_type().pk,
        "priority": "",
        "summary": "Rumah terbakar",
        "address": "Jl. Lima",
        "landmark": "",
        "lat": "",
        "lon": "",
        "areas": [area.pk],
        "call": "",
        "caller_name": "Bu Ani",
        "caller_phone": "0812 3456 7890",
    }

    answer = desk.post(reverse("admin:incidents_incident_add"), data)

    incident = Incident.objects.get()
    assert answer["Location"] == page_of(incident)
    assert (incident.priority, list(incident.areas.all())) == (1, [area])
    assert Call.objects.get().caller_number == "+6281234567890"
    assert kinds() == ["incident.opened", "call.classified"]


def test_an_incident_is_opened_from_a_ringing_call(desk):
    call = make_call(caller_number="+6281234567890")
    form = desk.get(reverse("admin:incidents_incident_add"), {"call": call.pk}).content.decode()
    data = {"type": make_type().pk, "summary": "Asap", "call": call.pk}

    desk.post(reverse("admin:incidents_incident_add"), data)

    assert re.search(rf'name="call"[^>]*value="{call.pk}"', form)
    assert Call.objects.get().incident == Incident.objects.get()


def test_a_correction_goes_through_the_service_and_the_journal(desk):
    incident = make_incident(areas=[make_area()])
    data = {
        "type": incident.type_id,
        "priority": 3,
        "summary": incident.summary,
        "address": "Jl. Baru",
        "landmark": "",
        "lat": incident.lat,
        "lon": incident.lon,
        "areas": [make_area().pk],
    }

    answer = desk.post(page_of(incident), data, follow=True)

    incident.refresh_from_db()
    updated = IncidentEvent.objects.latest("seq")
    assert answer.redirect_chain == [(page_of(incident), 302)]
    assert (incident.priority, incident.address) == (3, "Jl. Baru")
    assert (updated.kind, updated.data["fields"]) == ("incident.updated", ["address", "priority"])
    assert "Jl. Baru" not in str(updated.data)
    assert "alamat, prioritas" in answer.content.decode()


def test_several_units_are_sent_with_one_press_and_a_refusal_holds_up_no_other(desk):
    busy, free = make_unit("Damkar 1"), make_unit("Damkar 2")
    make_assignment(unit=busy)
    incident = make_incident()

    answer = press(desk, incident, "dispatch", units=[busy.pk, free.pk])

    assert list(incident.assignments.values_list("unit", flat=True)) == [free.pk]
    assert [str(m) for m in answer.context["messages"]] == [
        "Damkar 1: Regu sedang bertugas.",
        "Damkar 2 dikirim.",
    ]


def test_an_assignment_is_cancelled_with_its_reason(desk):
    assignment = make_assignment()

    press(desk, assignment, "cancel", reason="salah alamat")

    assignment.refresh_from_db()
    assert (assignment.state, assignment.reason) == ("cancelled", "salah alamat")


def test_a_reason_is_demanded(desk):
    assignment = make_assignment()

    press(desk, assignment, "cancel", reason="")

    assignment.refresh_from_db()
    assert assignment.state == "dispatched"


def test_the_dispatcher_records_what_the_crew_says_by_radio(desk):
    assignment = make_assignment()

    press(desk, assignment, "en-route")

    assignment.refresh_from_db()
    assert assignment.state == "en_route"
    assert assignment.milestones.get().source == "dispatcher"


def test_an_incident_is_closed_and_reopened(desk):
    incident = make_incident()

    press(desk, incident, "close", disposition="handled", note="padam")
    incident.refresh_from_db()
    closed = (incident.state, incident.disposition)
    page = desk.get(page_of(incident)).content.decode()
    press(desk, incident, "reopen", reason="menyala lagi")
    incident.refresh_from_db()

    assert closed == ("closed", "handled")
    assert "Hasil: <strong>tertangani</strong> – padam" in page
    assert '<span class="g-detail">tertangani</span>' in page
    assert '<span class="g-detail">catatan: padam</span>' in page
    assert "ditutup " in page
    assert (incident.state, incident.episode) == ("pending", 2)


def test_a_refusal_becomes_a_message(desk):
    assignment = make_assignment()

    close = press_url(assignment.incident, "close")
    answer = desk.post(close, {"disposition": "handled", "note": ""}, follow=True)

    assert [str(m) for m in answer.context["messages"]] == ["Masih ada penugasan yang berjalan."]


def test_a_call_that_is_no_emergency_is_closed_with_its_class(desk):
    call = make_call()

    press(desk, call, "classify", call_class="prank", note="")

    assert Call.objects.get().call_class == "prank"


def test_a_number_is_shown_only_after_a_press_that_is_logged(desk, django_user_model):
    call = make_call(caller_number="+6281234567890")

    answer = press(desk, call, "reveal", reason="location")

    page = answer.content.decode()
    entry = django_user_model.objects.get(username="admin").logentry_set.get()
    assert "+6281234567890" in page
    assert "no-store" in answer["Cache-Control"]
    assert entry.object_id == str(call.pk)
    assert "Tampilkan nomor pelapor" in entry.change_message


def test_an_enrolment_code_is_shown_once_with_its_picture(desk):
    crew = crew_of(make_unit())[0]

    answer = press(desk, crew, "code")

    page = answer.content.decode()
    assert re.search(r'class="g-code">[0-9A-Z]{5}-[0-9A-Z]{5}<', page)
    assert "<svg" in page
    assert "no-store" in answer["Cache-Control"]
    assert EnrolmentCode.objects.get().user == crew


def test_a_device_is_revoked(desk):
    device = make_device(crew_of(make_unit())[0])

    press(desk, device, "revoke")

    assert Device.objects.get().revoked_at is not None


def test_a_busy_unit_is_not_taken_off_duty(desk):
    assignment = make_assignment()

    answer = press(desk, assignment.unit, "off-duty")

    assert [str(m) for m in answer.context["messages"]] == ["Regu sedang bertugas."]
    assert Unit.objects.get().duty_status == "available"
