"""The wall's link: made by a supervisor, shown once, worth a cookie, closed when taken back."""

import json
import re

import pytest
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from config.asgi import page_sockets
from notifications.database import on_database
from notifications.models import WallLink
from notifications.services.wall import issue_wall_link, revoke_wall_link
from responders.tokens import digest_of
from tests.factories import T0, make_assignment, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
DINDING = "/papan/dinding/"


def a_link():
    secret = issue_wall_link(name="Ruang pantau", actor=make_staff(), now=T0)
    return secret, WallLink.objects.get(digest=digest_of(secret))


def socket_with(cookies, query=b"wall"):
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()
    headers = [(b"host", b"testserver"), (b"origin", b"http://testserver"), (b"cookie", cookie)]
    path = {"path": "/ws/board/", "raw_path": b"/ws/board/", "query_string": query}
    scope = {"type": "websocket", "headers": headers, "subprotocols": [], **path}
    return ApplicationCommunicator(page_sockets, scope)


async def opened(one):
    await one.send_input({"type": "websocket.connect"})
    assert (await one.receive_output(5))["type"] == "websocket.accept"
    return await one.receive_output(5)


def test_a_link_is_shown_once_and_its_digest_alone_is_kept(client):
    client.force_login(make_staff("supervisor"))

    page = client.post("/admin/notifications/walllink/add/", {"name": "Ruang pantau"}).content

    secret = re.search(rb"/papan/dinding/masuk/(gw1_[\w-]{43})/", page)[1].decode()
    (link,) = WallLink.objects.all()
    assert (link.name, link.digest, link.created_by.username) == (
        "Ruang pantau",
        digest_of(secret),
        "supervisor",
    )
    assert secret.encode() not in client.get("/admin/notifications/walllink/").content


def test_the_link_is_worth_a_cookie_that_opens_the_wall_and_nothing_else(client):
    secret, link = a_link()

    entered = client.get(f"{DINDING}masuk/{secret}/")

    cookie = entered.cookies["gerak_wall"]
    assert (entered.status_code, entered.url) == (302, DINDING)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.get(DINDING).status_code == 200
    assert client.get("/admin/papan/").status_code == 302
    link.refresh_from_db()
    assert link.last_used_at is not None


def test_the_wall_has_a_place_for_bmkg_with_its_credit_and_no_way_to_decide(client):
    secret, _ = a_link()
    client.get(f"{DINDING}masuk/{secret}/")
    page = client.get(DINDING).content.decode()
    client.force_login(make_staff("supervisor"))
    board = client.get("/admin/papan/").content.decode()

    on_wall, on_board = (re.search(r'<ol id="banners".*?</ol>', one)[0] for one in (page, board))
    for box in (on_wall, on_board):
        assert 'data-credit="Sumber: BMKG (' in box
        assert 'data-age="Jawaban baik BMKG terakhir {} menit lalu"' in box
    assert 'data-decide=""' in on_wall
    assert 'data-decide="Putuskan"' in on_board
    assert "gerak/banners.js" in page


@pytest.mark.parametrize("secret", ["gw1_unknown", "x", "gw1_" + "a" * 400])
def test_a_link_nobody_made_opens_nothing(client, secret):
    refused = client.get(f"{DINDING}masuk/{secret}/")

    assert refused.status_code == 404
    assert "gerak_wall" not in refused.cookies
    assert client.get(DINDING).status_code == 404


def test_revoking_refuses_the_page(client):
    secret, link = a_link()
    client.get(f"{DINDING}masuk/{secret}/")

    client.force_login(make_staff("supervisor"))
    client.post(f"/admin/notifications/walllink/{link.pk}/do/revoke/")

    assert client.get(DINDING).status_code == 404
    link.refresh_from_db()
    assert link.revoked_by.username == "supervisor"


def test_a_supervisor_alone_makes_links(client):
    client.force_login(make_staff("calltaker", is_superuser=False))

    assert client.get("/admin/notifications/walllink/add/").status_code == 403


async def test_the_walls_socket_shows_the_board_without_a_person():
    secret, _ = await on_database(a_link)
    await on_database(make_assignment)
    one = socket_with({"gerak_wall": secret})

    snapshot = json.loads((await opened(one))["text"])

    (row,) = snapshot["incidents"]
    assert "summary" not in row
    assert "Rumah terbakar" not in json.dumps(snapshot)
    await one.send_input({"type": "websocket.disconnect", "code": 1001})
    await one.wait(5)


async def test_a_wall_page_in_a_supervisors_browser_still_shows_the_wall():
    def signed_in():
        client = Client()
        client.force_login(make_staff())
        return client.cookies["sessionid"].value

    secret, _ = await on_database(a_link)
    await on_database(make_assignment)
    one = socket_with({"gerak_wall": secret, "sessionid": await on_database(signed_in)})

    snapshot = json.loads((await opened(one))["text"])

    assert "summary" not in snapshot["incidents"][0]
    await one.send_input({"type": "websocket.disconnect", "code": 1001})
    await one.wait(5)


async def test_revoking_closes_the_open_socket_within_two_seconds():
    secret, link = await on_database(a_link)
    one = socket_with({"gerak_wall": secret})
    await opened(one)

    await on_database(lambda: revoke_wall_link(link=link, actor=link.created_by, now=T0))

    output = await one.receive_output(2)
    while output["type"] != "websocket.close":
        output = await one.receive_output(2)
    assert output["code"] == 4403
    await one.wait(5)
