"""Every page, look-up and door, as each role, against another agency's rows.

Made from the admin registry and the URL conf: what is new is crawled by itself. Two marks are
planted in the foreign rows and searched for in every answer. A route with a parameter that nobody
taught this crawl fails it, and so does an admin class that says nothing of whose rows it shows.
"""

import json
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import URLResolver, get_resolver

from config.seed.groups import GROUPS
from incidents.board_scope import BoardScope, shown_to
from incidents.models import Assignment, Call, Incident, IncidentType, Photo
from incidents.selectors.board import board_snapshot
from notifications.models import DataRequest, LadderPlan, Notice
from responders.admin.desk import DeskAdmin
from responders.models import Agency, User
from tests.factories import T0, make_agency, make_service_token, make_staff, make_unit
from tests.incidents.test_admin_pages import fill

pytestmark = pytest.mark.django_db

NUMBER = "81298761234"
MARK = "Asingrahasia"
ROLES = (*GROUPS, "superuser")
# Rows that carry text of their own, not of a person or an agency: nothing is planted in them.
OURS = ("responders", "incidents", "notifications")
ELSEWHERE = ("admin/logout/", "admin/password_change/", "admin/jsi18n/", "api/schema/")
WHY = {"reason": "location"}  # what a press that reveals is asked for
KEYS = {"key", "number", "username", "digest", "password", "epoch", "file", "call_id", "code"}


def in_group(name, **over):
    """A staff user with a group's rights as the seed gives them."""
    if name == "superuser":
        return make_staff("superuser")
    group, _made = Group.objects.get_or_create(name=name)
    labels = {f"{p.content_type.app_label}.{p.codename}": p for p in permissions()}
    group.permissions.set([labels[label] for label in GROUPS[name]])
    user = make_staff(name.replace(" ", "-"), is_superuser=False, **over)
    user.groups.add(group)
    return user


def permissions():
    return Permission.objects.select_related("content_type")


def desks():
    return {m: a for m, a in admin.site._registry.items() if m._meta.app_label in OURS}


@pytest.fixture
def world():
    """Everything of a foreign agency, marked; the operator's own agency has one unit."""
    foreign = make_agency("bpbd")
    fill(1, agency=foreign)
    Call.objects.update(caller_number=f"+62{NUMBER}", caller_raw=f"0{NUMBER}")
    own = make_agency("damkar")
    unit = make_unit(agency=own)
    User.objects.filter(shifts__unit=unit).update(agency=own)
    for model, desk in desks().items():
        if not desk.city_wide and model._meta.model_name != "accessentry":
            plant(model, own)
    return own


def own_rows(model, desk, own):
    """Return what tells the own agency's rows, as a filter; of most kinds there are none."""
    if desk.agency_path:
        return {desk.agency_path: own.pk}
    return {"pk__in": ()}


def plant(model, own):
    """Write the mark into every free text of a model's rows that are not the own agency's."""
    lengths = {
        field.name: min(24, field.max_length or 24)
        for field in model._meta.fields
        if isinstance(field, CharField | TextField)
        and not field.choices
        and field.name not in KEYS
        and (field.max_length or 99) >= len(MARK) + 8
        and "hash" not in field.name
        and "digest" not in field.name
        and not field.name.startswith("caller_")
    }
    rows = model.objects.exclude(**own_rows(model, admin.site.get_model_admin(model), own))
    for row in rows:
        model.objects.filter(pk=row.pk).update(
            **{name: f"{MARK} {row.pk}"[:length] for name, length in lengths.items()}
        )


def routes(patterns=None, before=""):
    for one in patterns or get_resolver().url_patterns:
        route = before + str(getattr(one.pattern, "_route", one.pattern))
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        else:
            yield route, one.pattern


def paths():
    """Return every path of the URL conf, its parameters filled with the foreign rows."""
    known = {
        "incident_id": Incident.objects.first().pk,
        "assignment_id": Assignment.objects.first().pk,
        "call_id": Call.objects.first().call_id,
        "notice_id": Notice.objects.first().pk,
        "photo_id": getattr(Photo.objects.first(), "pk", Incident.objects.first().pk),
        "request_id": DataRequest.objects.first().pk,
        "plan_id": LadderPlan.objects.first().pk,
        "language": "id",
        "month": "2026-11",
        "file_format": "pdf",
        "name": "reveal",
        "content_type_id": 1,
        "step": "acknowledge",
        "secret": "nobody-made-this",
    }
    blind = {"probe", "alert_id", "drill_id", "proof_id", "report_id", "suggestion_id", "link_id"}
    found = []
    for route, pattern in routes():
        if route.startswith(ELSEWHERE) or "(?P" in route and not route.startswith("admin/"):
            continue
        values = {}
        for name in pattern.converters:
            if name in known:
                values[name] = known[name]
            elif name in blind:
                values[name] = Incident.objects.first().pk
            elif name in ("object_id", "id"):
                model = model_of(route)
                row = model.objects.first() if model else None
                values[name] = getattr(row, "pk", "1")
            else:
                raise AssertionError(f"teach the crawl what {name} in {route} is")
        for name, value in values.items():
            converter = pattern.converters[name]
            kind = type(converter).__name__.removesuffix("Converter").lower()
            for text in (f"<{kind}:{name}>", f"<{name}>"):
                route = route.replace(text, str(value))
        if "<" not in route and "(?P" not in route:
            found.append("/" + route)
    return found


