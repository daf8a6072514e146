"""The sending side of one socket: where the phone stands, what it is owed, and its pace.

`_behind` means that the database holds events for it that were not read yet: after a resume, and
after its queue ran over. Then pages are read; otherwise the hub's frames go straight out. Only
`pump` sends events, so their order cannot turn.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from notifications.consumers.sign_in import REVOKED, SignedIn
from notifications.database import on_database
from notifications.frames import Encoded
from notifications.hub import Hub
from notifications.messages import stream_error_text
from notifications.policy import STREAM
from notifications.stream import read_page, standing_of
from responders.wire_time import to_wire

TOO_SLOW = 4408
SERVER_FAULT = 4500  # not 1011: daphne's websocket library lets an application send 4xxx only
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Tail:
    """Tail the journal for one phone. A Listener of the hub."""

    def __init__(self, person: SignedIn, *, hub: Hub, send: Send) -> None:
        self.person = person
        self.device_id: UUID = person.device_id
        self.person_id: int = person.person_id
        self.reached = 0  # the highest number the phone may confirm
        self._hub = hub
        self._send = send
        self._newest = person.newest
        self._cursor: int | None = None  # the last number sent, or asked for; None: not resumed
        self._asked: tuple[int, str | None] | None = None
        self._behind = self._caught_up = False
        self._queue: deque[tuple[int, Encoded]] = deque()
        self._unreceived: deque[int] = deque()
        self._full_since_s: float | None = None
        self._work = asyncio.Event()
        self._sending = asyncio.Lock()
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._gone = False

    # --- what others tell it; none of these waits

    def offer(self, delivery_id: int, event: Encoded) -> None:
        """Take one event from the hub. Over the queue's bound it is read again from the rows."""
        self._newest = max(self._newest, event.seq)
        if self._cursor is None and self._asked is None:
            return
        if len(self._queue) >= STREAM.queue_max:
            self._queue.clear()
            self._behind = True
        else:
            self._queue.append((delivery_id, event))
        self._work.set()

    def resume(self, *, after: int, epoch: str | None) -> None:
        """Start (again) after a number."""
        self._asked = (after, epoch)
        self._work.set()

    def received(self, seq: int) -> list[int]:
        """Take a cumulative receipt; return the numbers sent here that it confirms."""
        confirmed = []
        while self._unreceived and self._unreceived[0] <= seq:
            confirmed.append(self._unreceived.popleft())
        if self._has_room():
            self._full_since_s = None
        self._work.set()
        return confirmed

    def end(self, code: int) -> None:
        """Close with a code, as soon as the socket's owner comes to it; the first code counts."""
        if not self._ended.done():
            self._ended.set_result(code)

    def gone(self) -> None:
        """Note that the phone hung up: nothing can be sent any more."""
        self._gone = True

    # --- its jobs

    async def until_ended(self) -> None:
        """Wait for an end, or for the phone to have been too slow for too long."""
        while not self._ended.done():
            await asyncio.wait([self._ended], timeout=STREAM.poll_s)
            since_s = self._full_since_s
            if since_s is not None and time.monotonic() - since_s > STREAM.unreceived_timeout_s:
                self.end(TOO_SLOW)

    async def heartbeat(self) -> None:
        """Say the newest visible number now and then."""
        while True:
            await asyncio.sleep(STREAM.heartbeat_s)
            await self.say(
                {"type": "heartbeat", "last_seq": self._newest, "server_time": _now_text()}
            )

    async def pump(self) -> None:
        """Send what is owed, whenever something changed."""
        while True:
            await self._work.wait()
            self._work.clear()
            if self._asked is not None:
                await self._begin(*self._asked)
            while self._cursor is not None and self._asked is None and self._has_room():
                if self._behind:
                    await self._send_page()
                elif self._queue:
                    delivery_id, event = self._queue.popleft()
                    if event.seq > self._cursor:
                        await self._send_event(delivery_id, event)
                else:
                    break

    async def close(self) -> None:
        """Send the close frame, unless the phone is gone already."""
        if self._gone:
            return
        code = self._ended.result() if self._ended.done() else SERVER_FAULT
        try:
            async with asyncio.timeout(1.0):
                await self._send({"type": "websocket.close", "code": code})
        except Exception:
            self._gone = True

    async def say(self, frame: dict[str, Any]) -> None:
        """Send a frame that is no event."""
        await self._send_text(msgspec.json.encode(frame).decode())

    async def say_error(self, code: str, *, ref: object = None) -> None:
        """Send an error; with the client's own `ref` where it gave one."""
        frame: dict[str, Any] = {"type": "error"}
        if ref is not None:
            frame["ref"] = ref
        await self.say({**frame, "code": code, "message": stream_error_text(code)})

    # --- how it goes about it

    async def _begin(self, after: int, epoch: str | None) -> None:
        """Answer a resume: welcome, or reset where its place is of no use."""
        asked = self._asked
        self._queue.clear()
        standing = await on_database(standing_of, self.person_id, after=after, epoch=epoch)
        if self._asked is not asked:
            return  # asked anew meanwhile
        self._asked = None
        answer = {
            "epoch": standing.head.epoch,
            "last_seq": standing.head.seq,
            "server_time": _now_text(),
        }
        if standing.lost:
            self._cursor = None
            await self.say({"type": "reset", **answer})
            return
        self._newest = max(self._newest, standing.newest)
        self._cursor, self._behind, self._caught_up = after, True, False
        self.reached = max(self.reached, after)
        answer["last_seq"] = standing.newest
        await self.say({"type": "welcome", **answer, "heartbeat_s": STREAM.heartbeat_s})

    async def _send_page(self) -> None:
        """Send the next events from the database; catch up where there are no more."""
        limit = min(STREAM.page_rows, STREAM.unreceived_max - len(self._unreceived))
        self._behind = False  # the hub sets it again if the queue runs over meanwhile
        page, trusted = await on_database(
            read_page, self.person_id, self.device_id, after=self._cursor, limit=limit
        )
        if not trusted:
            self.end(REVOKED)
            self._cursor = None
            return
        for delivery, event in page:
            await self._send_event(delivery.pk, event)
        if len(page) == limit:
            self._behind = True
        elif not self._behind and not self._caught_up:
            self._caught_up = True
            await self.say({"type": "caught_up", "seq": self._cursor})

    async def _send_event(self, delivery_id: int, event: Encoded) -> None:
        previous, self._cursor = self._cursor, event.seq
        self.reached = max(self.reached, event.seq)
        self._unreceived.append(event.seq)
        if not self._has_room():
            self._full_since_s = time.monotonic()  # the clock of 4408 runs
        await self._send_text(event.frame(previous=previous or 0))
        self._hub.note_sent(delivery_id, self.device_id)

    async def _send_text(self, text: str) -> None:
        if self._ended.done() or self._gone:
            return
        try:
            async with self._sending, asyncio.timeout(STREAM.send_timeout_s):
                await self._send({"type": "websocket.send", "text": text})
        except TimeoutError:
            self.end(TOO_SLOW)

    def _has_room(self) -> bool:
        return len(self._unreceived) < STREAM.unreceived_max


def _now_text() -> str:
    return to_wire(datetime.now(UTC))
