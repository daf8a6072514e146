"""What every answer says to browsers and caches, and that no GET changes anything.

Made from the URL conf by the crawl: what is new is asked by itself.
"""

import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings as in_force
from django.test import Client

from tests.factories import make_staff
from tests.incidents.test_admin_pages import fill
from tests.server import ROOT
from tests.test_crawl import answers, in_group

pytestmark = pytest.mark.django_db
OURS = ("responders", "incidents", "notifications", "auth", "otp_totp", "otp_static")
# Written by looking, on purpose: who looked, from where, and when a secret was last used.
BY_LOOKING = {"AccessEntry", "AttemptCounter", "last_used_at", "last_seen_at", "last_login"}
PUBLIC = ("/app/", "/publik/", "/feeds/", "/transparansi/", "/.well-known/")


@pytest.fixture
def asked():
    fill(1)
    return list(answers(make_staff("root")))


def state():
    """Return every row of every table, without what looking itself writes."""
    return {
        model._meta.label: list(
            model._default_manager.order_by("pk").values_list(
                *(f.attname for f in model._meta.concrete_fields if f.name not in BY_LOOKING)
            )
        )
        for model in apps.get_models()
        if model._meta.app_label in OURS and model.__name__ not in BY_LOOKING
    }


def test_every_answer_is_guarded(asked):
    guards = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }

    bare = {
        (what, name)
        for what, answer in asked
        for name, value in guards.items()
        if answer.headers.get(name) != value
    }

    assert bare == set()


def test_no_page_runs_what_does_not_come_from_here(asked):
    policies = {what: answer.headers.get("Content-Security-Policy", "") for what, answer in asked}

    for what, policy in policies.items():
        if what.startswith("/api/docs"):
            continue
        assert "default-src 'self'" in policy, what
        assert "unsafe" not in policy, what
        assert "frame-ancestors 'none'" in policy, what
        assert "base-uri 'none'" in policy, what


def test_nothing_is_kept_by_a_cache_but_what_is_public(asked):
    kept = {
        what
        for what, answer in asked
        if "no-store" not in answer.headers.get("Cache-Control", "") and not what.startswith(PUBLIC)
    }

    assert kept == set()


@pytest.mark.parametrize("role", ["supervisor", "superuser"])
def test_looking_at_everything_changes_nothing(role):
    fill(1)
    asking = answers(in_group(role))
    next(asking)  # signs in, and makes the token for the other doors
    before = state()

    paths = [what for what, _answer in asking]

    after = state()
    assert len(paths) > 150
    assert [label for label, rows in after.items() if rows != before[label]] == []


def test_a_cookie_of_ours_is_no_scripts_business_and_crosses_no_site():
    user = make_staff("dispatcher")
    user.set_password("kata sandi yang benar")
    user.save()
    client = Client()
    client.get("/admin/login/")

    client.post("/admin/login/", {"username": "dispatcher", "password": "kata sandi yang benar"})

    session, forgery = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert forgery["samesite"] == "Lax"


def test_in_production_cookies_and_pages_travel_by_tls_alone():
    code = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, "
        "s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS >= 31536000, "
        "s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.DEBUG)"
    )
    environment = os.environ | {
        "DATABASE_URL": "postgres://gerak@db.invalid/gerak",
        "REDIS_URL": "redis://redis.invalid",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    environment.pop("GERAK_SSL_REDIRECT", None)

    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert told.stdout.split() == ["True"] * 5 + ["False"], told.stderr


def test_over_tls_a_browser_is_told_to_come_back_by_tls(settings, client):
    settings.SECURE_HSTS_SECONDS = 31_536_000

    answer = client.get("/admin/login/", secure=True)

    assert answer["Strict-Transport-Security"].startswith("max-age=31536000")
    assert in_force.DEBUG is False
