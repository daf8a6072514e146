"""A signed-in browser: what another site, an older session or a crafted address gets out of it."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from tests.factories import make_device, make_staff, make_user
from tests.incidents.test_admin_pages import fill
from tests.notifications.phones import Phone, in_database
from tests.test_crawl import paths

PASSWORD = "kata sandi yang benar"
# They change nothing of anybody's: they say whose session it is, or speak by a secret of their own.
BY_A_SECRET = ("/api/", "/admin/sesi/")


def account(username="dispatcher"):
    user = make_staff(username)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, **more):
    return client.post("/admin/login/", {"username": "dispatcher", "password": PASSWORD, **more})


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_at_every_door():
    fill(1)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(make_staff())

    taken = {
        path: status
        for path in paths()
        if not path.startswith(BY_A_SECRET)
        and (status := client.post(path, {"post": "yes"}).status_code) not in (403, 404, 405)
    }

    assert taken == {}


@pytest.mark.django_db
def test_a_session_opens_no_door_of_the_wire():
    client = Client(raise_request_exception=False)
    client.force_login(make_staff())

    for path in ("/api/v1/me", "/api/v1/desk/incidents", "/api/v1/assignments", "/api/v1/events"):
        assert client.get(path).status_code == 401, path


@pytest.mark.django_db(transaction=True)
async def test_the_phones_socket_takes_no_cookie():
    def session():
        client = Client()
        client.force_login(make_staff())
        make_device(make_user())
        return client.cookies["sessionid"].value

    cookie = f"sessionid={await in_database(session)()}".encode()

    phone = await Phone(headers=[(b"cookie", cookie), (b"origin", b"http://testserver")]).open()

    assert await phone.closed_with() == 4401


@pytest.mark.django_db
def test_a_session_planted_before_signing_in_is_worth_nothing_after():
    account()
    victim = Client()
    victim.get("/admin/login/")
    planted = victim.session
    planted["here"] = "before"
    planted.save()
    victim.cookies["sessionid"] = before = planted.session_key

    assert sign_in(victim).status_code == 302

    assert victim.cookies["sessionid"].value != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get("/admin/").status_code == 302
    assert SESSION_KEY not in thief.session


@pytest.mark.django_db
def test_a_session_ends_with_the_account_and_with_its_password():
    user = account()
    for change in ({"is_active": False}, {"password": "!"}):
        client = Client()
        client.force_login(user)
        assert client.get("/admin/").status_code == 200
        type(user).objects.filter(pk=user.pk).update(**change)

        assert client.get("/admin/").status_code == 302

        type(user).objects.filter(pk=user.pk).update(is_active=True, password=user.password)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\t//evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "https:///evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(wanted):
    account()

    answer = sign_in(Client(), next=wanted)

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.django_db
def test_an_unknown_host_is_refused(settings):
    settings.ALLOWED_HOSTS = ["112.kota.example"]

    answers = [
        Client(headers={"Host": host}).get("/admin/login/").status_code
        for host in ("112.kota.example", "evil.example", "112.kota.example.evil.example", "a@b")
    ]

    assert answers == [200, 400, 400, 400]
