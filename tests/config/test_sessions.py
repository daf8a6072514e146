"""A session lives while somebody works, and says so to a page that asks; its board ends with it."""

import time

import pytest
from django.conf import settings
from django.test import Client

from notifications.consumers.board_watchers import NotAllowed, Ticket, scope_of
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
LIVES = "/admin/sesi/"


@pytest.fixture
def desk():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_staff("dispatcher"))
    return client


def worked_at(client):
    return client.session.get("worked_at")


def test_an_opened_page_is_work_and_renews_the_cookie(desk):
    answer = desk.get("/admin/", headers={"Sec-Fetch-Mode": "navigate"})

    assert time.time() - worked_at(desk) < 60
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 12 * 3600


def test_a_page_that_follows_by_itself_is_no_work(desk):
    answer = desk.get("/admin/", headers={"Sec-Fetch-Mode": "cors"})

    assert worked_at(desk) is None
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


def test_the_row_is_not_written_at_every_page(desk):
    desk.post(LIVES)
    first = worked_at(desk)

    desk.post(LIVES)

    assert worked_at(desk) == first


def test_a_page_is_told_whose_session_it_is_and_when_it_ended(desk):
    alive = desk.post(LIVES)
    desk.session.flush()

    ended = desk.post(LIVES)

    assert alive.json() == {"user": alive.wsgi_request.user.pk}
    assert (ended.status_code, ended.json()) == (401, {"user": None})
    assert desk.get(LIVES).status_code == 405


def test_the_page_carries_what_the_script_needs(desk):
    page = desk.get("/admin/").text

    assert f'data-url="{LIVES}"' in page
    assert "gerak/session.js" in page
    assert 'id="g-session"' not in Client().get("/admin/login/").text


def test_a_board_ends_with_its_session_and_with_its_right(desk):
    ticket = Ticket(session_key=desk.session.session_key)
    scope_of(ticket)
    person = make_staff("calltaker", is_superuser=False)
    other = Client()
    other.force_login(person)

    desk.session.flush()

    for gone, code in ((ticket, 4401), (Ticket(session_key=other.session.session_key), 4403)):
        with pytest.raises(NotAllowed) as refused:
            scope_of(gone)
        assert refused.value.code == code
