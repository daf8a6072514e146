"""The phrases of the flow tests: a phone that drives, stands, lies about its clock, comes back."""

import math
import random
from datetime import timedelta
from uuid import UUID

from responders.ingest.intake import record_upload
from responders.wire_time import to_wire

METRES_PER_DEGREE = 111_195.0


class Gps:
    """Fixes of one phone around Balai Kota, with correlated noise of a few metres."""

    def __init__(self, device, *, lat=-0.79948, lon=100.65278, seed=1, clock=timedelta(0)):
        self.device = device
        self.random = random.Random(seed)
        self.lat, self.lon = lat, lon
        self.north_m = 0.0
        self.clock = clock
        self.error = [0.0, 0.0]

    def fix(self, at, *, speed_mps, **over):
        """Return one item as the phone would send it at a true time."""
        for axis in (0, 1):
            self.error[axis] = 0.8 * self.error[axis] + self.random.gauss(0, 4)
        item = {
            "id": str(UUID(int=self.random.getrandbits(128), version=4)),
            "recorded_at": to_wire(at + self.clock),
            "lat": self.lat + (self.north_m + self.error[0]) / METRES_PER_DEGREE,
            "lon": self.lon + self.error[1] / METRES_PER_DEGREE / math.cos(math.radians(self.lat)),
            "accuracy_m": 12.0,
            "speed_mps": speed_mps,
        }
        return item | over

    def stands(self, since, seconds, *, every=10, **over):
        """Return (true time, item) while the crew stays where it is."""
        return [
            (at, self.fix(at, speed_mps=0.0, **over))
            for at in (since + timedelta(seconds=n) for n in range(0, seconds, every))
        ]

    def drives(self, since, seconds, *, every=10, speed_mps=9.0, **over):
        """Return (true time, item) while the crew drives north."""
        items = []
        for n in range(0, seconds, every):
            items.append((since + timedelta(seconds=n), None))
            self.north_m += 0 if n == 0 else speed_mps * every
            items[-1] = (items[-1][0], self.fix(items[-1][0], speed_mps=speed_mps, **over))
        return items

    def sends(self, timed, *, at=None, **envelope):
        """Upload each fix at its own time, or all of them together at one."""
        if at is None:
            for moment, item in timed:
                self.upload([item], moment + timedelta(seconds=1), **envelope)
            return
        items = [item for _, item in timed]
        for start in range(0, len(items), 500):
            self.upload(items[start : start + 500], at, **envelope)

    def upload(self, items, received_at, **envelope):
        """Send one batch, the phone's clock at sending beside it."""
        body = {
            "check_ins": items,
            "sent_at": to_wire(received_at - timedelta(seconds=0.3) + self.clock),
            "server_time_seen": {
                "server_time": to_wire(received_at - timedelta(seconds=20)),
                "at": to_wire(received_at - timedelta(seconds=19.8) + self.clock),
            },
        }
        answer = record_upload(
            device_id=self.device.pk, envelope=body | envelope, received_at=received_at
        )
        assert {result["status"] for result in answer["results"]} <= {"stored", "duplicate"}, answer
