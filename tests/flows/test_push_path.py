"""A phone whose socket is closed is woken by push, and red shows where nothing answers."""

import time

import pytest

from notifications.policy import PUSH
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


def states(desk, assignment, channel, phone):
    """Return how the rows of one phone went, oldest first; the rest of the crew has none."""
    rows = [row for row in ledger(desk, assignment) if row["channel"] == channel]
    return [row["state"] for row in rows if (row["device"] or {}).get("id") == phone.device_id]


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
    until(lambda: "received" in states(desk, assignment, "socket", phone), 5)

    assert before is None
    assert states(desk, assignment, "push", phone) == ["accepted"]
    assert len(firebase.accepted) == 1
    assert desk.call("GET", f"assignments/{assignment['id']}")[1]["delivered_at"] is not None
    said = str(firebase.accepted)
    assert "token-of-damkar-1" in said
    assert "Rumah" not in said


def delivery_deadlines(desk, incident):
    events = desk.call("GET", f"incidents/{incident['id']}/timeline")[1]["results"]
    return [event for event in events if event["data"].get("deadline") == "delivery"]


def test_no_receipt_is_red_within_thirty_seconds(server, desk, firebase):
    firebase.mood = Mood.UNAVAILABLE
    unit = desk.unit("Damkar 2")
    phone = sleeping_phone(server, unit, "token-of-damkar-2")

    incident = desk.opens(**PLACE)
    assignment = desk.sends(unit, incident)[1]
    until(lambda: delivery_deadlines(desk, incident), 30)
    until(lambda: "dead" in states(desk, assignment, "push", phone), 30)

    assert len(delivery_deadlines(desk, incident)) == 1
    assert desk.call("GET", f"assignments/{assignment['id']}")[1]["delivered_at"] is None
    posts = [post for post in firebase.posts if "token-of-damkar-2" in str(post)]
    assert [post.mood for post in posts] == [Mood.UNAVAILABLE.value] * PUSH.posts_max
    assert states(desk, assignment, "push", phone) == ["retry", "retry", "dead"]
    assert "received" not in [row["state"] for row in ledger(desk, assignment)]
