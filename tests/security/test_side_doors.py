"""Ways round the pages of the admin: look-ups in an address, pickers, histories, actions, inlines.

Made from the admin registry: what is new is tried by itself.
"""

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, TextField
from django.test import Client

from incidents.models import Call, IncidentType, Routing
from responders.admin.desk import LookOnlyInline
from responders.models import CrewShift, User
from tests.factories import make_agency, make_staff, make_type, make_unit
from tests.incidents.test_admin_pages import fill, lists, url_of
from tests.test_crawl import in_group, own_rows, permissions

pytestmark = pytest.mark.django_db
SPELLING = ("startswith", "contains", "regex", "iexact", "gt", "in", "isnull")


@pytest.fixture
def root(client):
    fill(1)
    client.force_login(make_staff("root"))
    return client


@pytest.fixture
def operator():
    """An operator with every right there is, and everything of another agency."""
    fill(1, agency=make_agency("bpbd"))
    own = make_agency("damkar")
    make_unit(agency=own)
    user = in_group("operator", agency=own)
    user.user_permissions.set(permissions())
    client = Client(raise_request_exception=False)
    client.force_login(user)
    client.agency = own
    return client


def paths_of(model, deep=True):
    """Return every text of a model that an address could name, one relation further too."""
    for field in model._meta.concrete_fields:
        if isinstance(field, CharField | TextField):
            yield field.name
        elif field.is_relation and deep:
            yield from (f"{field.name}__{name}" for name in paths_of(field.related_model, False))


def foreign_rows(agency):
    """Return (model, a row of it that is another agency's)."""
    for model in lists():
        desk = admin.site.get_model_admin(model)
        if not desk.city_wide and desk.agency_path:
            row = model.objects.exclude(**own_rows(model, desk, agency)).first()
            if row is not None:
                yield model, row


@pytest.mark.parametrize("model", lists(), ids=lambda model: model.__name__)
def test_no_text_can_be_spelt_out_by_asking_for_it_letter_by_letter(root, model):
    desk = admin.site.get_model_admin(model)
    filters = {str(one[0] if isinstance(one, tuple) else one) for one in desk.list_filter}
    answered = []

    for path in paths_of(model):
        for way in SPELLING:
            if path in filters and way in ("gt", "in", "isnull"):
                continue
            answer = root.get(url_of(model, "changelist"), {f"{path}__{way}": "x"})
            if answer.status_code != 400:
                answered.append(f"{path}__{way}")

    assert answered == []


def test_a_covered_number_and_a_password_are_asked_for_in_vain(root):
    Call.objects.update(caller_number="+6281234567890")
    hashed = User.objects.exclude(password="").first().password

    number = root.get(url_of(Call, "changelist"), {"caller_number__startswith": "+62812"})
    password = root.get(url_of(User, "changelist"), {"password__startswith": hashed[:9]})

    assert (number.status_code, password.status_code) == (400, 400)


@pytest.mark.parametrize("model", lists(), ids=lambda model: model.__name__)
def test_every_filter_beside_a_list_still_answers(root, model):
    page = root.get(url_of(model, "changelist"))

    asked = [
        choice["query_string"]
        for one in page.context["cl"].filter_specs
        for choice in one.choices(page.context["cl"])
    ]
    refused = [
        text for text in asked if root.get(page.request["PATH_INFO"] + text).status_code != 200
    ]

    assert refused == []


def test_no_page_of_a_foreign_row_opens_not_its_history_either(operator):
    user = User.objects.get(username="operator")
    opened = []
    for model, row in foreign_rows(operator.agency):
        LogEntry.objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(model),
            object_id=str(row.pk),
            object_repr="Asingrahasia",
            action_flag=CHANGE,
        )
        for page in ("history", "change", "delete"):
            answer = operator.get(url_of(model, page, row.pk))
            if answer.status_code == 200 or "Asingrahasia" in answer.text:
                opened.append((model.__name__, page))

    assert opened == []


def test_no_list_has_an_action_and_a_forged_one_deletes_nothing(operator):
    done = []
    for model in lists():
        desk, row = admin.site.get_model_admin(model), model._default_manager.first()
        if row is None:
            continue
        operator.post(
            url_of(model, "changelist"),
            {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
        )
        operator.post(url_of(model, "delete", row.pk), {"post": "yes"})
        if desk.actions is not None or not model._default_manager.filter(pk=row.pk).exists():
            done.append(model.__name__)

    assert done == []


def test_a_row_within_another_page_cannot_be_pulled_over_by_its_id(root):
    """One table in a page saves rows of its own; a plan of steps is made anew each time."""
    changing = {
        inline.__name__
        for model in lists()
        for inline in admin.site.get_model_admin(model).inlines
        if not issubclass(inline, LookOnlyInline)
    }
    assert changing == {"RoutingInline", "StepInline"}
    mine, other = make_type("banjir"), Routing.objects.get()
    page = url_of(IncidentType, "change", mine.pk)
    shown = root.get(page)
    form = {k: v for k, v in shown.context["adminform"].form.initial.items() if v is not None}
    rows = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": other.pk, "0-type": mine.pk}
    rows |= {"0-agency": other.agency_id, "0-role": "support"}
    (formset,) = shown.context["inline_admin_formsets"]

    root.post(page, form | {f"{formset.formset.prefix}-{k}": v for k, v in rows.items()})

    untouched = {"type_id": other.type_id, "role": other.role}
    assert Routing.objects.filter(pk=other.pk).values("type_id", "role").get() == untouched


def test_a_picker_takes_nothing_that_it_did_not_offer(operator):
    """An own shift, moved by hand to another agency's unit and person: refused."""
    own = CrewShift.objects.filter(unit__agency=operator.agency).first()
    User.objects.filter(pk=own.user_id).update(agency=operator.agency)
    foreign = CrewShift.objects.exclude(unit__agency=operator.agency).first()

    answer = operator.post(
        url_of(CrewShift, "change", own.pk),
        {"user": foreign.user_id, "unit": foreign.unit_id, "starts_at_0": "2026-11-24"},
    )

    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) >= {"user", "unit"}
    assert CrewShift.objects.filter(pk=own.pk, unit=own.unit, user=own.user).exists()
