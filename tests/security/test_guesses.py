"""A thousand guesses at once are no more than the few that are allowed one after another.

`GERAK_TEST_GUESSES=1000` says how many come at once; the suite sends fewer.
"""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.backends import ModelBackend
from django.db import connections
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from responders.errors import BadCode, ResponderError
from responders.models import Device
from responders.policy import ENROLMENT
from responders.services import enrolment
from responders.services.enrolment import enrol_device, issue_code
from responders.services.second_factor import check_factor, new_key
from tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db(transaction=True)
GUESSES = int(os.environ.get("GERAK_TEST_GUESSES", "120"))


class Looks:
    """Counts how often something was looked at, from any thread; each look takes a while."""

    def __init__(self, look):
        self.look, self.count, self._guard = look, 0, threading.Lock()

    def __call__(self, *args, **kwargs):
        with self._guard:
            self.count += 1
        time.sleep(0.02)
        return self.look(*args, **kwargs)


def at_once(act, count=GUESSES):
    """Return what each of many says that start together."""

    def one(number):
        try:
            return act(number)
        except ResponderError as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(24) as pool:
        return list(pool.map(one, range(count)))


def test_of_many_passwords_at_once_five_are_looked_at(monkeypatch):
    make_staff("dispatcher")
    looks = Looks(lambda *_args, **_kwargs: None)
    monkeypatch.setattr(
        ModelBackend, "authenticate", lambda self, *args, **kwargs: looks(*args, **kwargs)
    )

    def guess(number):
        body = {"username": "dispatcher", "password": f"tebakan {number}"}
        return Client().post("/admin/login/", body).status_code

    answers = at_once(guess)

    assert looks.count == 5
    assert set(answers) == {200, 429}


def test_a_forged_address_gives_no_further_guess(monkeypatch):
    make_staff("dispatcher")
    looks = Looks(lambda *_args, **_kwargs: None)
    monkeypatch.setattr(
        ModelBackend, "authenticate", lambda self, *args, **kwargs: looks(*args, **kwargs)
    )

    def guess(number):
        forged = {"X-Forwarded-For": f"10.1.2.{number}", "Forwarded": f"for=10.1.2.{number}"}
        body = {"username": "dispatcher", "password": "x"}
        return Client(headers=forged).post("/admin/login/", body).status_code

    assert [guess(number) for number in range(8)] == [200] * 4 + [429] * 4
    assert looks.count == 5


def test_another_spelling_of_a_name_gives_no_further_guess(monkeypatch):
    make_staff("dispatcher")
    looks = Looks(lambda *_args, **_kwargs: None)
    monkeypatch.setattr(
        ModelBackend, "authenticate", lambda self, *args, **kwargs: looks(*args, **kwargs)
    )
    spellings = ["dispatcher", " dispatcher", "\uff44ispatcher", "d\uff49spatcher\u3000"]

    at_once(
        lambda n: Client().post(
            "/admin/login/", {"username": spellings[n % 4], "password": f"tebakan {n}"}
        ),
        40,
    )

    assert looks.count == 5


def test_of_many_codes_of_an_app_at_once_one_is_looked_at(monkeypatch):
    user = make_staff("dispatcher")
    TOTPDevice.objects.create(user=user, name="app", key=new_key())
    looks = Looks(TOTP.verify)
    monkeypatch.setattr(TOTP, "verify", lambda self, *args, **kwargs: looks(self, *args, **kwargs))

    answers = at_once(lambda n: check_factor(user=user, code=f"{n:06d}", now=timezone.now()).pk)

    assert {one.__name__ for one in answers} == {"WrongFactor", "TooManyAttempts"}
    # The wait doubles from one second on: in a minute six more are looked at.
    assert looks.count <= 7


def test_of_many_enrolment_codes_at_once_no_more_than_the_limit_is_looked_at(monkeypatch):
    looks = Looks(enrolment._redeem)
    monkeypatch.setattr(enrolment, "_redeem", looks)

    answers = at_once(
        lambda n: enrol_device(
            code=f"ZZZZZ{n:05d}", name="x", platform="web", address="10.0.0.9", now=timezone.now()
        )
    )

    assert looks.count == min(GUESSES, ENROLMENT.failures_per_address_max)
    assert answers.count(BadCode) == looks.count
    assert Device.objects.count() == 0


def test_of_many_who_redeem_one_code_at_once_one_gets_a_token():
    code = issue_code(user=make_user(), actor=None, now=timezone.now())

    answers = at_once(
        lambda n: enrol_device(
            code=code, name="x", platform="web", address=f"10.0.1.{n}", now=timezone.now()
        ),
        50,
    )

    assert sum(isinstance(one, tuple) for one in answers) == 1
    assert Device.objects.count() == 1
