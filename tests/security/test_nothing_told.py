"""What a stranger cannot learn: whether an account exists, or a name or token from the log."""

import logging

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from rest_framework.test import APIClient

from config.log_lines import JsonFormatter, LineFormatter
from incidents.models import Call
from responders.models import User
from tests.factories import (
    make_call,
    make_device,
    make_incident,
    make_service_token,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
PASSWORD = "kata sandi yang benar"
NAME, NUMBER, STREET = "Rosmaniar Planted", "081277778888", "Jl. Planted 17"
QUERY_KEYS = ("token", "access_token", "bearer", "key", "auth", "authorization")


def account(username, **over):
    user = make_staff(username, **over)
    user.set_password(PASSWORD)
    user.save()


def said(answer):
    """Return a page without what differs each time: the form's token and the name typed."""
    return [
        line for line in answer.text.splitlines() if "csrf" not in line and "value=" not in line
    ]


def test_a_wrong_name_costs_the_same_work_and_gets_the_same_words_as_a_wrong_password(monkeypatch):
    account("dispatcher")
    account("gone", is_active=False)
    make_user("crew-1")  # without a usable password
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, *given: (hashed.append(1), encode(self, *given))[1],
    )
    answers = []

    for username in ("nobody-at-all", "dispatcher", "gone", "crew-1"):
        before = len(hashed)
        page = Client().post("/admin/login/", {"username": username, "password": "salah"})
        answers.append((len(hashed) - before, page.status_code, said(page)))

    assert [work for work, *_rest in answers] == [1, 1, 1, 1]
    assert all(one == answers[0] for one in answers)


def test_the_right_password_of_whoever_may_not_sign_in_says_no_more():
    account("gone", is_active=False)
    account("crew-1", is_superuser=False)
    User.objects.filter(username="crew-1").update(is_staff=False, role="crew")

    pages = [
        said(Client().post("/admin/login/", {"username": name, "password": PASSWORD}))
        for name in ("gone", "crew-1", "nobody-at-all")
    ]

    assert pages[0] == pages[1] == pages[2]


@pytest.mark.parametrize("key", QUERY_KEYS)
def test_a_token_in_an_address_opens_nothing(key):
    phone, service = make_device(make_user()).token, make_service_token()

    for path, token in (("/api/v1/me", phone), ("/api/v1/desk/incidents", service)):
        assert APIClient().get(path, {key: token}).status_code == 401
        assert APIClient().get(path, {key: f"Bearer {token}"}).status_code == 401
        assert APIClient().post(path, {key: token}, format="json").status_code in (401, 405)


@pytest.mark.parametrize("formatter", [LineFormatter(), JsonFormatter()])
def test_no_name_number_address_or_token_reaches_the_log(formatter, caplog):
    caplog.set_level(logging.DEBUG)
    user = make_staff("dispatcher")
    service, phone = make_service_token(user), make_device(make_user())
    call = make_call(caller_number=f"+62{NUMBER[1:]}", caller_name=NAME)
    incident = make_incident(caller_name=NAME, caller_phone=NUMBER, address=STREET)
    room = Client(raise_request_exception=False)
    room.force_login(user)
    caplog.clear()

    for path in (
        f"/admin/incidents/call/?q={NUMBER}",
        f"/admin/incidents/incident/?q={STREET}",
        f"/admin/incidents/call/{call.pk}/change/",
        f"/admin/incidents/incident/{incident.pk}/change/",
        f"/admin/tidak-ada/{NUMBER}/",
        f"/papan/dinding/masuk/gw1_{'A' * 43}/",
        f"/api/v1/me?token={phone.token}",
        f"/{phone.token}/{service}/",
    ):
        room.get(path)
    room.post(f"/admin/incidents/call/{call.pk}/do/reveal/", {"reason": "call_back"})
    room.post("/admin/login/", {"username": NAME, "password": PASSWORD})
    desk = APIClient(headers={"Authorization": f"Bearer {service}"}, raise_request_exception=False)
    caller = {"name": NAME, "phone": NUMBER}
    for body in ({"caller": caller, "address": STREET}, {"caller": NAME, "lat": STREET}):
        desk.post("/api/v1/desk/incidents", body, format="json")
    APIClient(headers={"Authorization": f"Bearer {phone.token}"}).get("/api/v1/desk/units")

    written = "\n".join(formatter.format(record) for record in caplog.records)
    assert len(caplog.records) > 5
    for planted in (NAME, NUMBER, NUMBER[1:], STREET, phone.token, service, PASSWORD, "A" * 43):
        assert planted not in written, planted
    assert Call.objects.filter(pk=call.pk).exists()
