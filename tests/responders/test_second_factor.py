"""A password alone opens no desk: set up by the person, asked at sign-in, reset by another."""

import time

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from notifications.consumers.board_watchers import NotAllowed, Ticket, scope_of
from responders.models import User
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
LOGIN, CODE, OWN, PASSWORD = (
    "/admin/login/",
    "/admin/login/kode/",
    "/admin/keamanan/",
    "kata sandi yang benar",
)
CALLS = "/admin/incidents/call/"


@pytest.fixture
def required(settings):
    settings.GERAK_REQUIRE_2FA = True


def make_account(username="dispatcher", *, rights=(), superuser=False):
    user = make_staff(username, is_superuser=superuser)
    user.set_password(PASSWORD)
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def knocked(user, **where):
    """Return a browser that gave the right password, and the answer to it."""
    browser = Client(**where)
    body = {"username": user.username, "password": PASSWORD, "next": CALLS}
    return browser, browser.post(LOGIN, body)


def code_of(key, steps=0):
    """Return the code that an app shows; steps: so many times 30 s from now."""
    rule = TOTP(bytes.fromhex(key))
    rule.time = time.time() + 30 * steps
    return f"{rule.token():06}"


def set_up(browser):
    """Set an app up on the own page; return the recovery codes it shows."""
    browser.get(OWN)
    answer = browser.post(OWN, {"code": code_of(browser.session["factor_key"], -1)})
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.context["codes"]


def with_factor(username="dispatcher", **over):
    user = make_account(username, **over)
    browser, _answer = knocked(user)
    codes = set_up(browser)
    return user, codes


def key_of(user):
    return TOTPDevice.objects.get(user=user).key


def signed_in(browser):
    return browser.get("/admin/").status_code == 200


def told(user):
    return [e.get_change_message() for e in LogEntry.objects.filter(object_id=user.pk)]


def test_without_the_setting_and_a_factor_the_password_is_enough():
    browser, answer = knocked(make_account())

    assert (answer.status_code, answer.url) == (302, CALLS)
    assert signed_in(browser)


def test_whoever_set_one_up_is_asked_for_its_code():
    user, _codes = with_factor()

    browser, answer = knocked(user)

    assert answer.url == CODE
    assert not signed_in(browser)
    assert "enam angka" in browser.get(CODE).text
    done = browser.post(CODE, {"code": code_of(key_of(user))})
    assert (done.status_code, done.url) == (302, CALLS)
    assert signed_in(browser)
    assert "Faktor kedua dipasang." in told(user)


def test_a_code_opens_one_session_only():
    user, _codes = with_factor()
    code = code_of(key_of(user))
    first, _answer = knocked(user)
    first.post(CODE, {"code": code})
    second, _answer = knocked(user)

    answer = second.post(CODE, {"code": code})

    assert "sudah dipakai" in answer.text
    assert not signed_in(second)


def test_the_code_of_the_set_up_is_used_too():
    user = make_account()
    browser, _answer = knocked(user)
    browser.get(OWN)
    code = code_of(browser.session["factor_key"])
    browser.post(OWN, {"code": code})
    other, _answer = knocked(user)

    assert "sudah dipakai" in other.post(CODE, {"code": code}).text


def test_wrong_codes_wait_longer_and_longer_and_then_want_the_password_again():
    user, _codes = with_factor()
    browser, _answer = knocked(user, REMOTE_ADDR="10.0.0.9")
    first = browser.post(CODE, {"code": "000000"})
    right = code_of(key_of(user))

    answers = [browser.post(CODE, {"code": right}) for _ in range(4)]

    assert "Kode salah" in first.text
    assert "Coba lagi dalam 1 detik" in answers[0].text
    assert answers[-1].url.startswith(LOGIN)
    assert not signed_in(browser)
    assert browser.get(CODE).url == LOGIN
    assert told(user)[0].endswith("berulang kali, dari 10.0.0.9.")


def test_a_recovery_code_is_good_once_and_stored_as_a_digest():
    user, codes = with_factor()
    browser, _answer = knocked(user)

    done = browser.post(CODE, {"code": codes[3].upper()})

    assert done.url == CALLS
    assert "tersisa 9" in browser.get("/admin/").text
    assert not StaticToken.objects.filter(token__in=[c.replace("-", "") for c in codes]).exists()
    again, _answer = knocked(user)
    again.post(CODE, {"code": codes[3]})
    assert not signed_in(again)


def test_a_code_of_another_person_opens_nothing():
    user, _codes = with_factor()
    other, others_codes = with_factor("calltaker")
    browser, _answer = knocked(user)

    browser.post(CODE, {"code": code_of(key_of(other))})
    TOTPDevice.objects.update(throttling_failure_count=0)
    browser.post(CODE, {"code": others_codes[0]})

    assert not signed_in(browser)


def test_the_second_step_does_not_wait_for_ever(monkeypatch):
    user, _codes = with_factor()
    browser, _answer = knocked(user)
    session = browser.session
    session["second_factor_of"] = session["second_factor_of"] | {"at": time.time() - 301}
    session.save()

    assert browser.post(CODE, {"code": code_of(key_of(user))}).url == LOGIN
    assert not signed_in(browser)


def test_a_password_changed_meanwhile_ends_the_second_step():
    user, _codes = with_factor()
    browser, _answer = knocked(user)
    user.set_password("kata sandi yang lain")
    user.save()

    assert browser.post(CODE, {"code": code_of(key_of(user))}).url == LOGIN


