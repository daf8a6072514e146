"""Guessing a password ends; the room goes on; a supervisor lifts it."""

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.factories import make_staff

pytestmark = pytest.mark.django_db
LOGIN, LIMIT = "/admin/login/", 5


def make_account(username):
    user = make_staff(username, is_superuser=False)
    user.set_password("kata sandi yang benar")
    user.save()
    return user


def tries(username, password, address="10.0.0.7"):
    body = {"username": username, "password": password, "next": "/admin/"}
    return Client(REMOTE_ADDR=address).post(LOGIN, body)


@pytest.fixture
def locked():
    user = make_account("dispatcher")
    for _ in range(LIMIT):
        answer = tries("dispatcher", "salah")
    assert answer.status_code == 429
    return user


def test_after_five_failures_even_the_right_password_waits(locked):
    answer = tries("dispatcher", "kata sandi yang benar")

    assert answer.status_code == 429
    assert "dalam 15 menit" in answer.text
    assert 0 < int(answer["Retry-After"]) <= 900


def test_colleagues_at_the_same_address_go_on(locked):
    make_account("calltaker")

    assert tries("calltaker", "kata sandi yang benar").status_code == 302


def test_the_person_goes_on_from_another_address(locked):
    assert tries("dispatcher", "kata sandi yang benar", "10.0.0.8").status_code == 302


def test_a_supervisor_lifts_it_and_both_stand_in_the_history(locked):
    supervisor = make_staff("supervisor", is_superuser=False)
    rights = ("view_user", "delete_accessattempt")
    supervisor.user_permissions.set(Permission.objects.filter(codename__in=rights))
    desk = Client()
    desk.force_login(supervisor)
    page = reverse("admin:responders_user_change", args=[locked.pk])
    assert "Buka kuncian masuk" in desk.get(page).text

    desk.post(reverse("admin:responders_user_press", args=[locked.pk, "unlock"]))

    assert not AccessAttempt.objects.exists()
    assert tries("dispatcher", "kata sandi yang benar").status_code == 302
    said = LogEntry.objects.filter(object_id=str(locked.pk)).order_by("pk")
    assert [(entry.user.username, entry.get_change_message()) for entry in said] == [
        ("dispatcher", "Terkunci: terlalu banyak percobaan masuk dari 10.0.0.7."),
        ("supervisor", "Buka kuncian masuk"),
    ]


def test_others_cannot_lift_it(locked):
    desk = Client()
    desk.force_login(make_account("calltaker"))

    answer = desk.post(reverse("admin:responders_user_press", args=[locked.pk, "unlock"]))

    assert answer.status_code in (403, 404)
    assert AccessAttempt.objects.exists()


def test_a_success_forgets_earlier_mistakes():
    make_account("dispatcher")
    for _ in range(LIMIT - 1):
        tries("dispatcher", "salah")

    assert tries("dispatcher", "kata sandi yang benar").status_code == 302
    assert tries("dispatcher", "salah").status_code == 200
