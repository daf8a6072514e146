"""Impossible values in every address and every form of the admin: refused, never an error of ours.

Made from the admin registry, like the crawl: what is new is attacked by itself.
"""

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client

from incidents.models import Call, Incident
from tests.factories import make_staff
from tests.incidents.test_admin_pages import fill, lists, url_of

pytestmark = pytest.mark.django_db

HUGE = "9" * 26
VALUES = ("\x00", HUGE, "-1", "nan", "x" * 5_000)
LOOKUPS = {
    "": "\x00",
    "__exact": HUGE,
    "__year": "99999",
    "__gte": "0001-01-01T00:00Z",
    "__isnull": "?",
}
ADDRESSES = (
    "/admin/putar-ulang/?start=9999-12-31T23:59&hours=12",
    "/admin/putar-ulang/?start=0001-01-01T00:00&hours=12",
    "/admin/putar-ulang/?start=%00&hours=%00",
    "/admin/laporan/?first=0001-01-01&last=0001-01-02",
    "/admin/laporan/?first=9999-12-30&last=9999-12-31&format=pdf",
    "/admin/laporan/?first=x&last=%00&area=%00&type=%00&agency=%00",
    "/admin/autocomplete/?app_label=%00&model_name=%00&field_name=%00&term=%00",
    "/admin/bukti/00000000-0000-0000-0000-000000000000.%2e%2e%2fpdf",
    "/transparansi/%00/",
    "/transparansi/%2e%2e%2f/data.csv",
    "/publik/?bahasa=%00",
    "/papan/dinding/masuk/gw1_%00/",
)


@pytest.fixture
def desk():
    fill(1)
    client = Client(raise_request_exception=False)
    client.force_login(make_staff("root"))
    return client


def addresses(model):
    """Return addresses of a list, a page and a form that ask what cannot be."""
    base = url_of(model, "changelist")
    fields = [field.name for field in model._meta.get_fields() if field.concrete]
    plain = ("q=%00", f"p={HUGE}", f"o={HUGE}", "e=1", f"_to_field={HUGE}", "q=" + "x" * 3_000)
    yield from (f"{base}?{query}" for query in plain)
    for name in fields:
        yield from (f"{base}?{name}{look}={value}" for look, value in LOOKUPS.items())
    yield from (f"{base}{pk}/change/" for pk in ("%00", "_00", HUGE))
    for value in ("%00", HUGE):
        yield f"{base}add/?" + "&".join(f"{name}={value}" for name in fields)


def forms(model):
    """Return (address, names of its fields): the form to add, to change, and every button's."""
    fields = [field.name for field in (*model._meta.fields, *model._meta.many_to_many)]
    names = [f"{name}{part}" for name in fields for part in ("", "_0", "_1")]
    yield url_of(model, "add"), names
    row = model._default_manager.first()
    if row is None:
        return
    yield url_of(model, "change", row.pk), names
    for button in admin.site.get_model_admin(model).buttons:
        if button.form is not None:
            url = url_of(model, "change", row.pk).removesuffix("change/")
            yield f"{url}do/{button.name}/", list(button.form().fields)


def status_of(ask):
    """Ask, and undo: what PostgreSQL refuses would spoil the transaction of the whole test."""
    before = transaction.savepoint()
    status = ask().status_code
    transaction.savepoint_rollback(before)
    return status


@pytest.mark.parametrize("model", lists(), ids=lambda model: model.__name__)
def test_no_page_of_the_admin_breaks(desk, model):
    broken = [url for url in addresses(model) if status_of(lambda u=url: desk.get(u)) >= 500]
    for url, names in forms(model):
        for value in VALUES:
            body = dict.fromkeys(names, value)
            if status_of(lambda u=url, b=body: desk.post(u, b)) >= 500:
                broken.append((url, value[:30]))

    assert broken == []


def test_no_other_page_breaks(desk):
    suggest = url_of(Call, "suggest")
    asked = f"?call={HUGE}&place=%00&type=%00&areas={HUGE}&lat=nan&lon=1e308"

    urls = (*ADDRESSES, suggest + asked)
    answers = {url: status_of(lambda u=url: desk.get(u)) for url in urls}

    assert {url: status for url, status in answers.items() if status >= 500} == {}


def test_what_no_database_holds_is_refused_and_changes_nothing(desk):
    incident = Incident.objects.first()
    url = url_of(Incident, "change", incident.pk).removesuffix("change/") + "do/dispatch/"

    # SQLite cannot be asked for it, PostgreSQL knows no such unit.
    assert status_of(lambda: desk.post(url, {"units": [HUGE]})) in (400, 302)
    assert desk.get("/admin/laporan/?first=0001-01-01&last=0001-01-02").status_code == 400
    assert incident.assignments.count() == 1
