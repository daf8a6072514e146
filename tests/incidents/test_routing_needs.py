"""What a unit can do is written in words, and what a type needs is ticked among them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from incidents.models import Routing
from tests.factories import make_agency, make_staff, make_type, make_unit

pytestmark = pytest.mark.django_db
FIRE = {"kind": "fire_engine", "capabilities": ["api", "air_deras"]}


@pytest.fixture
def desk(client):
    client.force_login(make_staff("administrator"))
    return client


def page_of(kind):
    return reverse("admin:incidents_incidenttype_change", args=[kind.pk])


def offered(page, row):
    """Return the words of a row's boxes with their names; those that are ticked."""
    boxes = html.fromstring(page.content).xpath(f"//input[@name='routings-{row}-needs']")
    names = {box.get("value"): box.getparent().text_content().strip() for box in boxes}
    return names, {box.get("value") for box in boxes if box.get("checked")}


def form_of(kind, *rows):
    data = {
        name: getattr(kind, name)
        for name in ("key", "label", "label_en", "category", "priority", "notice")
    } | {"active": "on", "routings-TOTAL_FORMS": len(rows), "routings-INITIAL_FORMS": len(rows)}
    for number, (row, needs) in enumerate(rows):
        data |= {
            f"routings-{number}-id": row.pk,
            f"routings-{number}-type": kind.pk,
            f"routings-{number}-agency": row.agency_id,
            f"routings-{number}-role": row.role,
            f"routings-{number}-needs": needs,
        }
    return data


def test_a_row_offers_the_words_of_its_agencys_units_and_those_it_has(desk):
    kind, fire, flood = make_type(), make_agency("damkar"), make_agency("bpbd")
    make_unit("Damkar 1", agency=fire, **FIRE)
    make_unit("BPBD 1", agency=flood, kind="rescue", capabilities=["perahu"])
    Routing.objects.create(type=kind, agency=fire, role="lead", needs=["api", "tangga"])

    page = desk.get(page_of(kind))

    names = {
        "air_deras": "air deras",
        "api": "api",
        "fire_engine": "regu mobil pemadam",
        "tangga": "tangga",
    }
    assert offered(page, 0) == (names, {"api", "tangga"})
    new, ticked = offered(page, "__prefix__")
    assert (set(new), ticked) == ({"api", "air_deras", "fire_engine", "perahu", "rescue"}, set())


def test_what_is_ticked_is_stored_and_what_no_unit_can_do_is_refused(desk):
    kind, fire = make_type(), make_agency("damkar")
    make_unit("Damkar 1", agency=fire, **FIRE)
    row = Routing.objects.create(type=kind, agency=fire, role="lead", needs=["api"])

    done = desk.post(page_of(kind), form_of(kind, (row, ["fire_engine", "air_deras"])))
    row.refresh_from_db()
    stored = list(row.needs)
    refused = desk.post(page_of(kind), form_of(kind, (row, ["<script>"])))
    row.refresh_from_db()

    assert (done.status_code, refused.status_code) == (302, 200)
    assert stored == row.needs == ["fire_engine", "air_deras"]
    assert "&lt;script&gt;" in refused.content.decode()
    desk.post(page_of(kind), form_of(kind, (row, [])))
    row.refresh_from_db()
    assert row.needs == []


def test_what_a_unit_can_do_is_written_as_words(desk):
    unit = make_unit("Damkar 1", agency=make_agency("damkar"), **FIRE)
    page = reverse("admin:responders_unit_change", args=[unit.pk])
    data = {
        "call_sign": unit.call_sign,
        "agency": unit.agency_id,
        "kind": unit.kind,
        "active": "on",
    }
    shown = html.fromstring(desk.get(page).content).xpath("//input[@name='capabilities']/@value")

    done = desk.post(page, data | {"capabilities": " api ,tangga,, api"})
    unit.refresh_from_db()
    refused = desk.post(page, data | {"capabilities": "x" * 81})
    emptied = desk.post(page, data | {"capabilities": ""})

    assert shown == ["api, air_deras"]
    assert (done.status_code, refused.status_code, emptied.status_code) == (302, 200, 302)
    assert unit.capabilities == ["api", "tangga"]
    unit.refresh_from_db()
    assert unit.capabilities == []


def test_the_page_asks_for_the_words_once_however_many_agencies(desk):
    kind, fire = make_type(), make_agency("damkar")
    make_unit("Damkar 1", agency=fire, **FIRE)
    Routing.objects.create(type=kind, agency=fire, role="lead")

    def words_asked_for():
        with CaptureQueriesContext(connection) as asked:
            desk.get(page_of(kind))
        return sum('"responders_unit"."capabilities"' in one["sql"] for one in asked)

    once = words_asked_for()
    for key in ("bpbd", "psc"):
        Routing.objects.create(type=kind, agency=make_agency(key), role="support")

    assert words_asked_for() == once > 0
