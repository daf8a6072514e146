"""What every door of the wire answers alike: a limit that is none, another kind of caller."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from incidents.models import ServiceToken
from incidents.services.service_tokens import revoke_service_token
from tests.factories import crew_of, make_assignment, make_service_token, make_unit, make_user
from tests.responders.doors import through_the_short_way

pytestmark = pytest.mark.django_db

LISTS = {
    "/api/v1/check-ins": "crew",
    "/api/v1/assignments": "crew",
    "/api/v1/events": "crew",
    "/api/v1/notices": "official",
    "/api/v1/desk/incidents": "desk",
}
CREW_DOORS = ("/api/v1/me", "/api/v1/assignments", "/api/v1/check-ins", "/api/v1/events")


@pytest.fixture
def ask(phone_of, desk):
    crew = crew_of(make_assignment(unit=make_unit()).unit)[0]
    clients = {"crew": phone_of(crew), "official": phone_of(make_user(role="official"))}
    clients["desk"] = desk
    return lambda path, **query: clients[LISTS[path]].get(path, query)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("limit", "code"), [("abc", "not_a_number"), ("", "not_a_number"), ("0", "out_of_range")]
)
def test_a_limit_that_is_none_is_refused_alike(ask, path, limit, code):
    answer = ask(path, limit=limit)

    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("limit", code)]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["1", "9" * 30])
def test_a_limit_above_the_maximum_is_clamped(ask, path, limit):
    assert ask(path, limit=limit).status_code == 200


@pytest.mark.parametrize("path", CREW_DOORS)
def test_a_service_token_at_a_crew_door_has_the_wrong_role(path):
    client = APIClient(headers={"Authorization": f"Bearer {make_service_token()}"})

    answer = client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_role")


@pytest.mark.parametrize("path", CREW_DOORS)
def test_a_revoked_service_token_is_a_stranger_there(path):
    text = make_service_token()
    revoke_service_token(token=ServiceToken.objects.get(), now=timezone.now())

    answer = APIClient(headers={"Authorization": f"Bearer {text}"}).get(path)

    assert answer.status_code == 401


@pytest.mark.django_db(transaction=True)
def test_the_short_way_of_check_ins_says_the_same():
    answers = [
        through_the_short_way(b"{}", {"Authorization": f"Bearer {token}"})
        for token in (make_service_token(), "gs1_unknown")
    ]

    assert [answer.status for answer in answers] == [403, 401]
