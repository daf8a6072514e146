"""Every push we can send, as Firebase would take it and as the documents describe it."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from incidents.services.alerts import answer_alert, raise_alert
from incidents.services.closure import cancel_incident
from incidents.services.dispatch import cancel_assignment
from notifications.audience import ROUTES
from notifications.messages import push_message
from notifications.models import Delivery, Official
from notifications.senders.push import PushSender
from notifications.services.drills import call_drill
from notifications.services.notices import plan_notices
from notifications.services.probing import probe_message
from responders.models import Device, ReadinessReport
from tests.factories import (
    crew_of,
    make_area,
    make_assignment,
    make_device,
    make_incident,
    make_staff,
    make_unit,
    make_user,
)
from tests.fcm_schema import ABOUT, BadField, check_our_data
from tests.fcm_standin import fcm
from tests.server import ROOT

__all__ = ["fcm"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def everything():
    """One of every fact that is pushed; returns the phones of those who hear of it."""
    now, area = timezone.now(), make_area()
    unit, head = make_unit(), make_user(role="official")
    Official.objects.create(user=head, area=area, starts_at=now)
    phones = {
        person.pk: make_device(person, push_token=f"address-of-{person.pk}")
        for person in (crew_of(unit)[0], head)
    }
    incident = make_incident(now=now, areas=[area])
    assignment = make_assignment(unit=unit, incident=incident, now=now)
    alert = raise_alert(alert_id=uuid4(), kind="emergency", at=now, actor=crew_of(unit)[0], now=now)
    answer_alert(alert=alert, actor=make_staff(), now=now)
    call_drill(scope="duty", title="Latihan", actor=None, now=now)
    plan_notices(incident.pk, now)
    cancel_assignment(assignment=assignment, reason="Salah kirim", actor=None, now=now)
    cancel_incident(incident=incident, reason="Laporan ganda", actor=None, now=now)
    plan_notices(incident.pk, now)
    return phones


def pushed(phones):
    kinds = [kind for kind, route in ROUTES.items() if route.pushes]
    rows = Delivery.objects.filter(event__kind__in=kinds).order_by("event_id")
    return [push_message(row, phones[row.person_id]) for row in rows]


def test_firebase_takes_every_push_and_each_holds_what_is_documented(everything, fcm):
    sender = PushSender.from_file(str(fcm.credentials_path), stand_in_url=fcm.url)
    device = Device.objects.get(pk=next(iter(everything.values())).pk)
    probe = probe_message(ReadinessReport(device=device, probe=uuid4()), device)

    outcomes = [sender.send(message).state for message in [*pushed(everything), probe]]
    sender.close()

    data = [post.message["data"] for post in fcm.accepted]
    assert set(outcomes) == {"accepted"}
    for one in data:
        check_our_data(one)
    kinds = {one.get("kind") or one["type"] for one in data}
    assert kinds >= {
        "assignment.dispatched",
        "assignment.cancelled",
        "alert.updated",
        "drill.called",
        "notice.issued",
        "notice.withdrawn",
        "probe",
    }


def test_no_push_names_a_caller_or_a_place(everything):
    for message in pushed(everything):
        told = " ".join([message.title, message.body, *message.data.values()])
        assert not re.search(r"0812|Bu Ani|Rumah|100\.65", told)


def test_the_check_knows_every_kind_that_is_pushed():
    assert {route.wire for route in ROUTES.values() if route.pushes} == set(ABOUT)


def test_the_documents_name_every_key():
    told = (ROOT / "docs" / "phone-developer.md").read_text("utf-8")

    for word in [*ABOUT, *ABOUT.values(), "probe", "seq", "title", "body"]:
        assert f"`{word}`" in told, word


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "assignment.dispatched", "seq": "1"},
        {"kind": "assignment.updated", "seq": "1", "assignment_id": str(uuid4())},
        {"type": "probe", "probe": "x"},
        {"kind": "drill.called", "seq": "1", "drill_id": str(uuid4()), "caller": "0812"},
    ],
)
def test_what_is_not_ours_is_refused(data):
    with pytest.raises(BadField):
        check_our_data({"title": "t", "body": "b"} | data if data else data)
