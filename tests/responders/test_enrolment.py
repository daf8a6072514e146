"""Enrolling a phone: a code works once, for one person, for ten minutes; only failures count."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from responders.models import Device
from responders.services.enrolment import issue_code, revoke_device
from tests.factories import make_device, make_user

pytestmark = pytest.mark.django_db
BODY = {"name": "Redmi Damkar 1", "platform": "android"}


def enrol(code, **over):
    return APIClient().post("/api/v1/devices/enrol", BODY | {"code": code} | over, format="json")


def test_a_code_makes_a_phone_and_its_token_opens(phone):
    user = make_user()
    code = issue_code(user=user, actor=None, now=timezone.now())

    answer = enrol(code)

    assert answer.status_code == 201
    device = Device.objects.get()
    device.token = answer.json()["token"]
    assert answer.json()["device_id"] == str(device.pk)
    assert answer.json()["person"] == {"id": user.pk, "name": user.name, "role": "crew"}
    assert device.token not in (device.token_digest, str(device.__dict__.values))
    assert phone(device).get("/api/v1/me").status_code == 200


def test_a_code_is_read_with_its_misreadings():
    code = issue_code(user=make_user(), actor=None, now=timezone.now())

    assert enrol(code.lower().replace("-", " ").replace("0", "o")).status_code == 201


@pytest.mark.parametrize("kind", ["wrong", "used", "expired"])
def test_a_bad_code_is_refused(kind):
    now = timezone.now()
    code = issue_code(
        user=make_user(), actor=None, now=now - timedelta(minutes=11 if kind == "expired" else 0)
    )
    if kind == "used":
        enrol(code)

    answer = enrol("AAAAA-AAAAA" if kind == "wrong" else code)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_code")
    assert Device.objects.count() == (1 if kind == "used" else 0)


def test_guessing_is_stopped_and_a_drill_is_not():
    codes = [issue_code(user=make_user(), actor=None, now=timezone.now()) for _ in range(90)]
    assert [enrol(code).status_code for code in codes[:80]] == [201] * 80

    guesses = [enrol(f"ZZZZZ-{n:05d}").status_code for n in range(61)]

    assert guesses == [400] * 60 + [429]
    blocked = enrol(codes[80])
    assert blocked.status_code == 429
    assert 590 <= int(blocked["Retry-After"]) <= 600


def test_a_revoked_phone_is_refused_at_once(phone):
    device = make_device(make_user())
    client = phone(device)
    assert client.get("/api/v1/me").status_code == 200

    revoke_device(device=device, actor=None, now=timezone.now())

    assert client.get("/api/v1/me").status_code == 401


def test_signing_out_ends_the_token_and_the_pushes(phone):
    device = make_device(make_user())
    client = phone(device)
    client.put("/api/v1/me/push-token", {"push_token": "abc"}, format="json")
    assert client.get("/api/v1/me").json()["device"]["push"] is True

    assert client.delete("/api/v1/me/device").status_code == 204

    assert client.get("/api/v1/me").status_code == 401
    device.refresh_from_db()
    assert device.push_token == ""
