"""Signs of life of the phones on sockets: gathered in memory, written in batches.

Belongs here: which devices are due a mark, and the marks' writing. When to write is the hub's.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from notifications.policy import STREAM
from responders.models import Device


@dataclass
class Marks:
    """Devices to write: connected, heard from, gone."""

    online: set[UUID] = field(default_factory=set)
    heard: set[UUID] = field(default_factory=set)
    gone: set[UUID] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.online or self.heard or self.gone)


class Presence:
    """Gather marks on the loop; a device is written on joining, leaving and every 15 s."""

    def __init__(self) -> None:
        self._due_s: dict[UUID, float] = {}
        self._heard: set[UUID] = set()
        self._gone: set[UUID] = set()

    def joined(self, device_id: UUID) -> None:
        """Mark a device at the next writing."""
        self._gone.discard(device_id)
        self._due_s[device_id] = 0.0
        self._heard.add(device_id)

    def heard(self, device_id: UUID) -> None:
        """Note a frame of a device."""
        self._heard.add(device_id)

    def left(self, device_id: UUID) -> None:
        """Mark a device as gone at the next writing."""
        self._due_s.pop(device_id, None)
        self._gone.add(device_id)

    def due(self) -> Marks:
        """Take the marks that are due."""
        now_s = time.monotonic()
        online = {device_id for device_id, due_s in self._due_s.items() if due_s <= now_s}
        for device_id in online:
            self._due_s[device_id] = now_s + STREAM.presence_s
        gone, self._gone = self._gone, set()
        heard = self._heard & (online | gone)
        self._heard -= heard
        return Marks(online, heard, gone)

    def give_back(self, marks: Marks) -> None:
        """Take back marks that could not be written."""
        for device_id in marks.online & self._due_s.keys():
            self._due_s[device_id] = 0.0
        self._heard |= marks.heard
        self._gone |= marks.gone - self._due_s.keys()


@transaction.atomic
def flush_presence(marks: Marks, *, now: datetime) -> None:
    """Write marks: rows locked in the order of their ids, as the check-in commit locks them."""
    if not marks:
        return
    touched = Device.objects.filter(pk__in=marks.online | marks.heard | marks.gone)
    list(touched.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    online_until = now + timedelta(seconds=STREAM.online_s)
    both = {"online_until": online_until, "last_seen_at": now}
    for devices, values in (
        (marks.online & marks.heard, both),
        (marks.online - marks.heard, {"online_until": online_until}),
        (marks.gone & marks.heard, {"online_until": None, "last_seen_at": now}),
        (marks.gone - marks.heard, {"online_until": None}),
    ):
        if devices:
            Device.objects.filter(pk__in=devices).update(**values)
