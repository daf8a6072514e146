"""A token that stood in an address: whose it is, and what a stranger can do with that."""

import pytest
from channels.testing import ApplicationCommunicator
from django.db import DatabaseError
from django.urls import reverse
from rest_framework.test import APIClient

from config.asgi import application
from responders.models import SecurityFinding
from responders.services import findings as findings_service
from responders.services.enrolment import revoke_device
from responders.tokens import new_device_token
from tests.factories import T0, crew_of, make_device, make_service_token, make_staff, make_unit
from tests.notifications.phones import in_database, phone_on

pytestmark = pytest.mark.django_db


def findings():
    rows = SecurityFinding.objects.order_by("pk")
    return list(rows.values_list("kind", "device", "person__username"))


@pytest.fixture
def phone():
    return make_device(crew_of(make_unit())[0])


@pytest.mark.parametrize(
    "address",
    ["/api/v1/me?token={}", "/api/osmand/?id={}", "/{}/", "/api/v1/me?a=gd1%5F{}", "/?q=x{}x"],
)
def test_a_live_token_in_an_address_is_written_down_and_goes_on_working(phone, address):
    client = APIClient()
    told = phone.token.removeprefix("gd1_") if "%5F" in address else phone.token
    refused = client.get(address.format(told))
    client.get(address.format(told))
    served = client.get("/api/v1/me", headers={"Authorization": f"Bearer {phone.token}"})

    assert refused.status_code in (302, 401, 404)
    assert served.status_code == 200
    assert findings() == [("leaked_token", phone.pk, None)]


def test_a_token_where_it_belongs_is_no_finding(phone):
    APIClient().get("/api/v1/me", headers={"Authorization": f"Bearer {phone.token}"})

    assert findings() == []


def test_a_stranger_can_make_up_what_they_like(phone):
    revoked = make_device(phone.user)
    revoke_device(device=revoked, actor=None, now=T0)
    for token in (new_device_token(), revoked.token, phone.token[:-1], "gd1_", "gs1_" + "A" * 43):
        APIClient().get("/api/v1/me", {"token": token})

    assert findings() == []


def test_a_services_token_names_its_user():
    APIClient().get("/api/v1/desk/incidents", {"token": make_service_token(make_staff("exchange"))})

    assert findings() == [("leaked_token", None, "exchange")]


def test_a_database_that_cannot_be_asked_is_no_reason_to_fail(phone, monkeypatch):
    def fail(**_finding):
        raise DatabaseError

    monkeypatch.setattr(findings_service, "note_finding", fail)

    assert APIClient().get("/healthz", {"token": phone.token}).status_code == 200


def test_the_phones_page_says_enrol_anew(phone, client):
    APIClient().get("/api/v1/me", {"token": phone.token})
    client.force_login(make_staff())
    page = client.get(reverse("admin:responders_device_change", args=[phone.pk]))

    assert "token bocor lewat alamat: daftarkan ulang" in page.text


@in_database
def enrolled():
    return make_device(crew_of(make_unit())[0])


@pytest.mark.django_db(transaction=True)
async def test_on_a_sockets_address_too():
    phone = await enrolled()
    async with phone_on(None, path=f"/ws/stream/?token={phone.token}") as stranger:
        code = await stranger.closed_with()

    assert (code, await in_database(findings)()) == (4401, [("leaked_token", phone.pk, None)])


@pytest.mark.django_db(transaction=True)
async def test_on_the_short_way_of_check_ins_too():
    phone = await enrolled()
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/check-ins",
        "query_string": f"token={phone.token}".encode(),
        "headers": [(b"host", b"testserver"), (b"content-type", b"application/json")],
    }
    door = ApplicationCommunicator(application, scope)
    await door.send_input({"type": "http.request", "body": b"{}"})
    start = await door.receive_output(timeout=5)

    assert start["status"] == 401
    assert await in_database(findings)() == [("leaked_token", phone.pk, None)]
