"""The event stream on one socket: a reader of what the phone says, beside a tailer (tailing.py).

Plain ASGI: accept first, then say who may not stay. All state of a connection is in `Stream`; the
rules of the frames are CONTRACT's, "The event stream".
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeGuard

import msgspec
from django.db import Error as DatabaseError
from django.utils import translation

from notifications.consumers.sign_in import (
    REVOKED,
    Refused,
    address_of,
    agent_of,
    language_header,
    note_leak,
    sign_in,
    subprotocol_of,
)
from notifications.consumers.tailing import SERVER_FAULT, Tail
from notifications.database import on_database
from notifications.hub import Hub, hub
from notifications.policy import STREAM
from notifications.services.receipts import Receipt
from notifications.services.seen import event_seen_by
from responders.check_in_batches import ShapeError, decode_body
from responders.ingest.commit import Revoked
from responders.ingest.intake import submit_check_ins
from responders.ingest.refusals import refusal_of
from responders.messages import language_of
from responders.phone_status import read_status
from responders.services.status import note_status

logger = logging.getLogger(__name__)

BAD_CLIENT = 4400
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def stream_application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve /ws/stream/: the ASGI application behind the route."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept", "subprotocol": subprotocol_of(scope)})
    try:
        async with asyncio.timeout(STREAM.sign_in_timeout_s):
            await note_leak(scope)
            person = await sign_in(scope, hub())
    except Refused as refusal:
        await send({"type": "websocket.close", "code": refusal.code})
        return
    except (TimeoutError, DatabaseError):
        await send({"type": "websocket.close", "code": SERVER_FAULT})
        return
    with translation.override(language_of(language_header(scope))):
        tail = Tail(person, hub=hub(), send=send, address=address_of(scope), agent=agent_of(scope))
        await Stream(tail, hub=hub(), receive=receive).run()


class Stream:
    """One signed-in socket until it closes."""

    def __init__(self, tail: Tail, *, hub: Hub, receive: Receive) -> None:
        self._tail = tail
        self._person = tail.person
        self._hub = hub
        self._receive = receive
        self._errors = 0
        self._confirmed = -1
        self._earlier = True  # the next receipt may speak of what another socket sent
        self._uploads: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Speak until one side ends it; leaves no task and no listener behind."""
        jobs: list[asyncio.Task[Any]] = []
        try:
            await self._hub.join(self._tail)
            jobs = [
                asyncio.create_task(self._hear()),
                asyncio.create_task(self._tail.pump()),
                asyncio.create_task(self._tail.heartbeat()),
            ]
            await asyncio.wait([*jobs, self._tail.ended], return_when=asyncio.FIRST_COMPLETED)
            self._explain(jobs)
        except DatabaseError:
            self._tail.end(SERVER_FAULT)
        finally:
            for task in [*jobs, *self._uploads]:
                task.cancel()
            await asyncio.gather(*jobs, *self._uploads, return_exceptions=True)
            await self._tail.close()
            await self._hub.leave(self._tail)

    def _explain(self, jobs: list[asyncio.Task[Any]]) -> None:
        for job in jobs:
            if job.done() and not job.cancelled() and job.exception() is not None:
                error = job.exception()
                if not isinstance(error, (TimeoutError, DatabaseError, OSError)):
                    logger.error("a socket of the stream failed", exc_info=error)
                self._tail.end(SERVER_FAULT)

    async def _hear(self) -> None:
        """Read what the phone says until it hangs up."""
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                self._tail.gone()
                return
            self._hub.presence.heard(self._person.device_id)
            await self._take(message)

    async def _take(self, message: dict[str, Any]) -> None:
        text = message.get("text")
        raw = message.get("bytes") or b"" if text is None else text.encode("utf-8", "replace")
        if len(raw) > STREAM.frame_max_bytes:
            self._tail.end(BAD_CLIENT)
            return
        try:
            frame = decode_body(raw)
        except ShapeError:
            await self._misunderstood("bad_json")
            return
        if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
            await self._misunderstood("not_an_object")
            return
        if not _is_sayable(frame.get("ref")):
            await self._misunderstood("bad_json")
            return
        handle = {
            "resume": self._resume,
            "received": self._received,
            "check_ins": self._check_ins,
            "seen": self._seen,
            "status": self._status,
        }.get(frame["type"])
        if handle is None:
            await self._misunderstood("unknown_type", frame)
        else:
            await handle(frame)

    async def _resume(self, frame: dict[str, Any]) -> None:
        after, epoch = frame.get("after"), frame.get("epoch")
        if not _is_seq(after) or not (epoch is None or isinstance(epoch, str)):
            await self._misunderstood("bad_resume", frame)
            return
        self._earlier = True
        self._tail.resume(after=after, epoch=epoch)

    async def _received(self, frame: dict[str, Any]) -> None:
        seq = frame.get("seq")
        if not _is_seq(seq) or seq > self._tail.reached:
            await self._misunderstood("bad_seq", frame)
            return
        sent = self._tail.received(seq)
        if not sent and seq <= self._confirmed:
            return
        earlier, self._earlier = self._earlier, False
        await self._hub.receipts.ask(Receipt(self._person.device_id, seq, sent, earlier))
        self._confirmed = max(self._confirmed, seq)

    async def _seen(self, frame: dict[str, Any]) -> None:
        """Note that one event was shown to the person."""
        seq = frame.get("seq")
        if not _is_seq(seq) or seq > self._tail.reached:
            await self._misunderstood("bad_seq", frame)
            return
        known = await on_database(
            event_seen_by, self._person.device_id, seq, "socket", datetime.now(UTC)
        )
        if not known:
            await self._misunderstood("bad_seq", frame)

    async def _status(self, frame: dict[str, Any]) -> None:
        """Keep what the phone says of itself."""
        try:
            status = read_status(frame)
        except ValueError:
            await self._misunderstood("bad_status", frame)
            return
        await on_database(
            note_status,
            device_id=self._person.device_id,
            unsent=status.unsent,
            oldest_at=status.oldest,
            battery_pct=status.battery_pct,
            now=datetime.now(UTC),
        )

    async def _check_ins(self, frame: dict[str, Any]) -> None:
        """Start storing an upload; the socket reads on meanwhile, up to a bound."""
        if self._person.role != "crew":
            await self._tail.say_error("wrong_role", ref=frame.get("ref"))
            return
        if len(self._uploads) >= STREAM.check_ins_pending_max:
            await asyncio.wait(self._uploads, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._store(frame, datetime.now(UTC)))
        self._uploads.add(task)
        task.add_done_callback(self._uploads.discard)

    async def _store(self, frame: dict[str, Any], received_at: datetime) -> None:
        ref = frame.get("ref")
        try:
            answer = await submit_check_ins(
                device_id=self._person.device_id, envelope=frame, received_at=received_at
            )
        except Revoked:
            self._tail.end(REVOKED)
        except ShapeError as error:
            await self._misunderstood(error.code, frame)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                logger.exception("check-ins on a socket failed")
            await self._tail.say_error("server_error" if refusal is None else refusal.code, ref=ref)
        else:
            await self._tail.say({"type": "check_ins_result", "ref": ref, **answer})

    async def _misunderstood(self, code: str, frame: dict[str, Any] | None = None) -> None:
        """Answer what cannot be understood; the twentieth time, close."""
        await self._tail.say_error(code, ref=(frame or {}).get("ref"))
        self._errors += 1
        if self._errors >= STREAM.errors_max:
            self._tail.end(BAD_CLIENT)


def _is_sayable(ref: object) -> bool:
    """Say whether a reference can be sent back: JSON admits half a surrogate pair, UTF-8 none."""
    try:
        msgspec.json.encode(ref)
    except (UnicodeEncodeError, TypeError, ValueError):
        return False
    return True


def _is_seq(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
