"""`manage.py serve` from start to end, as a process."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START_S = 90.0
KEPT_OUT = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "GERAK_SSL_REDIRECT")


class Served:
    """A server of its own data folder and port."""

    def __init__(self, folder):
        self.port = free_port()
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in KEPT_OUT},
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "GERAK_DATA_DIR": str(folder),
            "GERAK_PORT": str(self.port),
            "DEMO": "0",
        }
        self.log = folder.parent / "serve.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self):
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return self.get("/readyz")
            except OSError:
                time.sleep(0.2)
        raise AssertionError(self.log.read_text())

    def get(self, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).read()

    def post(self, path, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        return json.load(urllib.request.urlopen(request, timeout=5))

    def manage(self, *command):
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    server = Served(tmp_path_factory.mktemp("serve") / "data")
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.process.kill()
        server.process.wait()


def test_the_first_run_prints_logins_and_keeps_them_for_the_owner_alone(served):
    kept = served.folder / "logins.txt"

    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text() in served.log.read_text()
    assert [line.split()[0] for line in kept.read_text().splitlines()][:4] == [
        "admin",
        "supervisor",
        "dispatcher",
        "calltaker",
    ]


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_what_would_write_beside_it_is_refused_with_one_sentence(served, command):
    done = served.manage(command)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"CommandError: Another Gerak 112 process ({served.process.pid}) is using {served.folder}. "
        "Stop it first, or choose another folder with GERAK_DATA_DIR."
    )


def test_codes_tokens_and_the_doctor_work_beside_it(served):
    token = served.manage("service_token", "dispatcher")
    doctor = served.manage("doctor")
    nobody = served.manage("enrol_code", "nobody")

    assert (token.returncode, len(token.stdout.splitlines())) == (0, 1)
    assert (doctor.returncode, "The sweeper lives." in doctor.stdout) == (0, True)
    assert (nobody.returncode, nobody.stdout) == (1, "")


def test_a_socket_from_another_page_is_refused(served):
    with (
        pytest.raises(Exception, match="HTTP 403"),
        connect(f"ws://127.0.0.1:{served.port}/ws/board/", origin="http://evil.example"),
    ):
        pass


def test_it_ends_in_order_and_tells_the_phones(served):
    code = served.manage("enrol_code", "damkar-1-a").stdout.splitlines()[-1]
    phone = served.post(
        "/api/v1/devices/enrol", {"code": code, "name": "Redmi", "platform": "android"}
    )
    header = {"Authorization": f"Bearer {phone['token']}"}
    with connect(f"ws://127.0.0.1:{served.port}/ws/stream/", additional_headers=header) as stream:
        stream.send('{"type": "resume", "after": 0}')
        assert json.loads(stream.recv(5))["type"] == "welcome"

        served.process.send_signal(signal.SIGTERM)

        with pytest.raises(ConnectionClosed) as closed:
            while True:
                stream.recv(9)
    assert closed.value.rcvd.code == 1012
    assert served.process.wait(12) == 0
    assert served.log.read_text().splitlines()[-1] == "Stopped."
