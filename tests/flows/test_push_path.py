"""A phone whose socket is closed is woken by push, and red shows where nothing answers."""

import time
from datetime import UTC, datetime

import pytest

from responders.wire_time import to_wire
from tests.fcm_standin import FcmStandin, Mood
from tests.server import Desk, Phone, Server

pytestmark = pytest.mark.embedded

PLACE = {"lat": -0.800065, "lon": 100.64983}


@pytest.fixture(scope="module")
def firebase(tmp_path_factory):
    with FcmStandin(tmp_path_factory.mktemp("fcm") / "account.json") as standin:
        yield standin


@pytest.fixture(scope="module")
def server(tmp_path_factory, firebase):
    server = Server(
        tmp_path_factory.mktemp("push"),
        GERAK_FCM_CREDENTIALS=str(firebase.credentials_path),
        GERAK_FCM_URL=firebase.url,
    ).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def desk(server):
    return Desk(server)


def ledger(desk, assignment):
    return desk.call("GET", f"assignments/{assignment['id']}/deliveries")[1]


def states(desk, assignment, channel):
    return [row["state"] for row in ledger(desk, assignment) if row["channel"] == channel]


def until(read, seconds):
    deadline = time.monotonic() + seconds
    while not read():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def sleeping_phone(server, unit, token):
    phone = Phone(server, unit["crew"][0]["username"])
    assert phone.call("PUT", "/api/v1/me/push-token", {"push_token": token})[0] in (200, 204)
    return phone


def test_a_sleeping_phone_is_woken_and_its_own_receipt_makes_it_green(server, desk, firebase):
    unit = desk.unit("Damkar 1")
    phone = sleeping_phone(server, unit, "token-of-damkar-1")

    assignment = desk.sends(unit, desk.opens(**PLACE))[1]
    until(lambda: firebase.accepted, 10)
    before = desk.call("GET", f"assignments/{assignment['id']}")[1]["delivered_at"]
    phone.listen()
    until(lambda: "received" in states(desk, assignment, "socket"), 5)

    assert before is None
    assert "accepted" in states(desk, assignment, "push")
    assert desk.call("GET", f"assignments/{assignment['id']}")[1]["delivered_at"] is not None
    said = str(firebase.accepted)
    assert "token-of-damkar-1" in said
    assert "Rumah" not in said


def test_no_receipt_is_red_within_thirty_seconds(server, desk, firebase):
    firebase.mood = Mood.UNAVAILABLE
    unit = desk.unit("Damkar 2")
    sleeping_phone(server, unit, "token-of-damkar-2")
    sent_at = datetime.now(UTC)

    incident = desk.opens(**PLACE)
    assignment = desk.sends(unit, incident)[1]
    path = f"incidents/{incident['id']}/timeline"
    until(
        lambda: [
            event
            for event in desk.call("GET", path)[1]["results"]
            if event["data"].get("deadline") == "delivery"
        ],
        30,
    )

    assert to_wire(sent_at) < to_wire(datetime.now(UTC))
    assert desk.call("GET", f"assignments/{assignment['id']}")[1]["delivered_at"] is None
    posts = [post for post in firebase.posts if "token-of-damkar-2" in str(post)]
    assert 1 <= len(posts) <= 3
    assert set(states(desk, assignment, "push")) <= {"planned", "sent", "retry", "dead"}
