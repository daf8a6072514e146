"""From a call to a proof, through public doors only, against the real server in its own process."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from responders.wire_time import to_wire
from tests.drama import Gps
from tests.server import Desk, Phone, Server

pytestmark = pytest.mark.embedded

PLACE = {"lat": -0.800065, "lon": 100.64983}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("gerak112")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def desk(server):
    return Desk(server)


def now():
    return datetime.now(UTC)


def drives_until_proven(phone, desk, assignment, *, seconds=90):
    """Drive at 15 m/s with a check-in every two seconds until the desk sees a verdict."""
    gps, began = Gps(device=None), now()
    while now() - began < timedelta(seconds=seconds):
        gps.north_m = 15.0 * (now() - began).total_seconds()
        item = gps.fix(now(), speed_mps=15.0)
        body = {"check_ins": [item], "sent_at": to_wire(now())}
        status, answer = phone.call("POST", "/api/v1/check-ins", body)
        assert (status, answer["results"][0]["status"]) == (200, "stored")
        shown = desk.call("GET", f"assignments/{assignment['id']}")[1]["movement"]
        if shown["verdict"] != "pending":
            return shown
        time.sleep(2)
    raise AssertionError("never judged")


def press(phone, assignment, word, **body):
    path = f"/api/v1/assignments/{assignment['id']}/{word}"
    return phone.call("POST", path, {"at": to_wire(now())} | body)


def eventually(read, wanted, seconds=15):
    deadline = time.monotonic() + seconds
    while (found := read()) != wanted:
        assert time.monotonic() < deadline, f"{found!r} never became {wanted!r}"
        time.sleep(0.1)


def test_from_the_call_to_the_proof(server, desk):
    unit = desk.unit("Damkar 1")
    phone = Phone(server, unit["crew"][0]["username"])
    lurah = Phone(server, "lurah-13.72.01.1004")
    camat = Phone(server, "camat-13.72.01")
    elsewhere = Phone(server, "lurah-13.72.02.1006")
    for listener in (phone, lurah, camat):
        listener.listen()

    ringing, answered = now() - timedelta(seconds=30), now() - timedelta(seconds=20)
    call_id = f"pbx-{uuid4()}"
    server.rings(call_id, "ringing", to_wire(ringing), caller="0812-3456-7890")
    server.rings(call_id, "answered", to_wire(answered))
    incident = desk.opens(call_id=call_id, landmark="dekat masjid", **PLACE)
    committed = time.monotonic()
    status, assignment = desk.sends(unit, incident)
    event = phone.waits_for("assignment.dispatched", seconds=5)
    heard_s = time.monotonic() - committed

    assert status == 201
    assert heard_s < 2.0
    assert event["data"]["incident"]["caller"] == {"name": "", "phone": "+6281234567890"}
    assert event["data"]["reported_at"] == to_wire(answered)
    ledger = f"assignments/{assignment['id']}/deliveries"
    mine = f"assignments/{assignment['id']}"
    eventually(lambda: desk.call("GET", mine)[1]["delivered_at"] is not None, True)
    states = {(row["channel"], row["state"]) for row in desk.call("GET", ledger)[1]}
    assert ("socket", "received") in states

    assert press(phone, assignment, "acknowledge")[0] == 200
    assert press(phone, assignment, "en-route")[0] == 200
    movement = drives_until_proven(phone, desk, assignment)
    assert movement["verdict"] == "moved"
    assert assignment["dispatched_at"] <= movement["moved_at"] <= assignment["move_by"]
    assert len(movement["evidence"]) >= 3

    assert press(phone, assignment, "on-scene")[0] == 200
    assert press(phone, assignment, "complete")[0] == 200
    close = f"incidents/{incident['id']}/close"
    assert desk.call("POST", close, {"disposition": "handled"})[1]["state"] == "closed"

    for official in (lurah, camat):
        notice = official.waits_for("notice.issued", seconds=15)["data"]
        assert notice["incident_number"] == incident["number"]
        assert "0812" not in str(notice)
        assert "masjid" not in str(notice)
    assert elsewhere.call("GET", "/api/v1/notices")[1]["results"] == []
    (mine,) = lurah.call("GET", "/api/v1/notices")[1]["results"]
    assert (
        lurah.call("POST", f"/api/v1/notices/{mine['id']}/read", {"at": to_wire(now())})[0] == 200
    )
    answer = {"id": str(uuid4()), "at": to_wire(now()), "condition": "safe"}
    assert lurah.call("POST", f"/api/v1/notices/{mine['id']}/answer", answer)[0] == 201
    assert elsewhere.call("GET", f"/api/v1/notices/{mine['id']}")[0] == 404


def test_the_stream_of_a_revoked_phone_ends(server, desk):
    unit = desk.unit("Damkar 2")
    phone = Phone(server, unit["crew"][0]["username"])
    phone.listen()

    assert phone.call("DELETE", "/api/v1/me/device")[0] == 204
    began = time.monotonic()
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            phone.hear(10)

    assert closed.value.rcvd.code == 4403
    assert time.monotonic() - began < 5
    assert phone.call("GET", "/api/v1/me")[0] == 401


def test_two_dispatchers_send_the_same_unit_and_one_wins(server, desk):
    unit = desk.unit("Rescue 1")
    incidents = [desk.opens(**PLACE) for _ in range(6)]
    answers = []

    threads = [
        threading.Thread(target=lambda i=i: answers.append(desk.sends(unit, i))) for i in incidents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(status for status, _ in answers) == [201] + [409] * 5
    assert {body["code"] for status, body in answers if status == 409} == {"unit_busy"}


def test_a_stranger_on_the_stream_is_told_nothing(server):
    stranger = Phone.__new__(Phone)
    stranger.server, stranger.token, stranger.seq, stranger.events = (
        server,
        "gd1_" + "x" * 43,
        0,
        [],
    )

    with pytest.raises(ConnectionClosed) as closed:
        stranger.listen()

    assert closed.value.rcvd.code == 4401
