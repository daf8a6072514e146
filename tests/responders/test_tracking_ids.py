"""A tracking id: made for a crew's phone, shown once, kept as a hash, revocable."""

import logging
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from responders.access_logs import PathOnly, keep_queries_out
from responders.errors import WrongRole
from responders.services.tracking import issue_tracking_id, revoke_tracking_id
from responders.tokens import digest_of
from responders.tracking_ids import new_tracking_id, plain_form
from tests.factories import make_device, make_staff, make_user


def test_it_has_a_hundred_random_bits():
    one, other = new_tracking_id(), new_tracking_id()

    assert one != other
    assert len(plain_form(one)) == len("gt1") + 20  # of 32 letters each
    assert [len(group) for group in one.split("-")] == [3, 5, 5, 5, 5]


def test_it_forgives_how_people_type():
    typed = " GT1-O1LI0-abcde fghjk-mnpqr "

    assert plain_form(typed) == "gt101110abcdefghjkmnpqr"


@pytest.mark.parametrize("text", ["", "gt1-", "gt1-abcde", "123456", "gt1" + "u" * 20, "g" * 999])
def test_what_does_not_look_like_one_is_none(text):
    assert plain_form(text) is None


@pytest.mark.django_db
def test_it_is_kept_as_a_hash_and_a_new_one_ends_the_old(caplog):
    device = make_device(make_user())
    with caplog.at_level(logging.DEBUG):
        first = issue_tracking_id(device=device, now=timezone.now())
        second = issue_tracking_id(device=device, now=timezone.now())

    device.refresh_from_db()
    assert device.tracking_digest == digest_of(plain_form(second))
    assert first not in caplog.text
    assert second not in caplog.text
    revoke_tracking_id(device=device, now=timezone.now())
    device.refresh_from_db()
    assert device.tracking_digest is None


@pytest.mark.django_db
def test_only_a_crew_has_one():
    device = make_device(make_user(role="official"))

    with pytest.raises(WrongRole):
        issue_tracking_id(device=device, now=timezone.now())
    device.refresh_from_db()
    assert device.tracking_digest is None


@pytest.mark.parametrize(
    ("text", "args", "written"),
    [
        (
            '%s - "%s %s HTTP/%s" %d',
            ("10.0.0.1:5", "GET", "/api/osmand/?id=gt1-secret", "1.1", 200),
            '10.0.0.1:5 - "GET /api/osmand/ HTTP/1.1" 200',
        ),
        (
            '"%s" %s',
            ("GET /api/osmand/?id=gt1-secret HTTP/1.1", "200"),
            '"GET /api/osmand/ HTTP/1.1" 200',
        ),
        ("%(path)s", ({"path": "/api/osmand/?id=gt1-secret"},), "/api/osmand/"),
        ("started", (), "started"),
    ],
)
def test_access_logs_hold_no_query(text, args, written):
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, text, args, None)

    assert PathOnly().filter(record)
    assert record.getMessage() == written


def test_the_access_logs_of_our_servers_are_filtered_once():
    keep_queries_out()

    for name in ("uvicorn.access", "django.channels.server", "django.server"):
        filters = logging.getLogger(name).filters
        assert [type(one) for one in filters].count(PathOnly) == 1


@pytest.mark.django_db
def test_the_desk_makes_one_shows_it_once_and_takes_it_away(client):
    client.force_login(make_staff("admin"))
    device = make_device(make_user())
    page = reverse("admin:responders_device_change", args=[device.pk])

    def press(name):
        url = reverse("admin:responders_device_press", args=[device.pk, name])
        assert f'action="{url}"' in client.get(page).content.decode()
        return client.post(url, follow=True)

    shown = press("track")

    (tracking_id,) = set(re.findall(r"gt1-[0-9a-z-]{23}", shown.content.decode()))
    assert "no-store" in shown.headers["Cache-Control"]
    device.refresh_from_db()
    assert device.tracking_digest == digest_of(plain_form(tracking_id))
    assert tracking_id not in client.get(page).content.decode()
    press("untrack")
    device.refresh_from_db()
    assert device.tracking_digest is None


@pytest.mark.django_db
def test_the_desk_offers_none_for_an_official(client):
    client.force_login(make_staff("admin"))
    device = make_device(make_user(role="official"))
    page = client.get(reverse("admin:responders_device_change", args=[device.pk]))

    assert "/do/track/" not in page.content.decode()
