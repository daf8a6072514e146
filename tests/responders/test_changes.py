"""The history of a row says who changed what, when, from what to what; and no secret."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from incidents.models import Landmark, Routing
from notifications.models import Official
from tests.factories import T0, make_agency, make_area, make_staff, make_type, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_staff("admin", name="Administrator"))
    return client


def page_of(row, word="change"):
    opts = row._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{word}", args=[row.pk])


def change(desk, row, **new):
    """Send a row's form as it stands, with some fields changed."""
    page = desk.get(page_of(row))
    form = page.context["adminform"].form
    forms = [form, *(f for s in page.context["inline_admin_formsets"] for f in s.formset.forms)]
    forms += [s.formset.management_form for s in page.context["inline_admin_formsets"]]
    body = {}
    for one in forms:
        for field in one:
            value = field.value()
            if hasattr(value, "strftime"):
                value = timezone.localtime(value)
                body[f"{field.html_name}_0"] = f"{value:%Y-%m-%d}"
                body[f"{field.html_name}_1"] = f"{value:%H:%M:%S}"
            elif isinstance(value, list):
                body[field.html_name] = [getattr(v, "pk", v) for v in value]
            elif value not in (None, False):
                body[field.html_name] = value
    answer = desk.post(page_of(row), body | new)
    assert answer.status_code == 302, answer.context["errors"]
    return desk.get(page_of(row, "history"))


def values(page):
    return [v for entry in page.context["action_list"] for v in entry.values]


def test_a_changed_table_says_before_and_after(desk):
    place = Landmark.objects.create(
        name="Pasar Raya", area=make_area(), lat=-0.79, lon=100.65, aliases=[]
    )
    other = make_area("13.72.01.1005", "Kampai Tabu Karambia")

    page = change(desk, place, name="Pasar Raya Solok", area=other.pk)

    assert {v["before"]: v["after"] for v in values(page)} == {
        "Pasar Raya": "Pasar Raya Solok",
        "IX Korong": "Kampai Tabu Karambia",
    }
    assert "<ins>Pasar Raya Solok</ins>" in page.text
    assert LogEntry.objects.get().user.username == "admin"


def test_a_changed_routing_is_named_with_its_type(desk):
    kind = make_type()
    Routing.objects.create(type=kind, agency=make_agency(), role="lead")

    page = change(desk, kind, **{"routings-0-role": "informed", "priority": 3})

    assert LogEntry.objects.count() == 1
    assert [v["label"].rpartition(" · ")[2] for v in values(page)] == ["Prioritas", "Peran"]
    assert all(v["before"] != v["after"] for v in values(page))


def test_a_private_number_is_named_as_changed_and_not_quoted(desk):
    official = Official.objects.create(
        user=make_user(role="official"), area=make_area(), starts_at=T0, phone="081211112222"
    )

    page = change(desk, official, phone="081233334444")

    assert [(v["before"], v["after"]) for v in values(page)] == [("•••", "•••")]
    assert "0812" not in LogEntry.objects.get().change_message


def test_a_person_who_changes_agency_and_power_is_written_down(desk):
    person = make_staff("operator-1", is_superuser=False, agency=make_agency("bpbd"))

    page = change(desk, person, agency=make_agency("damkar").pk, name="Andi")

    told = {(v["before"], v["after"]) for v in values(page)}
    assert {("Bpbd", "Damkar"), ("Operator-1", "Andi")} <= told


def test_entries_without_values_are_shown_as_they_are(desk):
    place = Landmark.objects.create(name="Pasar", area=make_area(), lat=0, lon=100, aliases=[])
    LogEntry.objects.create(
        user=make_staff("old"),
        content_type_id=1,
        object_id="1",
        object_repr="x",
        action_flag=2,
        change_message="kata biasa",
    )

    page = desk.get(page_of(place, "history"))

    assert "Belum ada perubahan" in page.text
