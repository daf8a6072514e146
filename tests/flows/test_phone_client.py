"""The client of the documents does what they say, against the real server."""

import subprocess
import sys
import time

import pytest

from tests.server import ROOT, Desk, Server

pytestmark = pytest.mark.embedded
CLIENT = ROOT / "docs" / "phone-client.py"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("phone-client")).start()
    yield server
    server.stop()


def eventually(read, seconds=90):
    deadline = time.monotonic() + seconds
    while not (found := read()):
        assert time.monotonic() < deadline
        time.sleep(0.3)
    return found


def test_it_is_typed():
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "/dev/null", str(CLIENT)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout


def test_it_enrols_hears_answers_and_proves_that_it_moved(server, tmp_path):
    desk = Desk(server)
    unit = desk.unit("Damkar 1")
    code = server.code_for(unit["crew"][0]["username"])
    log = (tmp_path / "client.log").open("w+")
    client = subprocess.Popen(
        [sys.executable, str(CLIENT), f"http://127.0.0.1:{server.port}", code],
        cwd=tmp_path,
        stdout=log,
        stderr=log,
    )
    try:
        eventually(lambda: desk.unit("Damkar 1")["reachable"])
        assignment = desk.sends(unit, desk.opens(lat=-0.78, lon=100.66))[1]
        mine = f"assignments/{assignment['id']}"

        proven = eventually(
            lambda: (
                (shown := desk.call("GET", mine)[1])["movement"]["verdict"] != "pending" and shown
            )
        )
        ledger = desk.call("GET", f"{mine}/deliveries")[1]
    finally:
        client.kill()
        client.wait()
    log.seek(0)

    assert (proven["state"], proven["movement"]["verdict"]) == ("en_route", "moved")
    assert {row["state"] for row in ledger} >= {"sent", "received", "seen", "answered"}
    assert "assignment.dispatched" in log.read()
