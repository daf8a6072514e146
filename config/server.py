"""Daphne's server with an end of its own: refuse, drain, close sockets with 1012, then stop."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import defer, reactor

from config.loop_watch import LOOP_WATCH
from config.process import drain

logger = logging.getLogger(__name__)

BACKLOG = 4096  # performance study: daphne's own 50 makes phones that reconnect wait a second
WEBSOCKET_TIMEOUT_S = 43_200  # reliability study, 4.1
HTTP_TIMEOUT_S = 120
BODY_BUFFER_BYTES = 1024 * 1024  # one message a body
PING_EVERY_S, PING_ANSWER_S = 20, 30
CLOSING_S = 8.0  # DESIGN, Parts chosen
RESTARTING = 1012
FORCED_EXIT = 130


class GracefulServer(Server):
    """Serve until SIGINT or SIGTERM; a later SIGINT forces the end.

    `on_ready` runs when the loop does, `on_stopped` (blocking, in a thread) before the loop ends.
    After `run`, `failure` says in one sentence why it never listened.
    """

    def __init__(
        self,
        application: Any,
        *,
        host: str,
        port: int,
        on_ready: Callable[[], None],
        on_stopped: Callable[[], None],
    ) -> None:
        super().__init__(
            application,
            endpoints=[endpoint(host, port)],
            signal_handlers=False,
            http_timeout=HTTP_TIMEOUT_S,
            request_buffer_size=BODY_BUFFER_BYTES,
            websocket_timeout=WEBSOCKET_TIMEOUT_S,
            ping_interval=PING_EVERY_S,
            ping_timeout=PING_ANSWER_S,
            ready_callable=self._arm,
        )
        self.failure: str | None = None
        self._on_ready = on_ready
        self._on_stopped = on_stopped
        self._ports: list[Any] = []
        self._ending: asyncio.Future[None] | None = None
        self._asked_to_end = False

    def listen_success(self, port: Any) -> None:
        """Keep the port, so that it can be closed before the rest."""
        self._ports.append(port)
        super().listen_success(port)

    def listen_error(self, failure: Any) -> None:
        """Keep the reason, and never start."""
        self.failure = failure.getErrorMessage()
        self.stop()

    def kill_all_applications(self) -> Any:
        """Cancel what still runs (daphne's own fails on a connection between two requests)."""
        tasks = [task for task in self._running() if task.cancel()]
        waiting = defer.Deferred.fromFuture(asyncio.gather(*tasks, return_exceptions=True))
        waiting.addErrback(lambda _failure: None)
        return waiting

    def _arm(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        # Not `callWhenRunning`: that comes just before the asyncio loop turns.
        clock: Any = reactor  # its stub takes `callLater` for a static method
        clock.callLater(0, self._on_ready)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._asked_to_end and number != signal.SIGINT:
            return  # make and process managers may send it twice
        if self._asked_to_end:
            logger.warning("stopped by force")
            logging.shutdown()
            raise SystemExit(FORCED_EXIT)
        self._asked_to_end = True
        logger.info("stopping (%s)", signal.Signals(number).name)
        reactor.callFromThread(self._begin_end)

    def _begin_end(self) -> None:
        self._ending = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        """End in order; whatever fails on the way, the process ends."""
        until = time.monotonic() + CLOSING_S
        try:
            for port in self._ports:
                await _closed(port)
            await asyncio.to_thread(drain)
            self._close_sockets()
            while self._running() and time.monotonic() < until:
                await asyncio.sleep(0.05)
            await asyncio.to_thread(self._on_stopped)
            await LOOP_WATCH.stop()
        except Exception:
            logger.exception("the orderly end failed")
        self.stop()

    def _close_sockets(self) -> None:
        """Tell every phone and page that a restart is under way.

        By the frame itself: autobahn's `sendClose` refuses 1012, which RFC 6455's registry has.
        """
        for protocol, details in list(self.connections.items()):
            if isinstance(protocol, WebSocketProtocol) and "disconnected" not in details:
                if protocol.state == WebSocketProtocol.STATE_OPEN:
                    protocol.sendCloseFrame(code=RESTARTING)
                else:
                    protocol.dropConnection(abort=True)

    def _running(self) -> list[asyncio.Future[Any]]:
        applications = (
            details.get("application_instance") for details in self.connections.values()
        )
        return [task for task in applications if task is not None and not task.done()]


async def _closed(port: Any) -> None:
    """Close a listening port."""
    closing = port.stopListening()
    if isinstance(closing, defer.Deferred):
        await closing.asFuture(asyncio.get_running_loop())


def endpoint(host: str, port: int) -> str:
    """Return Twisted's description of where to listen."""
    escaped = host.strip("[]").replace(":", r"\:")
    return f"tcp:port={port}:interface={escaped}:backlog={BACKLOG}"
