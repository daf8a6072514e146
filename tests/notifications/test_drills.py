"""A drill goes the way of a real alarm, is taken for none, and counts who answered."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from incidents.models import Assignment, IncidentEvent
from notifications.errors import DrillOpen, NobodyToAlarm
from notifications.messages import push_message
from notifications.models import Delivery, Drill, DrillReply, Official
from notifications.services.delivery import Inline, deliver_due
from notifications.services.drills import call_drill, drills_due, end_drill
from responders.wire_time import to_wire
from tests.factories import (
    crew_of,
    make_agency,
    make_area,
    make_device,
    make_staff,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def call(scope="duty", **over):
    told = {"title": "Latihan: uji alarm", "actor": make_staff(), "now": timezone.now()} | over
    return call_drill(scope=scope, **told)


def called():
    rows = Delivery.objects.filter(event__kind="drill.called")
    return set(rows.values_list("person_id", flat=True))


def reply(client, drill, **over):
    body = {"id": str(uuid4()), "at": to_wire(timezone.now())} | over
    return client.post(f"/api/v1/drills/{drill.pk}/reply", body, format="json")


def events(client):
    found = client.get("/api/v1/events").json()["events"]
    return [(event["kind"], event["data"]["state"]) for event in found]


def test_everybody_on_duty_is_called_and_nobody_off_duty():
    on = make_unit(crew=2)
    make_unit(duty_status="off_duty")
    make_unit(duty_status="out_of_service")

    call()

    assert called() == {person.pk for person in crew_of(on)}


def test_a_drill_of_an_agency_or_of_the_officials_goes_to_them_alone():
    mine, head = make_unit(agency=make_agency("bpbd")), make_user(role="official")
    make_unit(agency=make_agency("damkar"))
    Official.objects.create(user=head, area=make_area(), starts_at=timezone.now())

    first = call("agency", agency=mine.agency)
    agency = called()
    end_drill(drill=first, actor=None, now=timezone.now())
    second = call("officials")

    assert agency == {person.pk for person in crew_of(mine)}
    assert called() - agency == {head.pk}
    assert (first.agency, second.agency) == (mine.agency, None)


def test_nobody_there_is_said_and_no_second_drill_runs_beside_the_first():
    with pytest.raises(NobodyToAlarm):
        call()
    make_unit()
    call()

    with pytest.raises(DrillOpen):
        call()

    assert Drill.objects.count() == 1
    assert IncidentEvent.objects.filter(kind="drill.called").count() == 1


def test_the_phone_hears_it_under_its_own_name_and_its_end(phone_of):
    unit = make_unit()
    client = phone_of(crew_of(unit)[0])
    drill = call(text="Tekan terima.")
    end_drill(drill=drill, actor=None, now=timezone.now())

    heard = client.get("/api/v1/events").json()["events"]

    drill.refresh_from_db()
    assert [event["kind"] for event in heard] == ["drill.called", "drill.ended"]
    assert heard[0]["data"] == {
        "id": str(drill.pk),
        "title": "Latihan: uji alarm",
        "text": "Tekan terima.",
        "called_at": to_wire(drill.called_at),
        "ended_at": to_wire(drill.ended_at),
        "state": "ended",
    }
    assert not Assignment.objects.exists()


def test_the_push_says_drill_first_and_carries_nothing_else():
    device = make_device(crew_of(make_unit())[0], push_token="address")
    drill = call()

    message = push_message(Delivery.objects.get(), device)

    assert message.title == "LATIHAN – bukan kejadian"
    assert message.data == {
        "kind": "drill.called",
        "seq": str(Delivery.objects.get().event_id),
        "drill_id": str(drill.pk),
    }
    assert (message.urgent, message.collapse_key) == (True, f"drill-{drill.pk}")


def test_it_climbs_by_push_like_an_alarm_and_stops_when_it_is_over(settings):
    make_device(crew_of(make_unit())[0], push_token="address", push_token_at=timezone.now())
    drill = call()
    delivery = Delivery.objects.get()
    due_at = delivery.next_attempt_at
    end_drill(drill=drill, actor=None, now=timezone.now())

    deliver_due(timezone.now(), pool=Inline())

    delivery.refresh_from_db()
    assert due_at - delivery.planned_at < timedelta(seconds=1)
    assert (delivery.next_attempt_at, delivery.attempts.count()) == (None, 0)


def test_a_reply_counts_once_and_settles_the_ledger(phone_of):
    unit = make_unit()
    client, drill = phone_of(crew_of(unit)[0]), call()
    body = {"id": str(uuid4())}

    first, again, second = reply(client, drill, **body), reply(client, drill, **body), None
    second = reply(client, drill)

    assert [answer.status_code for answer in (first, again, second)] == [200, 200, 200]
    assert {answer.json()["replied_at"] for answer in (first, again, second)} == {
        to_wire(DrillReply.objects.get().received_at)
    }
    delivery = Delivery.objects.get()
    assert delivery.answered_at == delivery.received_at is not None
    assert delivery.next_attempt_at is None
    assert client.get("/api/v1/drills?state=open").json()["results"][0]["replied_at"] is not None


def test_a_reply_id_of_another_drill_is_refused(phone_of):
    unit = make_unit()
    client, first, body = phone_of(crew_of(unit)[0]), call(), {"id": str(uuid4())}
    reply(client, first, **body)
    end_drill(drill=first, actor=None, now=timezone.now())

    answer = reply(client, call(), **body)

    assert (answer.status_code, answer.json()["code"]) == (409, "id_reused")


def test_who_was_not_called_can_neither_see_nor_answer(phone_of):
    make_unit()
    outsider = phone_of(make_user())
    drill = call()

    assert reply(outsider, drill).status_code == 404
    assert outsider.get("/api/v1/drills").json()["results"] == []
    assert not DrillReply.objects.exists()


def test_a_forgotten_drill_ends_by_itself():
    make_unit()
    drill = call()

    ended = [drills_due(drill.called_at + timedelta(seconds=s)) for s in (1799, 1800, 1801)]

    drill.refresh_from_db()
    assert (ended, drill.state, drill.ended_by) == ([0, 1, 0], "ended", None)


def test_a_supervisor_calls_it_watches_it_and_ends_it(client, phone_of):
    unit = make_unit()
    phone = phone_of(crew_of(unit)[0])
    client.force_login(make_staff())
    form = {"scope": "duty", "agency": "", "title": "Latihan Selasa", "text": ""}

    started = client.post("/admin/notifications/drill/add/", form)
    drill = Drill.objects.get()
    reply(phone, drill)
    page = client.get(started["Location"]).content.decode()
    again = client.post("/admin/notifications/drill/add/", form, follow=True).content.decode()
    client.post(f"/admin/notifications/drill/{drill.pk}/do/end/")

    assert "LATIHAN – bukan kejadian" in page
    assert str(crew_of(unit)[0]) in page
    assert "gerak/drill.js" in page
    assert "Masih ada latihan yang berlangsung" in again
    drill.refresh_from_db()
    assert (drill.state, Drill.objects.count()) == ("ended", 1)
