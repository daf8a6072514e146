"""A backup of a running server, restored: an honest history of its own, and nothing lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT, Desk, Phone, Server

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(240)]


@pytest.fixture
def server(tmp_path):
    (tmp_path / "data").mkdir(mode=0o700)
    server = Server(tmp_path / "data").start()
    yield server
    server.stop()


def _refused(server, *words):
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout
    return done.stderr


def test_a_phone_of_before_gets_reset_after_a_restore_and_catches_up(server, tmp_path):
    desk = Desk(server)
    unit = desk.unit("Damkar 1")
    phone = Phone(server, unit["crew"][0]["username"])
    phone.listen()
    first = desk.sends(unit, desk.opens())[1]
    phone.waits_for("assignment.dispatched")
    photo = server.folder / "photos" / "a.jpg"
    photo.parent.mkdir(exist_ok=True)
    photo.write_bytes(b"a photo")

    backup = Path(server.manage("backup", str(tmp_path / "backups")))
    epoch_before = _epoch(phone)
    desk.call("POST", f"assignments/{first['id']}/cancel", {"reason": "uji"})
    phone.waits_for("assignment.cancelled")
    photo.unlink()
    refusal = _refused(server, "restore", str(backup))
    server.stop()
    said = server.manage_all("restore", str(tmp_path / "backups"))
    server.start()

    assert "is using" in refusal
    assert json.loads((backup / "manifest.json").read_text())["epoch"] == epoch_before
    status, body = phone.call("GET", f"/api/v1/events?after={phone.seq}&epoch={epoch_before}")
    assert (status, body["code"]) == (409, "reset")
    assert body["epoch"] != epoch_before
    assert any(body["epoch"] in line for line in said)
    open_ones = phone.call("GET", "/api/v1/assignments?state=open")[1]["results"]
    assert [one["id"] for one in open_ones] == [first["id"]]
    phone.seq = body["last_seq"]
    phone.listen()
    desk.call("POST", f"assignments/{first['id']}/cancel", {"reason": "uji lagi"})
    assert phone.waits_for("assignment.cancelled")["data"]["id"] == first["id"]
    assert photo.read_bytes() == b"a photo"
    assert "The journal holds" in server.manage("verify_journal")


def _epoch(phone):
    return phone.call("GET", f"/api/v1/events?after={phone.seq}")[1]["epoch"]


def test_a_backup_that_was_touched_is_refused_and_changes_nothing(server, tmp_path):
    backup = Path(server.manage("backup", str(tmp_path / "backups")))
    server.stop()
    key = backup / "data" / "gerak_secret_key.txt"
    key.write_text("another key")
    before = sorted(path.name for path in server.folder.iterdir())

    refusal = _refused(server, "restore", str(backup))

    assert "data/gerak_secret_key.txt" in refusal
    assert "its digest differs" in refusal
    assert sorted(path.name for path in server.folder.iterdir()) == before


def test_the_newest_backups_are_kept_and_readable_by_the_owner_alone(server, tmp_path):
    into = str(tmp_path / "b")
    made = [Path(server.manage("backup", into, "--keep", "1")) for _ in range(2)]

    assert [path.name for path in (tmp_path / "b").iterdir()] == [made[1].name]
    files = [path for path in made[1].rglob("*") if path.is_file()]
    assert made[1].stat().st_mode & 0o077 == 0
    assert {"database.sqlite3", "manifest.json", "logins.txt"} <= {path.name for path in files}
