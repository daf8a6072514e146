"""A thousand cut lines: what a phone repeats has its effect once, and changes no verdict.

Two crews drive the same way at the same time; the line of one is cut again and again: half a
request, an answer that nobody reads, a socket that dies in the middle of a frame. GERAK_CUTS sets
another number, GERAK_CUTS_SEED another row of accidents.
"""

import json
import os
import random
import socket
import struct
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from responders.wire_time import to_wire
from tests.drama import Gps
from tests.server import Desk, Phone, Server

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(900)]

CUTS = int(os.environ.get("GERAK_CUTS", "1000"))
SEED = int(os.environ.get("GERAK_CUTS_SEED", "112"))
STEPS, STEP_S, SPEED_MPS = 45, 1.0, 15.0
PLACE = {"lat": -0.78, "lon": 100.66}
BOUNDARY = "gerak112cut"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("cut-lines"), GERAK_THROTTLE="1000000/min").start()
    yield server
    server.stop()


def now():
    return datetime.now(UTC)


class CutLine:
    """Requests of one phone whose line is cut at a place that chance chooses."""

    def __init__(self, phone, chance):
        self.phone, self.chance, self.cuts = phone, chance, 0

    def post(self, path, body, *, content_type="application/json"):
        """Send a request and cut: in the middle of it, or before its answer is read."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.phone.server.port}\r\n"
            f"Authorization: Bearer {self.phone.token}\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        ).encode()
        whole = head + data
        sent = self.chance.choice([len(whole), self.chance.randrange(1, len(whole))])
        with socket.create_connection(("127.0.0.1", self.phone.server.port), 10) as line:
            line.sendall(whole[:sent])
            time.sleep(self.chance.choice([0, 0, 0.002, 0.01]))
            # No farewell: the other side finds a reset line, as after a tunnel.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cuts += 1

    def socket_dies(self, frame):
        """Open the stream, say something, and be gone, with or without having listened."""
        with suppress(OSError, WebSocketException, TimeoutError):
            line = connect(
                f"ws://127.0.0.1:{self.phone.server.port}/ws/stream/",
                additional_headers={"Authorization": f"Bearer {self.phone.token}"},
                open_timeout=20,
                legacy=True,
            )
            line.send(json.dumps({"type": "resume", "after": self.phone.seq}))
            line.send(json.dumps(frame))
            if self.chance.random() < 0.3:
                line.recv(timeout=2)
            line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.socket.close()
        self.cuts += 1


def form_of(photo_id, at, jpeg):
    fields = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("id", photo_id), ("at", at))
    )
    file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f.jpg"\r\n\r\n'
    return (fields + file).encode() + jpeg + f"\r\n--{BOUNDARY}--\r\n".encode()


class Crew:
    """A crew that was sent, with its phone, its track and what it wants the server to have."""

    def __init__(self, server, desk, call_sign, *, seed):
        unit = desk.unit(call_sign)
        self.phone = Phone(server, unit["crew"][0]["username"])
        self.line = CutLine(self.phone, random.Random(seed))
        self.gps = Gps(device=None, seed=1)
        self.ids = random.Random(seed + 1)
        self.outbox = {}
        status, self.assignment = desk.sends(unit, desk.opens(**PLACE))
        assert status == 201

    def fresh_id(self):
        return str(UUID(int=self.ids.getrandbits(128), version=4))

    def path(self, word):
        return f"/api/v1/assignments/{self.assignment['id']}/{word}"

    def upload(self, items):
        return {"check_ins": items, "sent_at": to_wire(now())}

    def insists(self, path, body):
        """Repeat a request until it is answered, as an outbox does."""
        status, answer = self.phone.call("POST", path, body)
        assert status in (200, 201), answer
        return answer

    def cut(self, items):
        """Let one accident happen to what this crew has to say."""
        press, note, photo = self.said
        kind = self.line.chance.randrange(6)
        if kind == 0:
            self.line.post(*press)
        elif kind == 1:
            self.line.post(*note)
        elif kind == 2:
            self.line.post(*photo, content_type=f"multipart/form-data; boundary={BOUNDARY}")
        elif kind == 3:
            frame = {"type": "check_ins", "ref": 1, **self.upload(items)}
            self.line.socket_dies(frame)
        else:
            self.line.post("/api/v1/check-ins", self.upload(items))

    def gets_ready(self, jpeg):
        at = to_wire(now())
        self.said = (
            (self.path("en-route"), {"at": at}),
            (self.path("notes"), {"id": self.fresh_id(), "at": at, "text": "Berangkat."}),
            (self.path("photos"), form_of(self.fresh_id(), at, jpeg)),
        )

    def finishes(self):
        """Send everything once more, over a good line: what any outbox does in the end."""
        press, note, photo = self.said
        self.insists(*press)
        self.insists(*note)
        path, form = photo
        status, answer = self.phone.server.call(
            "POST",
            path,
            form,
            token=self.phone.token,
            headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        )
        assert status in (200, 201), answer
        results = self.insists("/api/v1/check-ins", self.upload(list(self.outbox.values())))
        assert {one["status"] for one in results["results"]} <= {"stored", "duplicate"}

    def stored(self):
        rows = self.phone.call("GET", "/api/v1/check-ins?limit=10000")[1]["check_ins"]
        return [(row["id"], row["recorded_at"], row["lat"], row["lon"]) for row in rows]


def drive(crews, cut_crew, cuts):
    """Drive all crews alike in real time; the line of one is cut between the fixes."""
    began = now()
    for step in range(STEPS):
        while now() - began < timedelta(seconds=step * STEP_S):
            time.sleep(0.01)
        at = began + timedelta(seconds=step * STEP_S)
        for crew in crews:
            crew.gps.north_m = SPEED_MPS * step * STEP_S
            item = crew.gps.fix(at, speed_mps=SPEED_MPS) | {"id": crew.fresh_id()}
            crew.outbox[item["id"]] = item
        recent = list(cut_crew.outbox.values())[-20:]
        for _ in range(cuts // STEPS + (step < cuts % STEPS)):
            cut_crew.cut(recent)
        for crew in crews:
            newest = list(crew.outbox.values())[-1:]
            crew.insists("/api/v1/check-ins", crew.upload(newest))


def test_a_thousand_cuts_change_nothing(server):
    desk = Desk(server)
    calm = Crew(server, desk, "Damkar 1", seed=SEED)
    cut = Crew(server, desk, "Damkar 2", seed=SEED + 100)
    picture = BytesIO()
    Image.new("RGB", (640, 480), "firebrick").save(picture, "JPEG")
    for crew in (calm, cut):
        crew.gets_ready(picture.getvalue())

    drive([calm, cut], cut, CUTS)
    for crew in (calm, cut):
        crew.finishes()
    movements = [judged(desk, crew.assignment) for crew in (calm, cut)]

    assert cut.line.cuts == CUTS
    for crew in (calm, cut):
        sent = [
            (item["id"], item["recorded_at"], item["lat"], item["lon"])
            for item in crew.outbox.values()
        ]
        assert sorted(crew.stored()) == sorted(sent)
        notes = crew.phone.call("GET", crew.path("notes"))[1]["results"]
        assert [note["text"] for note in notes] == ["Berangkat."]
        assert effects(desk, crew) == {"assignment.en_route": 1, "note.added": 1, "photo.added": 1}
    verdicts = [(one["verdict"], one["reason"]) for one in movements]
    assert verdicts == [("moved", None)] * 2
    assert files(server) == 2
    assert heard_once(cut.phone)
    assert "Traceback" not in server.log()
    print(
        f"\n{cut.line.cuts} cuts (seed {SEED}): each effect once, {verdicts[1][0]} like the other"
    )


def judged(desk, assignment):
    deadline = time.monotonic() + 30
    while True:
        shown = desk.call("GET", f"assignments/{assignment['id']}")[1]["movement"]
        if shown["verdict"] != "pending":
            return shown
        assert time.monotonic() < deadline, "never judged"
        time.sleep(0.2)


def effects(desk, crew):
    events = desk.call("GET", f"incidents/{crew.assignment['incident']['id']}/timeline")[1]
    kinds = [event["kind"] for event in events["results"]]
    wanted = ("assignment.en_route", "note.added", "photo.added")
    return {kind: kinds.count(kind) for kind in wanted}


def files(server):
    return sum(1 for _ in (server.folder / "photos").rglob("*.jpg"))


def heard_once(phone):
    """Say whether the stream, read to its end, holds every number once (`hear` follows them)."""
    phone.listen()
    phone.socket.close()
    seqs = [event["seq"] for event in phone.events]
    return len(seqs) == len(set(seqs)) > 0
