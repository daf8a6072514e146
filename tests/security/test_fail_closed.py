"""Where what guards a door is gone, the door stays shut; what is urgent goes on."""

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from responders.models import Device
from responders.services.enrolment import issue_code
from tests.factories import crew_of, make_call, make_device, make_staff, make_unit, make_user
from tests.responders.phones import item

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "kata sandi yang benar"
LIMITS = "responders_attemptcounter"


@pytest.fixture
def gone(transactional_db):
    """Take a table away, as a damaged or half restored database would; it comes back after."""
    taken = []

    def rename(before, after):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {before} RENAME TO {after}")

    def take(table):
        rename(table, f"{table}_gone")
        taken.append(table)

    yield take
    for table in taken:
        rename(f"{table}_gone", table)


def sign_in():
    client = Client(raise_request_exception=False)
    client.post("/admin/login/", {"username": "dispatcher", "password": PASSWORD})
    return client


@pytest.mark.parametrize("guard", [LIMITS, "axes_accessattempt", "otp_totp_totpdevice"])
def test_nobody_signs_in_while_guesses_or_factors_cannot_be_read(gone, guard):
    user = make_staff("dispatcher")
    user.set_password(PASSWORD)
    user.save()
    assert "_auth_user_id" in sign_in().session
    gone(guard)

    assert "_auth_user_id" not in sign_in().session


def test_no_phone_enrols_while_guesses_cannot_be_counted(gone):
    code = issue_code(user=make_user(), actor=None, now=timezone.now())
    gone(LIMITS)

    client = APIClient(raise_request_exception=False)
    answer = client.post(
        "/api/v1/devices/enrol", {"code": code, "name": "x", "platform": "web"}, format="json"
    )

    assert answer.status_code >= 500
    assert Device.objects.count() == 0


def test_no_number_is_shown_while_the_access_log_cannot_be_written(gone):
    call = make_call(caller_number="+6281234567890", caller_name="Bu Ani")
    client = Client(raise_request_exception=False)
    client.force_login(make_staff())
    gone("responders_accessentry")

    told = [
        client.post(f"/admin/incidents/call/{call.pk}/do/reveal/", {"reason": "call_back"}),
        client.get(f"/admin/incidents/call/{call.pk}/change/"),
        client.get("/admin/incidents/call/?q=081234567890"),
    ]

    assert [answer.status_code for answer in told] == [500] * 3
    assert all("81234567890" not in one.text and "Bu Ani" not in one.text for one in told)


def test_a_check_in_is_stored_all_the_same(gone):
    phone = make_device(crew_of(make_unit())[0])
    gone("responders_accessentry")
    gone(LIMITS)

    client = APIClient(headers={"Authorization": f"Bearer {phone.token}"})
    answer = client.post("/api/v1/check-ins", {"check_ins": [item()]}, format="json")

    assert answer.json()["results"][0]["status"] == "stored"
