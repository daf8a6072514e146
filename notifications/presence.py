"""Signs of life of the phones on sockets: gathered in memory, written in batches.

Belongs here: which devices are due a mark, and the marks' writing. When to write is the hub's. A
mark says from which place a socket holds the token, so that whoever writes the next one, in another
process too, sees that there are two.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from notifications.phone_sockets import is_elsewhere
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


@dataclass(frozen=True, slots=True)
class Holding:
    """From which place a socket holds a phone's token, and since when."""

    place: str
    since: datetime


@transaction.atomic
def flush_presence(
    marks: Marks, *, holding: Mapping[UUID, Holding], now: datetime
) -> frozenset[UUID]:
    """Write marks: rows locked in the order of their ids, as the check-in commit locks them.

    Returns the phones whose token another process holds from another place, both for long enough.
    """
    if not marks:
        return frozenset()
    touched = Device.objects.filter(pk__in=marks.online | marks.heard | marks.gone)
    rows = touched.select_for_update(no_key=True).order_by("pk").values_list("pk", "socket_place")
    moved = {
        pk: holding[pk]
        for pk, place in rows
        if pk in marks.online and pk in holding and holding[pk].place != place
    }
    copied = frozenset(_in_two_places(moved, now)) if moved else frozenset()
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
    _write_places(moved)
    return copied


def _write_places(moved: Mapping[UUID, Holding]) -> None:
    """Write places that are others than the rows'; few are, and they share places and seconds."""
    groups = defaultdict(list)
    for device_id, mine in moved.items():
        groups[mine].append(device_id)
    for mine, device_ids in groups.items():
        Device.objects.filter(pk__in=device_ids).update(
            socket_place=mine.place, socket_since=mine.since
        )


def _in_two_places(moved: Mapping[UUID, Holding], now: datetime) -> Iterator[UUID]:
    """Name the phones whose mark is fresh and another place's, where both places have lasted.

    A phone that changes its network leaves a dead socket behind for less than that.
    """
    since = now - timedelta(seconds=STREAM.copied_after_s)
    fresh = now + timedelta(seconds=STREAM.online_s - 2 * STREAM.presence_s)
    lasting = {pk: mine for pk, mine in moved.items() if mine.since <= since}
    left = Device.objects.filter(
        pk__in=lasting, socket_since__lte=since, online_until__gte=fresh
    ).values_list("pk", "socket_place")
    for device_id, place in left if lasting else ():
        if is_elsewhere(lasting[device_id].place, place):
            yield device_id
