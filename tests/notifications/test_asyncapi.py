"""The document of the sockets says what the sockets say, and nothing else."""

import asyncio
import importlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from incidents.services.alerts import answer_alert, raise_alert
from incidents.services.dispatch import cancel_assignment
from incidents.services.intake import update_incident
from incidents.services.response import take_step
from notifications.audience import ROUTES
from notifications.consumers import sign_in, stream, tailing
from notifications.hub import TOO_MANY_SOCKETS
from notifications.models import Official
from notifications.policy import STREAM
from notifications.routing import websocket_urlpatterns
from notifications.services.drills import call_drill, end_drill
from notifications.services.notices import plan_notices
from tests.asyncapi import DOCUMENT, faults_of, schemas_of
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
from tests.notifications.phones import in_database, phone_on
from tests.notifications.test_board_consumer import _quick, leave, opened
from tests.notifications.test_board_consumer import sign_in as staff_cookie

assert _quick  # the board's short pauses, for the test of its frames
pytestmark = pytest.mark.django_db(transaction=True)


def now():
    return datetime.now(UTC)


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere():
    for reference in set(references(DOCUMENT)):
        place = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_it_names_the_doors_that_there_are():
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert sorted(channel["address"] for channel in DOCUMENT["channels"].values()) == sorted(
        f"/{route.pattern}" for route in websocket_urlpatterns
    )


def test_it_names_every_kind_of_event():
    kinds = DOCUMENT["components"]["schemas"]["Event"]["properties"]["kind"]["enum"]

    assert set(kinds) == {route.wire for route in ROUTES.values()}


def test_it_names_the_close_codes():
    codes = DOCUMENT["channels"]["stream"]["x-close-codes"]
    ours = (
        stream.BAD_CLIENT,
        sign_in.UNKNOWN,
        sign_in.REVOKED,
        tailing.TOO_SLOW,
        TOO_MANY_SOCKETS,
        tailing.SERVER_FAULT,
        1012,
    )

    assert set(codes) == {str(code) for code in ours}


def test_every_type_it_names_exists_with_those_fields():
    named = {
        name: schema["x-python"]
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if "x-python" in schema
    }
    assert named
    for name, path in named.items():
        module, _dot, attribute = path.rpartition(".")
        struct = getattr(importlib.import_module(module), attribute)
        told = set(DOCUMENT["components"]["schemas"][name]["properties"]) - {"type"}
        assert told == {field.name for field in msgspec.structs.fields(struct)}


@in_database
def world():
    unit = make_unit()
    person = crew_of(unit)[0]
    head = make_user(role="official")
    area = make_area()
    Official.objects.create(user=head, area=area, starts_at=now())
    assignment = make_assignment(unit=unit, incident=make_incident(now=now(), areas=[area]))
    return assignment, person, make_device(person), make_device(head)


@in_database
def story(assignment, person):
    """Let one of everything happen that a phone can hear of."""
    take_step(assignment=assignment, step="acknowledged", at=now(), actor=person, now=now())
    update_incident(
        incident=assignment.incident,
        changes={"summary": "Rumah dan kedai"},
        areas=None,
        actor=None,
        now=now(),
    )
    alert = raise_alert(alert_id=uuid4(), kind="backup", at=now(), actor=person, now=now())
    answer_alert(alert=alert, actor=make_staff(), now=now())
    end_drill(
        drill=call_drill(scope="duty", title="Latihan", actor=None, now=now()),
        actor=None,
        now=now(),
    )
    plan_notices(assignment.incident_id, now())
    cancel_assignment(assignment=assignment, reason="Sudah padam", actor=None, now=now())


async def test_every_frame_of_a_phones_story_is_named(monkeypatch):
    monkeypatch.setattr(tailing, "STREAM", replace(STREAM, heartbeat_s=0.1))
    assignment, person, device, official = await world()
    await story(assignment, person)
    frames = []
    fix = {"id": str(uuid4()), "recorded_at": now().isoformat(), "lat": -0.8, "lon": 100.65}
    async with phone_on(device.token) as phone:
        frames += await phone.resume()
        newest = frames[-1]["seq"]
        await phone.say("received", seq=newest)
        await phone.say("seen", seq=newest)
        await phone.say("status", unsent=2, battery_pct=50)
        await phone.say("check_ins", ref=7, check_ins=[fix, {"id": "x"}])
        frames += await phone.hear_until("check_ins_result")
        await phone.say("what?")
        frames += await phone.hear_until("error")
        frames += await phone.hear_until("heartbeat")
        await phone.say("resume", after=10**6)
        frames += await phone.hear_until("reset")
    async with phone_on(official.token) as phone:
        frames += await phone.resume()

    assert [(frame, faults) for frame in frames if (faults := faults_of(frame, "phoneHears"))] == []
    assert {frame["type"] for frame in frames} == set(schemas_of("phoneHears"))
    heard = {frame["kind"] for frame in frames if frame["type"] == "event"}
    assert heard >= {
        "assignment.dispatched",
        "assignment.updated",
        "assignment.cancelled",
        "incident.updated",
        "notice.issued",
        "alert.updated",
        "drill.called",
        "drill.ended",
    }


async def test_what_it_lets_a_phone_say_is_understood_and_nothing_else():
    _assignment, _person, device, _official = await world()
    answers = {}
    async with phone_on(device.token) as phone:
        for kind in [*schemas_of("phoneSays"), "ping"]:
            await phone.say(kind)
            answers[kind] = (await phone.hear())["code"]

    assert {kind for kind, code in answers.items() if code == "unknown_type"} == {"ping"}


async def test_every_frame_of_the_board_is_named():
    assignment, person, _device, _official = await world()
    cookie = await in_database(lambda: staff_cookie(make_staff()))()
    screen, snapshot = await opened(cookie)
    await in_database(
        lambda: raise_alert(alert_id=uuid4(), kind="emergency", at=now(), actor=person, now=now())
    )()
    frames = [snapshot]
    async with asyncio.timeout(10):
        while not {"change", "heartbeat"} <= {frame["type"] for frame in frames} or not any(
            frame.get("alerts") for frame in frames
        ):
            frames.append(json.loads((await screen.receive_output(5))["text"]))
    await leave(screen)

    assert [(frame, faults) for frame in frames if (faults := faults_of(frame, "screenSees"))] == []
