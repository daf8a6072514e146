"""Every door of the wire × every caller × an own and a foreign row.

The doors come from the URL conf. Each is asked with every method that it takes. A foreign row is
answered exactly like one that is not there, and changes nothing.
"""

from uuid import uuid4

import pytest
from django.urls import URLResolver, get_resolver
from rest_framework.test import APIClient

from incidents.models import Assignment, CrewAlert
from notifications.models import Notice, Official
from tests.factories import make_agency, make_area, make_device, make_service_token
from tests.incidents.test_admin_pages import fill
from tests.security.test_page_headers import state
from tests.test_crawl import in_group

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete")
BODIES = {
    "note": "x",
    "text": "x",
    "reason": "x",
    "disposition": "handled",
    "class": "prank",
    "condition": "safe",
    "into": str(uuid4()),
    "unit": 1,
    "incident": str(uuid4()),
    "at": "2026-11-24T03:00:00Z",
    "answer": "coming",
}


class World:
    """The rows of one agency and one area, and who belongs to them."""

    def __init__(self, agency, area):
        known = set(Assignment.objects.values_list("pk", flat=True))
        fill(1, agency=agency)
        self.assignment = Assignment.objects.exclude(pk__in=known).get()
        self.crew = self.assignment.crew.first()
        incident = self.assignment.incident
        call = incident.calls.first()
        notice = Notice.objects.get(incident=incident)
        self.official = notice.receipts.first().person
        Notice.objects.filter(pk=notice.pk).update(office=area)
        Official.objects.filter(user=self.official).update(area=area)
        self.ids = {
            "assignment_id": self.assignment.pk,
            "incident_id": incident.pk,
            "call_id": call.call_id,
            "alert_id": CrewAlert.objects.get(raised_by=self.crew).pk,
            "notice_id": notice.pk,
            "drill_id": uuid4(),
            "probe": uuid4(),
        }


def doors(patterns=None, before=""):
    """Return every route of the wire that names a row, with its view and its parameter."""
    for one in patterns or get_resolver().url_patterns:
        route = before + str(getattr(one.pattern, "_route", one.pattern))
        if isinstance(one, URLResolver):
            yield from doors(one.url_patterns, route)
        elif route.startswith("api/v1/") and one.pattern.converters:
            (name,) = one.pattern.converters
            yield route, one.callback.view_class, name


DOORS = list(doors())


@pytest.fixture
def worlds():
    here, there = make_area(), make_area("13.72.02.1001", "Tanah Garam")
    return World(make_agency("damkar"), here), World(make_agency("bpbd"), there)


def client_of(user):
    token = make_service_token(user) if user.is_staff else make_device(user).token
    return APIClient(headers={"Authorization": f"Bearer {token}"})


def ask(client, method, route, name, value):
    kind = "path" if name == "call_id" else "uuid"
    path = "/" + route.replace(f"<{kind}:{name}>", str(value))
    body = BODIES | {"id": str(uuid4())}
    answer = getattr(client, method)(path, None if method == "get" else body, format="json")
    return answer.status_code, answer.json() if answer.status_code != 204 else {}


def taken(view):
    return [one for one in METHODS if hasattr(view, one)]


def callers(own):
    operator = in_group("operator", agency=own.assignment.unit.agency)
    return {
        "crew": client_of(own.crew),
        "official": client_of(own.official),
        "operator": client_of(operator),
    }


def test_every_door_that_names_a_row_is_here():
    assert len(DOORS) > 25
    assert {name for _route, _view, name in DOORS} == {
        "alert_id",
        "assignment_id",
        "call_id",
        "drill_id",
        "incident_id",
        "notice_id",
        "probe",
    }


@pytest.mark.parametrize("who", ["crew", "official", "operator"])
def test_a_foreign_row_is_answered_like_one_that_is_not_there(worlds, who):
    own, foreign = worlds
    client = callers(own)[who]
    ask(client, "get", "api/v1/me", "none", "")  # the first sign of life
    before, told = state(), []

    for route, view, name in DOORS:
        for method in taken(view):
            there = ask(client, method, route, name, foreign.ids[name])
            nowhere = ask(client, method, route, name, uuid4())
            if there != nowhere or there[0] not in (403, 404):
                told.append((method, route, there, nowhere))

    assert told == []
    after = state()
    assert [label for label, rows in after.items() if rows != before[label]] == []


def test_each_of_them_reaches_rows_of_their_own(worlds):
    """Else the refusals above would say nothing."""
    own, _foreign = worlds
    clients = callers(own)
    reads = {
        "crew": ("api/v1/assignments/<uuid:assignment_id>", "api/v1/alerts/<uuid:alert_id>"),
        "official": ("api/v1/notices/<uuid:notice_id>",),
        "operator": (
            "api/v1/desk/incidents/<uuid:incident_id>",
            "api/v1/desk/assignments/<uuid:assignment_id>",
        ),
    }

    for who, routes in reads.items():
        for route in routes:
            name = next(name for one, _view, name in DOORS if one == route)
            assert ask(clients[who], "get", route, name, own.ids[name])[0] == 200, (who, route)


@pytest.mark.parametrize("credential", ["none", "nonsense", "revoked", "tracking", "basic"])
def test_strangers_get_through_no_door(worlds, credential):
    own, _foreign = worlds
    device = make_device(own.crew, revoked_at=own.assignment.dispatched_at)
    header = {
        "none": {},
        "nonsense": {"Authorization": "Bearer gd1_" + "A" * 43},
        "revoked": {"Authorization": f"Bearer {device.token}"},
        "tracking": {"Authorization": "Bearer gt1_" + "A" * 32},
        "basic": {"Authorization": "Basic YWRtaW46YWRtaW4="},
    }[credential]
    client = APIClient(headers=header)
    before = state()

    statuses = {
        ask(client, method, route, name, own.ids[name])[0]
        for route, view, name in DOORS
        for method in taken(view)
    }

    assert statuses == {401}
    assert state() == before


def test_a_token_of_one_kind_opens_no_door_of_another(worlds):
    own, _foreign = worlds
    crew, official = client_of(own.crew), client_of(own.official)
    desk = client_of(in_group("dispatcher"))
    wrong = []
    for route, view, name in DOORS:
        for method in taken(view):
            is_desk, is_notice = "/desk/" in route, "/notices" in route
            for who, client, mine in (
                ("crew", crew, not is_desk and not is_notice),
                ("official", official, is_notice or name in ("drill_id", "probe")),
                ("desk", desk, is_desk),
            ):
                if not mine:
                    status = ask(client, method, route, name, own.ids[name])[0]
                    if status not in (403, 404):
                        wrong.append((who, method, route, status))

    assert wrong == []
