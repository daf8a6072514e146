"""What to type into the apps that crews already have: the links hold it, and our doors take it."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from responders.app_settings import settings_for
from responders.models import Device
from responders.tokens import digest_of
from responders.tracking_ids import plain_form
from responders.wire import osmand
from responders.wire.message import WireRequest
from tests.factories import crew_of, make_device, make_staff, make_unit, make_user

ID = "gt1-abcde-fghjk-mnpqr-stvwx"
TRACCAR, OWNTRACKS, OVERLAND, GPSLOGGER = settings_for(
    origin="https://112.example/", tracking_id=ID
)


def query_of(link):
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def test_traccar_reads_its_settings_from_an_address():
    parts = urlsplit(TRACCAR.link)

    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://112.example/api/osmand/"
    assert query_of(TRACCAR.link) == {
        "id": ID,
        "accuracy": "highest",
        "distance": "0",
        "interval": "10",
        "buffer": "true",
        "stop_detection": "false",
    }


def test_a_camera_that_opens_traccars_address_sends_no_position():
    message = osmand.read(WireRequest(query=urlsplit(TRACCAR.link).query))

    assert message.positions == ()


def test_owntracks_reads_a_whole_configuration_from_its_link():
    inline = query_of(OWNTRACKS.link)["inline"]
    configuration = json.loads(base64.b64decode(inline))

    assert urlsplit(OWNTRACKS.link)[:3] == ("owntracks", "", "/config")
    assert (configuration["_type"], configuration["mode"]) == ("configuration", 3)
    assert configuration["url"] == "https://112.example/api/owntracks/"
    assert (configuration["auth"], configuration["password"]) == (True, ID)
    assert (configuration["monitoring"], configuration["moveModeLocatorInterval"]) == (2, 10)


def test_overland_is_set_up_by_its_link():
    assert OVERLAND.link.startswith("overland://setup?")
    assert query_of(OVERLAND.link) == {
        "url": "https://112.example/api/overland/",
        "token": ID,
        "device_id": "gerak112",
    }


def test_gpslogger_reads_no_code_so_it_gets_none():
    assert GPSLOGGER.link == ""
    assert ("Header", f"Authorization: Bearer {ID}") in [
        (str(label), str(value)) for label, value in GPSLOGGER.rows
    ]


@pytest.mark.django_db
def test_the_page_of_a_phone_makes_the_id_and_shows_every_app_once(client):
    device = make_device(crew_of(make_unit())[0])
    client.force_login(make_staff())

    answer = client.post(f"/admin/responders/device/{device.pk}/do/track/")
    page = answer.content.decode()

    shown = answer.context["secret"]
    stored = Device.objects.get(pk=device.pk).tracking_digest
    assert stored == digest_of(str(plain_form(shown)))
    assert [page.count(f"<h2>{one.name}") for one in (TRACCAR, OWNTRACKS, OVERLAND, GPSLOGGER)] == [
        1
    ] * 4
    assert page.count("<svg") - page.count("<svg class") >= 3
    assert "style=" not in page
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_an_official_gets_no_tracking_id(client):
    device = make_device(make_user(role="official"))
    client.force_login(make_staff())

    client.post(f"/admin/responders/device/{device.pk}/do/track/")

    assert Device.objects.get(pk=device.pk).tracking_digest is None
