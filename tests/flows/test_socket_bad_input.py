"""Whatever a phone says on its socket, the server answers in the contract's words and lives on."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from tests.server import Desk, Phone, Server

FRAME_MAX = 256 * 1024
ANSWERS = {"error", "welcome", "reset", "event", "caught_up", "heartbeat", "check_ins_result"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
known_types = st.sampled_from(
    ["resume", "received", "check_ins", "event", "welcome", "websocket.close", "auth", "", None]
)

pytestmark = pytest.mark.embedded
frames = st.one_of(
    json_values,
    st.fixed_dictionaries(
        {"type": known_types},
        optional={
            "after": json_values,
            "seq": json_values,
            "epoch": json_values,
            "ref": json_values,
            "check_ins": json_values,
            "sent_at": json_values,
            "server_time_seen": json_values,
        },
    ),
).map(lambda value: json.dumps(value))
texts = frames | st.text(max_size=40) | st.just('{"type": NaN}') | st.just("[" * 5000)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("socket")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def phone(server):
    unit = Desk(server).unit("Damkar 1")
    return Phone(server, unit["crew"][0]["username"])


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(said=st.lists(texts | st.binary(max_size=40), min_size=1, max_size=12))
def test_no_frame_breaks_the_socket(phone, said):
    phone.listen()
    answered, closing = [], 4400
    try:
        for frame in said:
            phone.socket.send(frame)
        phone.say({"type": "check_ins", "ref": "last word", "check_ins": []})
        while True:
            frame = json.loads(phone.socket.recv(timeout=10))
            answered.append(frame)
            if frame.get("ref") == "last word":
                break
    except ConnectionClosed as closed:
        closing = closed.rcvd.code
    finally:
        phone.socket.close()

    assert closing == 4400
    assert {frame["type"] for frame in answered} <= ANSWERS
    assert all(frame["code"] for frame in answered if frame["type"] == "error")


def test_twenty_errors_close_with_4400(phone):
    phone.listen()
    with pytest.raises(ConnectionClosed) as closed:
        for _ in range(25):
            phone.say({"type": "nonsense"})
        while True:
            phone.socket.recv(timeout=10)

    assert closed.value.rcvd.code == 4400


def test_a_frame_too_large_closes_with_4400(phone):
    phone.listen()
    with pytest.raises(ConnectionClosed) as closed:
        phone.socket.send(json.dumps({"type": "resume", "after": 0, "x": "y" * FRAME_MAX}))
        while True:
            phone.socket.recv(timeout=10)

    assert closed.value.rcvd.code == 4400


def test_a_receipt_beyond_what_was_sent_is_bad_seq(phone):
    phone.listen()
    phone.say({"type": "received", "seq": 10**9})

    frame = json.loads(phone.socket.recv(timeout=10))

    phone.socket.close()
    assert (frame["type"], frame["code"]) == ("error", "bad_seq")


def test_the_server_is_well_after_all_that(server, phone):
    assert server.call("GET", "/readyz")[0] == 200
    assert phone.call("GET", "/api/v1/me")[0] == 200
    assert "Traceback" not in server.log()
