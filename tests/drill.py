"""A drill over simulated phones: who was reached, saw and answered, by which way, how fast.

    python -m tests.drill [--phones 200] [--seconds 60]

One real server, Firebase's stand-in, and phones of four kinds: six in ten hold a socket, three
sleep until a push wakes them, and of the last tenth half ask by themselves every 15 s and half are
out of reach. People look and answer after seconds of their own. The table is that of the admin's
page. Exit 1 where a reachable phone was not reached.
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from websockets.asyncio.client import connect

from responders.wire_time import to_wire
from tests.fcm_standin import FcmStandin
from tests.server import Server

KINDS = ("socket",) * 6 + ("push",) * 3 + ("poll",)
MAKE = """
import json
from django.utils import timezone
from responders.models import CrewShift, Device, Unit, User
from responders.tokens import digest_of, new_device_token
now, units, made = timezone.now(), list(Unit.objects.order_by("pk")), []
CrewShift.objects.update(ends_at=now)
for n in range({count}):
    user = User.objects.create(username=f"drill-{{n}}", name=f"Petugas {{n}}", role="crew")
    CrewShift.objects.create(user=user, unit=units[n % len(units)], starts_at=now)
    token = new_device_token()
    Device.objects.create(user=user, name=f"Ponsel {{n}}", platform="android", enrolled_at=now,
        token_digest=digest_of(token), push_token=f"push-{{n}}" if {pushed}[n] else "")
    made.append(token)
print(json.dumps(made))
"""
CALL = """
from django.utils import timezone
from notifications.services.drills import call_drill
from responders.models import User
print(call_drill(scope="duty", title="Latihan", actor=User.objects.get(username="supervisor"),
    now=timezone.now()).pk)
"""
COUNT = """
import json
from dataclasses import asdict
from notifications.drill_figures import table_of
from notifications.models import Drill
from notifications.selectors_drill import deliveries_of_drill, person_of
drill = Drill.objects.get()
people = [person_of(row, drill.called_at) for row in deliveries_of_drill(drill)]
print(json.dumps([asdict(row) for row in table_of(people)]))
"""


class SimulatedPhone:
    """One phone and the person who carries it."""

    def __init__(self, server, token, kind, chance):
        self.server, self.token, self.kind, self.chance = server, token, kind, chance
        self.ready, self.woken = asyncio.Event(), asyncio.Event()

    async def live(self):
        await {"socket": self.listen, "push": self.sleep, "poll": self.ask}[self.kind]()

    async def listen(self):
        """Hold the socket; say what arrived, that it was shown, and answer."""
        header = {"Authorization": f"Bearer {self.token}"}
        url = f"ws://127.0.0.1:{self.server.port}/ws/stream/"
        async with connect(url, additional_headers=header, open_timeout=60) as socket:
            await socket.send(json.dumps({"type": "resume", "after": 0}))
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "caught_up":
                    self.ready.set()
                if frame["type"] != "event":
                    continue
                await socket.send(json.dumps({"type": "received", "seq": frame["seq"]}))
                if frame["kind"] == "drill.called":
                    await asyncio.sleep(self.chance.uniform(1, 6))
                    await socket.send(json.dumps({"type": "seen", "seq": frame["seq"]}))
                    await self.answer(frame["data"]["id"])

    async def sleep(self):
        """Sleep until the push wakes it; then open the socket as an app does."""
        self.ready.set()
        await self.woken.wait()
        await self.listen()

    async def ask(self):
        """Ask every 15 s, as a phone that can hold no socket; half of them have no network."""
        self.ready.set()
        after, has_network = 0, self.chance.random() < 0.5
        while has_network:
            await asyncio.sleep(15)
            path = f"/api/v1/events?after={after}"
            _status, page = await asyncio.to_thread(self.server.call, "GET", path, None, self.token)
            for event in page["events"]:
                after = event["seq"]
                if event["kind"] == "drill.called":
                    await self.answer(event["data"]["id"])

    async def answer(self, drill_id):
        """Nine of ten people answer, after a while."""
        if self.chance.random() < 0.1:
            return
        await asyncio.sleep(self.chance.uniform(1, 10))
        body = {"id": str(uuid4()), "at": to_wire(datetime.now(UTC))}
        path = f"/api/v1/drills/{drill_id}/reply"
        await asyncio.to_thread(self.server.call, "POST", path, body, self.token)


async def wake(standin, phones):
    """Wake the phones whose pushes Firebase took, as it would."""
    seen = 0
    while True:
        for post in standin.accepted[seen:]:
            phones[int(post.address.removeprefix("push-"))].woken.set()
            seen += 1
        await asyncio.sleep(0.1)


async def drill(server, standin, options):
    chance = random.Random(112)
    kinds = [KINDS[n % len(KINDS)] for n in range(options.phones)]
    pushed = [kind == "push" for kind in kinds]
    tokens = json.loads(
        await asyncio.to_thread(shell, server, MAKE.format(count=options.phones, pushed=pushed))
    )
    phones = [
        SimulatedPhone(server, token, kind, random.Random(chance.random()))
        for token, kind in zip(tokens, kinds, strict=True)
    ]
    tasks = [asyncio.create_task(phone.live()) for phone in phones]
    tasks.append(asyncio.create_task(wake(standin, phones)))
    for phone in phones:
        await asyncio.wait_for(phone.ready.wait(), 120)
    await asyncio.sleep(2)  # the marks of the open sockets are written in batches
    await asyncio.to_thread(shell, server, CALL)
    started = time.monotonic()
    while time.monotonic() - started < options.seconds:
        await asyncio.sleep(1)
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
    return json.loads(await asyncio.to_thread(shell, server, COUNT))


def shell(server, code):
    """Run code of the product beside the server; return its last line."""
    return server.manage("shell", "-v", "0", "-c", code)


def show(table):
    """Print the table; say whether every phone that could be reached was."""
    names = ("way", "people", "sent", "received", "seen", "answered")
    times = ("received_p50_s", "received_p90_s", "answered_p50_s", "answered_p90_s")
    print(" | ".join([*names, *times]))
    for row in table:
        seconds = ("–" if row[name] is None else f"{row[name]:.2f}" for name in times)
        print(" | ".join([*(str(row[name]) for name in names), *seconds]))
    return all(
        row["received"] == row["people"] for row in table if row["way"] in ("socket", "push")
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="gerak112-drill-") as folder,
        FcmStandin(Path(folder) / "account.json") as standin,
    ):
        server = Server(
            Path(folder),
            GERAK_THROTTLE="1000000/min",
            GERAK_FCM_CREDENTIALS=str(standin.credentials_path),
            GERAK_FCM_URL=standin.url,
        ).start()
        try:
            table = asyncio.run(drill(server, standin, options))
        finally:
            server.stop()
    return 0 if show(table) else 1


if __name__ == "__main__":
    sys.exit(main())
