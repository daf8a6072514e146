"""One hub a process: it reads the journal's new rows once and hands frames to the sockets.

Poke and pull: a wake-up (or, without one, a second) makes it look; what it reads is encoded once an
event and audience. It also keeps what all sockets share: signs of life, the ledger's `sent` rows,
and the look whether a phone may still listen. A socket's own pace is the socket's business.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

from channels.layers import get_channel_layer

from notifications.database import on_database
from notifications.ending import end_tasks
from notifications.frames import Encoded
from notifications.gathering import Gathering
from notifications.layer_channel import own_channel
from notifications.phone_sockets import PhoneSockets
from notifications.policy import STREAM, WATCH
from notifications.presence import Holding, Marks, Presence, flush_presence
from notifications.realtime import JOURNAL_GROUP, capture_loop, off_wake, on_wake
from notifications.selectors import journal_head
from notifications.services.receipts import Receipt, confirm_all, note_all_sent
from notifications.stream import phones_of, read_pages, standings_of
from notifications.tail import News, note_copied, read_news, untrusted_devices

logger = logging.getLogger(__name__)

REFUSED, TOO_MANY_SOCKETS = 4403, 4409
Sent = tuple[int, UUID, datetime]


class Listener(Protocol):
    """One open socket of one phone."""

    device_id: UUID
    person_id: int
    address: str
    agent: str

    def offer(self, delivery_id: int, event: Encoded) -> None:
        """Take one event for this person; never waits."""
        ...

    def end(self, code: int) -> None:
        """Close with a code; never waits."""
        ...


class Hub:
    """The sockets of one event loop, and the one reader that serves them."""

    def __init__(self) -> None:
        self._listeners: dict[int, set[Listener]] = {}
        self._last_seq = 0
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._starting = asyncio.Lock()
        self._sent: list[Sent] = []
        self._flushing = asyncio.Lock()
        self.presence = Presence()
        self._phones: PhoneSockets[Listener] = PhoneSockets()
        self._beside: set[UUID] = set()  # phones that another process holds elsewhere
        self.receipts: Gathering[Receipt, None] = Gathering(self._confirm)
        self.phones = Gathering(partial(on_database, phones_of))
        self.standings = Gathering(partial(on_database, standings_of))
        self.pages = Gathering(partial(on_database, read_pages))

    async def join(self, listener: Listener) -> None:
        """Add a socket. What commits after this returns is offered to it."""
        for oldest in self._phones.add(listener, time.monotonic()):
            oldest.end(TOO_MANY_SOCKETS)
        async with self._starting:
            self._listeners.setdefault(listener.person_id, set()).add(listener)
            self.presence.joined(listener.device_id)
            if not self._tasks:
                await self._start()

    def size(self) -> int:
        """Return how many sockets are here."""
        return sum(map(len, list(self._listeners.values())))

    async def leave(self, listener: Listener) -> None:
        """Remove a socket; the last one to leave puts the hub to rest."""
        mine = self._listeners.get(listener.person_id, set())
        mine.discard(listener)
        if not mine:
            self._listeners.pop(listener.person_id, None)
        self._phones.remove(listener)
        if all(other.device_id != listener.device_id for other in mine):
            self.presence.left(listener.device_id)
        await self._flush()
        async with self._starting:
            if not self._listeners:
                await self._stop()

    def note_sent(self, delivery_id: int, device_id: UUID) -> None:
        """Remember for the ledger that a frame went out."""
        self._sent.append((delivery_id, device_id, datetime.now(UTC)))

    def poke(self) -> None:
        """Look at the journal now. On the loop."""
        self._woken.set()

    async def _start(self) -> None:
        capture_loop()
        on_wake(self.poke)
        self._last_seq = (await on_database(journal_head)).seq
        jobs = (self._read_forever, self._listen_forever, self._keep_house)
        self._tasks = [asyncio.create_task(self._supervised(job)) for job in jobs]

    async def _stop(self) -> None:
        off_wake(self.poke)
        tasks, self._tasks = self._tasks, []
        await end_tasks(tasks)

    async def _supervised(self, job: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await job()
            except Exception:
                logger.exception("the hub stumbled; it starts again")
            await asyncio.sleep(STREAM.poll_s)

    async def _read_forever(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STREAM.poll_s):
                    await self._woken.wait()
            self._woken.clear()
            news = await on_database(read_news, after=self._last_seq, people=self._people)
            await self._spread(news)

    async def _spread(self, news: News) -> None:
        """Hand out what was read; a phone that may not listen any more is closed before.

        Now and then the loop turns, so that thousands of frames hold nobody else up.
        """
        self._refuse(news.untrusted)
        for number, (row, event) in enumerate(news.events, start=1):
            for listener in list(self._listeners.get(row.person_id, ())):
                if listener.device_id not in news.untrusted:
                    listener.offer(row.pk, event)
            if number % STREAM.spread_at_once == 0:
                await asyncio.sleep(0)
        self._last_seq = max(self._last_seq, news.seq)

    async def _listen_forever(self) -> None:
        """Wait for wake-ups of other processes."""
        layer = get_channel_layer()
        if layer is None:
            await asyncio.Event().wait()
        async with own_channel(layer, within_s=WATCH.canary_wait_s, group=JOURNAL_GROUP) as channel:
            while True:
                await layer.receive(channel)
                self.poke()

    async def _keep_house(self) -> None:
        """Write ledger and signs of life, and look who was revoked."""
        pause_s = STREAM.poll_s / 2
        looks = 0
        while True:
            await self._flush()
            if looks % max(1, round(STREAM.recheck_s / pause_s)) == 0:
                self._refuse(await on_database(untrusted_devices, self._device_ids()))
                await self._look_for_copies()
            looks += 1
            await asyncio.sleep(pause_s)

    async def _look_for_copies(self) -> None:
        """Write down whose token is used in two places; what fails is looked at anew.

        Of two processes with one socket each both see it: each next mark shows it again.
        """
        copied = self._phones.copied(time.monotonic()) | self._phones.untold(self._beside)
        self._beside.clear()
        if copied:
            await on_database(note_copied, copied)
            self._phones.tell(copied)

    async def _confirm(self, receipts: list[Receipt]) -> list[None]:
        """Take receipts, after the ledger has what they speak of."""
        await self._flush()
        await on_database(confirm_all, receipts)
        return [None] * len(receipts)

    async def _flush(self) -> None:
        """Write what gathered; what cannot be written is kept for the next time."""
        async with self._flushing:
            sent, self._sent = self._sent, []
            marks = self.presence.due()
            if not sent and not marks:
                return
            try:
                self._beside |= await on_database(_write, sent, marks, self._holding(marks.online))
            except Exception:
                self._sent = sent + self._sent
                self.presence.give_back(marks)
                logger.warning("the ledger could not be written; again soon", exc_info=True)

    def _holding(self, device_ids: Iterable[UUID]) -> dict[UUID, Holding]:
        """Return from where and since when each phone is held here, to the second."""
        now, now_s = datetime.now(UTC), time.monotonic()
        return {
            device_id: Holding(
                held.place,
                (now - timedelta(seconds=now_s - held.since_s)).replace(microsecond=0),
            )
            for device_id, held in self._phones.oldest(device_ids).items()
        }

    def _refuse(self, devices: Iterable[UUID]) -> None:
        refused = set(devices)
        if refused:
            for listener in self._everyone():
                if listener.device_id in refused:
                    listener.end(REFUSED)

    def _people(self) -> set[int]:
        return set(self._listeners)

    def _everyone(self) -> list[Listener]:
        return [one for listeners in list(self._listeners.values()) for one in list(listeners)]

    def _device_ids(self) -> set[UUID]:
        return {listener.device_id for listener in self._everyone()}


def _write(sent: list[Sent], marks: Marks, holding: dict[UUID, Holding]) -> frozenset[UUID]:
    if sent:
        note_all_sent(sent=sent, channel="socket")
    return flush_presence(marks, holding=holding, now=datetime.now(UTC))


_hubs: dict[int, tuple[asyncio.AbstractEventLoop, Hub]] = {}


def hub() -> Hub:
    """Return the hub of the running loop."""
    loop = asyncio.get_running_loop()
    known = _hubs.get(id(loop))
    if known is None or known[0] is not loop:
        for key in [key for key, (old, _) in _hubs.items() if old.is_closed()]:
            del _hubs[key]
        known = _hubs[id(loop)] = (loop, Hub())
    return known[1]


def sockets_open() -> int:
    """Return how many phones' sockets this process holds. From any thread."""
    return sum(known.size() for _loop, known in list(_hubs.values()))