def test_where_required_one_is_set_up_first_and_nothing_else_opens(required):
    user = make_account(rights=["view_call"])
    browser, answer = knocked(user)
    assert answer.url == OWN
    assert browser.get(CALLS).status_code == 302
    assert browser.get("/admin/password_change/").status_code == 302
    page = browser.get(OWN)
    assert "mewajibkan faktor kedua" in page.text
    assert "<svg" in page.text

    codes = set_up(browser)

    assert len(codes) == 10
    assert browser.get(CALLS).status_code == 200


def test_where_required_an_older_session_counts_no_more(settings):
    user = make_account(rights=["view_incident"])
    browser, _answer = knocked(user)
    ticket = Ticket(session_key=browser.session.session_key)
    scope_of(ticket)

    settings.GERAK_REQUIRE_2FA = True

    assert not signed_in(browser)
    with pytest.raises(NotAllowed) as refused:
        scope_of(ticket)
    assert refused.value.code == 4401


def test_the_board_opens_to_a_proven_session(required):
    user = make_account(rights=["view_incident"])
    browser, _answer = knocked(user)
    set_up(browser)

    assert scope_of(Ticket(session_key=browser.session.session_key)).agency_id is None


def test_the_own_page_changes_nothing_without_a_code_of_the_factor():
    user, _codes = with_factor()
    browser = Client()
    browser.force_login(user)
    key = key_of(user)

    for act in ("paper", "replace", "remove", ""):
        browser.post(OWN, {"code": "000000", "act": act})
    browser.post(OWN, {"act": "remove"})

    assert key_of(user) == key
    assert StaticToken.objects.count() == 10


def test_a_phone_is_replaced_by_a_code_and_the_old_app_stops():
    user, codes = with_factor()
    old = key_of(user)
    browser, _answer = knocked(user)
    browser.post(CODE, {"code": codes[0]})

    browser.post(OWN, {"code": codes[1], "act": "replace"})
    set_up(browser)

    assert key_of(user) != old
    again, _answer = knocked(user)
    again.post(CODE, {"code": code_of(old)})
    assert not signed_in(again)


def test_a_factor_is_taken_off_by_its_owner_only_where_it_is_not_required(settings):
    user, codes = with_factor()
    browser, _answer = knocked(user)
    browser.post(CODE, {"code": codes[0]})
    settings.GERAK_REQUIRE_2FA = True
    browser.post(OWN, {"code": codes[1], "act": "remove"})
    assert TOTPDevice.objects.filter(user=user).exists()

    settings.GERAK_REQUIRE_2FA = False
    browser.post(OWN, {"code": codes[2], "act": "remove"})

    assert not TOTPDevice.objects.filter(user=user).exists()
    assert "Faktor kedua dilepas." in told(user)


def press(actor, user, name):
    desk = Client()
    desk.force_login(actor)
    return desk.post(reverse("admin:responders_user_press", args=[user.pk, name]), follow=True)


def test_a_supervisor_resets_a_lost_factor_and_it_stands_in_the_history():
    user, _codes = with_factor()
    supervisor = make_account("supervisor", rights=["view_user", "delete_totpdevice"])

    press(supervisor, user, "reset-factor")

    assert not TOTPDevice.objects.filter(user=user).exists()
    assert not StaticToken.objects.exists()
    entry = LogEntry.objects.filter(object_id=user.pk).first()
    assert (entry.user, entry.get_change_message()) == (supervisor, "Hapus faktor kedua")


def test_nobody_resets_the_own_factor_or_a_superusers_that_way():
    rights = ["view_user", "delete_totpdevice"]
    supervisor, _codes = with_factor("supervisor", rights=rights)
    chief, _codes = with_factor("admin", superuser=True)

    answers = [press(supervisor, one, "reset-factor") for one in (supervisor, chief)]

    assert TOTPDevice.objects.count() == 2
    assert all("tidak dihapus dari sini" in answer.text for answer in answers)


def test_others_cannot_reset_it():
    user, _codes = with_factor()

    answer = press(make_account("calltaker"), user, "reset-factor")

    assert answer.status_code in (403, 404)
    assert TOTPDevice.objects.filter(user=user).exists()


def test_lifting_a_lock_out_lifts_the_wait_after_wrong_codes():
    user, _codes = with_factor()
    TOTPDevice.objects.update(
        throttling_failure_count=12, throttling_failure_timestamp="2026-11-24T03:00:00Z"
    )
    supervisor = make_account("supervisor", rights=["view_user", "delete_accessattempt"])

    press(supervisor, user, "unlock")

    assert TOTPDevice.objects.get(user=user).throttling_failure_count == 0


def test_the_command_lets_the_last_superuser_in_again(capsys):
    user, _codes = with_factor("admin", superuser=True)

    call_command("reset_second_factor", "admin")

    browser, answer = knocked(user)
    assert answer.url == CALLS
    assert signed_in(browser)


def test_the_admin_has_no_page_that_shows_keys():
    browser = Client()
    browser.force_login(make_account("admin", superuser=True))

    assert browser.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert browser.get("/admin/otp_static/staticdevice/").status_code == 404


def test_strangers_and_crew_have_no_own_page():
    assert Client().get(OWN).url == LOGIN
    crew = Client()
    crew.force_login(User.objects.create_user("crew", role="crew"))
    assert crew.get(OWN).url == LOGIN