def model_of(route):
    parts = route.split("/")
    for model in admin.site._registry:
        if parts[1:3] == [model._meta.app_label, model._meta.model_name]:
            return model
    return None


def lookups():
    """Return every look-up that a form or a filter could ask."""
    for model in desks():
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model in desks():
                yield {
                    "app_label": model._meta.app_label,
                    "model_name": model._meta.model_name,
                    "field_name": field.name,
                    "term": MARK,
                }


def answers(user):
    """Ask everything as one person: pages by the session, the desk API by a service token."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    token = Client(
        headers={"Authorization": f"Bearer {make_service_token(user)}"},
        raise_request_exception=False,
    )
    for path in paths():
        asks = token if path.startswith("/api/") else client
        yield path, asks.get(path)
    for model in desks():
        opts = model._meta
        base = f"/admin/{opts.app_label}/{opts.model_name}/"
        yield base + "?q", client.get(base, {"q": MARK})
        yield base + "?all", client.get(base, {"all": ""})
    for query in lookups():
        yield f"autocomplete {query}", client.get("/admin/autocomplete/", query)


def text_of(answer):
    return b"".join(answer).decode("utf-8", "replace") if answer.streaming else answer.text


def leaks_to(user, mark=MARK):
    """Return where a mark comes back; what repeats the question does not count."""
    echoes = (f'value="{MARK}"', f"q={MARK}", f"q%3D{MARK}")
    leaks = []
    for what, answer in answers(user):
        text = text_of(answer)
        for echo in echoes:
            text = text.replace(echo, "")
        if mark in text:
            leaks.append(what)
    return leaks


@pytest.mark.parametrize("role", ROLES)
def test_no_role_meets_an_error_or_a_bare_number(world, role):
    user = in_group(role, agency=world if role == "operator" else None)

    faults = []
    for what, answer in answers(user):
        if answer.status_code >= 500 and what != "/readyz":  # nobody sweeps in a test
            faults.append((what, answer.status_code))
        elif NUMBER in "".join(sign for sign in text_of(answer) if sign not in "- "):
            faults.append((what, "a bare number"))

    assert "\n".join(map(str, faults)) == ""


def test_an_operator_meets_nothing_of_another_agency(world):
    user = in_group("operator", agency=world)

    assert "\n".join(leaks_to(user)) == ""


def test_an_operator_with_every_right_to_look_still_sees_the_own_agency_alone(world):
    user = in_group("operator", agency=world)
    user.user_permissions.set(permissions().filter(codename__startswith="view_"))
    # Which agencies and officials there are is no secret of theirs: routing and offices name them.
    Agency.objects.filter(name__contains=MARK).update(name="BPBD", short_name="BPBD")
    User.objects.filter(role="official").update(name="Lurah")

    assert "\n".join(leaks_to(user)) == ""


def test_no_press_of_an_operator_reaches_a_foreign_row(world):
    client = Client(raise_request_exception=False)
    user = in_group("operator", agency=world)
    user.user_permissions.set(permissions())
    client.force_login(user)
    reached = []
    for model, desk in desks().items():
        row = model.objects.exclude(**own_rows(model, desk, world)).first()
        if row is None or desk.city_wide:
            continue
        for button in desk.buttons:
            kind = f"{model._meta.app_label}/{model._meta.model_name}"
            url = f"/admin/{kind}/{row.pk}/do/{button.name}/"
            if client.post(url, WHY).status_code not in (403, 404):
                reached.append(url)

    assert reached == []


def test_the_boards_rows_are_cut_alike(world):
    scope = BoardScope(agency_id=world.pk, sees_calls=True, sees_alerts=True)
    own = json.dumps(shown_to(scope, board_snapshot(world.pk, T0)), default=str)
    city = json.dumps(board_snapshot(None, T0), default=str)

    assert MARK not in own
    assert NUMBER not in city.replace("-", "").replace(" ", "")


@pytest.mark.parametrize("role", ["administrator", "operator"])
def test_callers_are_no_business_of_administrators_and_operators(world, role):
    Call.objects.update(caller_name=f"Ibu {MARK}x")
    user = in_group(role, agency=world if role == "operator" else None)

    assert leaks_to(user, f"Ibu {MARK}x") == []


def says_whose(desk):
    """Say whether an admin class narrows its rows, or states that they are the city's."""
    own = any(
        "get_queryset" in vars(one)
        for one in type(desk).__mro__
        if issubclass(one, DeskAdmin) and one is not DeskAdmin
    )
    return bool(desk.city_wide or desk.agency_path or own)


def test_every_admin_class_says_whose_rows_it_shows():
    silent = [
        model._meta.label
        for model, desk in desks().items()
        if not isinstance(desk, DeskAdmin) or not says_whose(desk)
    ]

    assert silent == []


def test_an_admin_class_that_says_nothing_is_found():
    class Forgetful(DeskAdmin):
        pass

    desk = Forgetful(IncidentType, admin.site)

    assert not says_whose(desk)
    assert says_whose(SimpleNamespace(city_wide=True, agency_path=""))
