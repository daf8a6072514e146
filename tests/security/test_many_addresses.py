"""Few guesses from each of many addresses: who is told, and that nobody is locked out by it."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from responders.models import SecurityFinding
from responders.policy import GUESSING
from responders.services.lockout import note_failure
from tests.factories import T0, make_staff

pytestmark = pytest.mark.django_db
PASSWORD = "kata sandi yang benar"


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = [f"{MD5PasswordHasher.__module__}.MD5PasswordHasher"]


@pytest.fixture
def dispatcher():
    user = make_staff("dispatcher", is_superuser=False)
    user.set_password(PASSWORD)
    user.save()
    return user


def tries(number, username="dispatcher", password="salah"):
    client = Client(REMOTE_ADDR=f"36.80.{number}.1")
    return client.post("/admin/login/", {"username": username, "password": password})


def findings():
    return list(SecurityFinding.objects.values_list("kind", "person__username"))


def test_an_account_guessed_from_many_addresses_is_told(dispatcher):
    answers = {tries(number).status_code for number in range(GUESSING.account_max - 1)}
    before = findings()
    tries(200)

    assert answers == {200}  # none of them is locked out: each has guesses left
    assert (before, findings()) == ([], [("account_guessed", "dispatcher")])


def test_many_names_from_many_addresses_are_told():
    for number in range(GUESSING.everybody_max - 1):
        tries(number, username=f"user{number}")
    before = findings()
    tries(200, username="another")

    assert (before, findings()) == ([], [("many_guesses", None)])


def test_nobody_is_locked_out_by_it(dispatcher):
    for number in range(GUESSING.everybody_max):
        tries(number)

    assert tries(250, password=PASSWORD).status_code == 302


def test_a_bad_morning_is_no_attack(dispatcher):
    for hour in range(3):
        for number in range(GUESSING.account_max - 1):
            at = T0 + timedelta(hours=hour, seconds=4 * number)
            note_failure(username="dispatcher", now=at + timedelta(seconds=hour))

    assert findings() == []


def test_a_name_that_is_nobodys_is_no_finding_of_a_person():
    for _ in range(GUESSING.account_max):
        note_failure(username="nobody", now=T0)

    assert findings() == []
