"""A body that names every column changes no more than one that names what is documented."""

from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from incidents.models import Assignment, Call, Incident
from responders.models import CheckIn, Device, User
from responders.services.enrolment import issue_code
from tests.factories import crew_of, make_device, make_service_token, make_type, make_unit
from tests.incidents.test_admin_pages import lists
from tests.responders.phones import item

pytestmark = pytest.mark.django_db
EVIL = {"state": "closed", "role": "staff", "is_staff": True, "is_superuser": True}
# What the contract lets somebody say, of an incident, a step and a check-in.
DOCUMENTED = {
    *("priority", "address", "landmark", "lat", "lon", "call_id", "areas", "caller"),
    *("answered_at", "note", "reason", "is_mock", "source", "accuracy_m", "speed_mps"),
    *("heading_deg", "altitude_m", "battery_pct", "recorded_at", "sent_at"),
}


def superset(body):
    """Return every column of every table, over which lies what the body says."""
    names = {field.attname for model in lists() for field in model._meta.concrete_fields}
    return dict.fromkeys(names - DOCUMENTED, 1) | EVIL | body


def shape(row, *without):
    """Return what stands in a row, but for keys, digests and times, which are each row's own."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.is_relation
        and field.name not in {"id", "number", "hash", "previous_hash", "salt", *without}
        and not field.name.startswith("offset_")
        and not field.name.endswith(("_at", "_by", "digest", "client_id"))
    }


@pytest.fixture
def desk():
    make_type()
    return APIClient(headers={"Authorization": f"Bearer {make_service_token()}"})


def opened(desk, whole):
    body = {"id": str(uuid4()), "type": "kebakaran_bangunan", "summary": "Rumah terbakar"}
    answer = desk.post("/api/v1/desk/incidents", superset(body) if whole else body, format="json")
    assert answer.status_code == 201
    return Incident.objects.get(pk=answer.json()["id"])


def test_of_an_incident_and_its_call(desk):
    plain, evil = opened(desk, False), opened(desk, True)

    assert shape(evil) == shape(plain)
    assert shape(evil.calls.get(), "call_id") == shape(plain.calls.get(), "call_id")
    assert Call.objects.count() == 2


def test_of_an_assignment_and_of_a_step(desk):
    made = []
    for whole in (False, True):
        body = {"id": str(uuid4()), "unit": make_unit().pk}
        path = f"/api/v1/desk/incidents/{opened(desk, False).pk}/assignments"
        answer = desk.post(path, superset(body) if whole else body, format="json")
        assignment = Assignment.objects.get(pk=answer.json()["id"])
        phone = make_device(crew_of(assignment.unit)[0])
        client = APIClient(headers={"Authorization": f"Bearer {phone.token}"})
        step = {"at": "2026-11-24T03:00:00Z"}
        path = f"/api/v1/assignments/{assignment.pk}/acknowledge"
        client.post(path, superset(step) if whole else step, format="json")
        made.append(shape(Assignment.objects.get(pk=assignment.pk)))

    assert made[1] == made[0]
    assert made[1]["state"] == "acknowledged"


def test_of_a_check_in_and_of_its_phone():
    phone = make_device(crew_of(make_unit())[0])
    client = APIClient(headers={"Authorization": f"Bearer {phone.token}"})
    before = shape(Device.objects.get(), "chain_head")

    for sent in (item(), superset(item()) | {"device_id": str(uuid4()), "source_auth": "strong"}):
        answer = client.post("/api/v1/check-ins", {"check_ins": [sent]}, format="json")
        assert answer.json()["results"][0]["status"] == "stored"

    plain, evil = map(shape, CheckIn.objects.order_by("pk"))
    assert evil == plain
    assert {row.device_id for row in CheckIn.objects.all()} == {phone.pk}
    after = shape(Device.objects.get(), "chain_head")
    assert {k for k in after if after[k] != before[k]} <= {
        name for name in after if name.startswith(("last_", "clock_", "offset_"))
    }


def test_of_whoever_enrols():
    user = crew_of(make_unit())[0]
    before = shape(user)
    code = issue_code(user=user, actor=None, now=timezone.now())

    body = superset({"code": code, "name": "Redmi", "platform": "android"})
    answer = APIClient().post("/api/v1/devices/enrol", body, format="json")

    assert answer.json()["person"]["role"] == "crew"
    assert shape(User.objects.get(pk=user.pk)) == before
    assert shape(Device.objects.get())["platform"] == "android"
