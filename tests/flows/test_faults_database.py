"""A full disk under PostgreSQL, and an old backup put in its place, in the production shape.

Asked for: `make faults`, or GERAK_TEST_KILLS=1 python -m pytest -s FILE
"""

import signal
import time
from collections import Counter
from http.client import HTTPException
from uuid import uuid4

import pytest

from tests.flows.test_engine_stops import until
from tests.flows.test_faults_embedded import is_red, problems
from tests.flows.test_faults_production import City, Load, calm, judge
from tests.flows.test_server_killed import Listener, every_event
from tests.kept import asked_for, production
from tests.load import PLACE, RED_S
from tests.postgres import start_if_down
from tests.small_disk import fill, small_disk

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(900), asked_for]

DISK_MIB = 320
FULL_S = 30


def test_a_full_disk_under_postgresql_refuses_and_loses_nothing(tmp_path):
    with (
        small_disk(mib=DISK_MIB, mode="755") as disk,
        production(tmp_path, disk=disk) as shape,
    ):
        city = City(shape)
        calm(city)
        load = Load(city)
        time.sleep(5)

        filled_at = time.monotonic()
        ballast = fill(disk)
        answers, red_after_s = Counter(), None
        while time.monotonic() < filled_at + FULL_S:
            if red_after_s is None and problems(shape.servers[0]):
                red_after_s = time.monotonic() - filled_at
            if red_after_s is not None:
                answers += asked(city, load)
            fill(disk)  # what PostgreSQL gave back meanwhile
            time.sleep(0.2)
        ballast.unlink()
        died = start_if_down(shape.servers[0].environment["DATABASE_URL"])
        away_s = time.monotonic() - filled_at
        wrote_s = until(lambda: asked(city, load)["check-in", 200], 30)
        time.sleep(5)

        load.end()
        judge("disk full", load, away_s=away_s)
        calm_s = calm(city)
        print(
            f"answers while full: {dict(answers)}; red after {red_after_s:.1f} s; PostgreSQL "
            f"{'ended itself and was started' if died else 'lived on'}; with room stored after "
            f"{wrote_s:.1f} s, calm {calm_s:.1f} s after"
        )
        assert red_after_s < 15
        assert {status for _, status in answers} <= {200, 201, 503}
        assert min(answers["check-in", 503], answers["incident", 503]) > 0
        assert "The journal holds" in shape.servers[0].manage("verify_journal")


def test_an_old_backup_is_a_new_history_and_what_nobody_received_is_red(tmp_path):
    data, backups = tmp_path / "data", tmp_path / "backups"
    data.mkdir(mode=0o700)
    with production(data) as shape:
        city = City(shape)
        calm(city)
        server, phone, desk = shape.servers[0], city.phones[0], city.desk
        incident = desk.opens(type="lainnya", **PLACE)
        had = desk.sends(city.units[0], incident)[1]
        listener = Listener(phone)
        listener.start()
        until(lambda: desk.call("GET", f"assignments/{had['id']}")[1]["delivered_at"], 30)
        unheard = desk.sends(city.units[1], incident)[1]
        server.manage_all("backup", str(backups))
        epoch = page(phone)["epoch"]
        later = desk.sends(city.units[2], incident)[1]
        desk.call("POST", f"assignments/{had['id']}/cancel", {"reason": "uji"})
        until(lambda: [e["seq"] for e in phone.events] == every_event(phone), 30)

        listener.over.set()
        listener.join(40)
        stop(city)
        until(lambda: restored(server, backups), 60)
        start(city)
        up_at = time.monotonic()

        status, told = phone.call("GET", f"/api/v1/events?after={phone.seq}&epoch={epoch}")
        assert (status, told["code"]) == (409, "reset")
        assert told["epoch"] != epoch
        red_s = until(lambda: is_red(desk, incident, unheard), RED_S)
        listed = phone.call("GET", "/api/v1/assignments?state=open")[1]["results"]
        assert [one["id"] for one in listed] == [had["id"]]
        assert desk.call("GET", f"assignments/{later['id']}")[0] == 404
        phone.seq = told["last_seq"]
        phone.listen()
        cancel = desk.call("POST", f"assignments/{had['id']}/cancel", {"reason": "uji lagi"})
        assert cancel[0] == 200
        assert phone.waits_for("assignment.cancelled")["data"]["id"] == had["id"]
        print(
            f"\nold backup: red {red_s:.1f} s after all was up, calm after {calm(city):.1f} s more "
            f"({time.monotonic() - up_at:.1f} s in all)"
        )
        assert "The journal holds" in server.manage("verify_journal")


WRITERS = ("server-a", "server-b", "worker", "beat")


def stop(city):
    """End in order every process that writes."""
    for name in WRITERS:
        part = city.part(name)
        part.held.set()
        part.up.clear()
        part.process.send_signal(signal.SIGTERM)
    for name in WRITERS:
        city.part(name).process.wait(40)


def start(city):
    for name in WRITERS:
        city.part(name).held.clear()
    for name in WRITERS:
        assert city.part(name).up.wait(120)


def restored(server, backups):
    """Restore, once no sign of life is left; say whether it was done."""
    try:
        return server.manage_all("restore", str(backups))
    except RuntimeError as refusal:
        if "lives" not in str(refusal):
            raise
        return None


def page(phone):
    return phone.call("GET", f"/api/v1/events?after={phone.seq}")[1]


def asked(city, load):
    """Post a check-in, open an incident and read the units; return what was answered."""
    walker = load.walkers[0]
    item, report = walker.item(), {"id": str(uuid4()), "type": "lainnya", "summary": "Uji", **PLACE}
    asks = {
        "check-in": lambda: walker.phone.call("POST", "/api/v1/check-ins", {"check_ins": [item]}),
        "incident": lambda: city.desk.call("POST", "incidents", report),
        "read": lambda: city.desk.call("GET", "units"),
    }
    answers = Counter()
    for name, ask in asks.items():
        try:
            status, body = ask()
        except (OSError, HTTPException):
            status, body = "no answer", None
        answers[name, status] += 1
        if name == "check-in" and status == 200:
            walker.stored |= {row["id"] for row in body["results"] if row["status"] == "stored"}
    return answers
