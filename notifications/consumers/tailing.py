"""The sending side of one socket: where the phone stands, what it is owed, and its pace.

`_behind` means that the database holds events for it that were not read yet: after a resume, and
after its queue ran over. Then pages are read; otherwise the hub's frames go straight out. Only
`pump` sends events, so their order cannot turn.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from notifications.consumers.eager import begin
from notifications.consumers.sign_in import REVOKED
from notifications.frames import Encoded
from notifications.hub import Hub
from notifications.messages import stream_error_text
from notifications.policy import STREAM
from notifications.services.receipts import Receipt
from notifications.stream import PageAsked, Place, SignedIn
from responders.wire_time import to_wire

TOO_SLOW = 4408
SERVER_FAULT = 4500  # not 1011: daphne's websocket library lets an application send 4xxx only
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Tail:
    """Tail the journal for one phone. A Listener of the hub."""

    def __init__(
        self, person: SignedIn, *, hub: Hub, send: Send, address: str = "", agent: str = ""
    ) -> None:
        self.person = person
        self.address, self.agent = address, agent
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
        self._full: asyncio.TimerHandle | None = None
        self._work = asyncio.Event()
        self._resting = False  # the pump has nothing to do
        self._sending = asyncio.Lock()
        self._rest: asyncio.Task[None] | None = None
        self._gone = False
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    # --- what others tell it; none of these waits

    def offer(self, delivery_id: int, event: Encoded) -> None:
        """Take one event from the hub: straight out where the phone has confirmed all before it.

        Otherwise it queues, and over the queue's bound it is read again from the rows.
        """
        self._newest = max(self._newest, event.seq)
        if self._cursor is None and self._asked is None:
            return
        idle = self._resting and not self._work.is_set() and not self._sending.locked()
        if idle and not self._unreceived:
            if self._cursor is not None and event.seq > self._cursor:
                self._send_now(delivery_id, event)
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
        if self._full is not None and self._has_room():
            self._full.cancel()
            self._full = None
        if self._queue or self._behind:
            self._work.set()
        return confirmed

    def end(self, code: int) -> None:
        """Close with a code, as soon as the socket's owner comes to it; the first code counts."""
        if not self.ended.done():
            self.ended.set_result(code)

    def gone(self) -> None:
        """Note that the phone hung up: nothing can be sent any more."""
        self._gone = True

    # --- its jobs

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
            self._resting = True
            await self._work.wait()
            self._resting = False
            self._work.clear()
            if self._asked is not None:
                await self._begin(*self._asked)
            while self._cursor is not None and self._asked is None and self._has_room():
                if self._behind:
                    await self._send_page()
                elif self._queue:
                    delivery_id, event = self._queue.popleft()
                    if event.seq > self._cursor:
                        await self._in_time(self._send_event(delivery_id, event))
                else:
                    break

    async def close(self) -> None:
        """Send the close frame, unless the phone is gone already."""
        for left in (self._full, self._rest):
            if left is not None:
                left.cancel()
        if self._gone:
            return
        code = self.ended.result() if self.ended.done() else SERVER_FAULT
        try:
            async with asyncio.timeout(1.0):
                await self._send({"type": "websocket.close", "code": code})
        except Exception:
            self._gone = True

    async def say(self, frame: dict[str, Any]) -> None:
        """Send a frame that is no event."""
        await self._in_time(self._hand_over(msgspec.json.encode(frame).decode()))

    async def say_error(self, code: str, *, ref: object = None) -> None:
        """Send an error; with the client's own `ref` where it gave one."""
        frame: dict[str, Any] = {"type": "error"}
        if ref is not None:
            frame["ref"] = ref
        await self.say({**frame, "code": code, "message": stream_error_text(code)})

    # --- how it goes about it

    async def _begin(self, after: int, epoch: str | None) -> None:
        """Answer a resume: welcome, or reset where its place is of no use.

        Who asks for what comes after a number has what was sent up to it, as by the plain door:
        so a receipt that was heard and not written, or never said, is made good.
        """
        asked = self._asked
        self._queue.clear()
        place = Place(self.person_id, after, epoch, self.person)
        standing = await self._hub.standings.ask(place)
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
        if standing.unsaid:
            await self._hub.receipts.ask(Receipt(self.device_id, after, standing.unsaid))
        self._newest = max(self._newest, standing.newest)
        self._cursor, self._behind, self._caught_up = after, True, False
        self.reached = max(self.reached, after)
        answer["last_seq"] = standing.newest
        await self.say({"type": "welcome", **answer, "heartbeat_s": STREAM.heartbeat_s})

    async def _send_page(self) -> None:
        """Send the next events from the database; catch up where there are no more."""
        limit = min(STREAM.page_rows, STREAM.unreceived_max - len(self._unreceived))
        self._behind = False  # the hub sets it again if the queue runs over meanwhile
        asked = PageAsked(self.person_id, self.device_id, self._cursor or 0, limit)
        page = await self._hub.pages.ask(asked)
        if not page.trusted:
            self.end(REVOKED)
            self._cursor = None
            return
        for left, (row, event) in enumerate(page.events, start=1 - len(page.events)):
            more = left % STREAM.frames_a_write > 0
            await self._in_time(self._send_event(row.pk, event, more=more))
        if len(page.events) == limit:
            self._behind = True
        elif not self._behind and not self._caught_up:
            self._caught_up = True
            await self.say({"type": "caught_up", "seq": self._cursor})

    async def _send_event(self, delivery_id: int, event: Encoded, *, more: bool = False) -> None:
        await self._hand_over(self._frame_of(event), more=more)
        self._hub.note_sent(delivery_id, self.device_id)

    def _send_now(self, delivery_id: int, event: Encoded) -> None:
        """Send without waiting; where the connection takes no more, a task goes on with it."""
        try:
            self._rest = begin(self._send_event(delivery_id, event))
        except Exception:
            self.end(SERVER_FAULT)
        if self._rest is not None:
            self._rest.add_done_callback(self._sent)

    def _sent(self, rest: asyncio.Task[None]) -> None:
        if not rest.cancelled() and rest.exception() is not None:
            self.end(SERVER_FAULT)

    def _frame_of(self, event: Encoded) -> str:
        previous, self._cursor = self._cursor, event.seq
        self.reached = max(self.reached, event.seq)
        self._unreceived.append(event.seq)
        if not self._has_room():
            loop = asyncio.get_running_loop()
            self._full = loop.call_later(STREAM.unreceived_timeout_s, self.end, TOO_SLOW)
        return event.frame(previous=previous or 0)

    async def _in_time(self, sending: Coroutine[Any, Any, None]) -> None:
        """Send; a phone that takes nothing for too long is closed."""
        rest = begin(sending)
        if rest is None:
            return
        try:
            async with asyncio.timeout(STREAM.send_timeout_s):
                await rest
        except TimeoutError:
            self.end(TOO_SLOW)

    async def _hand_over(self, text: str, *, more: bool = False) -> None:
        """Give a frame to the server; with `more` it may wait for the next one."""
        async with self._sending:
            if not (self.ended.done() or self._gone):
                await self._send({"type": "websocket.send", "text": text, "more": more})

    def _has_room(self) -> bool:
        return len(self._unreceived) < STREAM.unreceived_max


def _now_text() -> str:
    return to_wire(datetime.now(UTC))
