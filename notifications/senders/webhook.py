"""A signed POST to somebody else's system. All knowledge of HTTP's answers ends here.

Used for events to agencies and by the ladder for the city's SMS, voice and e-mail gateway. The
signature is that of the telephone exchange's webhook: `X-Gerak-Signature:
t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. How a receiver checks it: docs/webhooks.md.
"""

import contextlib
import hmac
import http.client
import socket as sockets
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from queue import Empty, SimpleQueue

from django.conf import settings

from notifications.senders.base import Outcome
from notifications.senders.fcm_errors import parse_retry_after
from notifications.senders.web_address import (
    AddressRefused,
    WebAddress,
    addresses_of,
    read_address,
)

CONNECT_TIMEOUT_S = 3.0
WALL_TIME_S = 4.8  # as for pushes: no worker is busy for more than five seconds
BODY_MAX_BYTES = 256 * 1024
ANSWER_MAX_BYTES = 2_048
MAX_UNDER_WAY = 16  # threads, with those that were given up and still hang in a resolver
AGAIN = {408, 425, 429}  # besides every 5xx

TOO_LATE = Outcome(state="retry", detail="no answer in time")
_PLACES = threading.BoundedSemaphore(MAX_UNDER_WAY)


def post_signed(
    *,
    url: str,
    secrets: Sequence[str],
    body: bytes,
    now: datetime,
    headers: Mapping[str, str] | None = None,
) -> Outcome:
    """Post JSON to `url` at most once and tell the outcome within five seconds. Never raises.

    `secrets`: the one in force, and during a rotation the one before; each makes a `v1`. `headers`
    are added. 2xx is `accepted`; 408, 425, 429, 5xx, no connection and no answer are `retry`, with
    the receiver's Retry-After; all else is `dead` and a fault of somebody's configuration, 410
    also `token_dead`. Redirects are not followed. An address that is not public is `dead` unless
    the setting GERAK_WEBHOOK_PRIVATE allows it. `detail` holds nothing that the receiver wrote.
    """
    if len(body) > BODY_MAX_BYTES:
        return _refused("body too large")
    try:
        address = read_address(url)
    except AddressRefused as error:
        return _refused(error.detail)
    if not _PLACES.acquire(blocking=False):
        return Outcome(state="retry", detail="too many posts under way")
    sent = {
        "Content-Type": "application/json",
        "User-Agent": "Gerak112",
        "Connection": "close",
        **(headers or {}),
        "X-Gerak-Signature": sign(body, secrets=secrets, at_s=int(now.timestamp())),
    }
    return _Post(address, sent, body, now).outcome()


def sign(body: bytes, *, secrets: Sequence[str], at_s: int) -> str:
    """Return the value of X-Gerak-Signature for a body sent at a Unix time."""
    signed = f"{at_s}.".encode() + body
    marks = [hmac.new(secret.encode(), signed, sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at_s}", *(f"v1={mark}" for mark in marks)])


class _Post:
    """One post in a thread of its own: nothing else bounds a resolver that hangs."""

    def __init__(
        self, address: WebAddress, headers: dict[str, str], body: bytes, now: datetime
    ) -> None:
        self._address = address
        self._headers = headers
        self._body = body
        self._now = now
        self._allow_private = settings.GERAK_WEBHOOK_PRIVATE
        self._give_up_at_s = time.monotonic() + WALL_TIME_S
        self._socket: sockets.socket | None = None
        self._answers: SimpleQueue[Outcome] = SimpleQueue()

    def outcome(self) -> Outcome:
        worker = threading.Thread(target=self._work, name="webhook", daemon=True)
        try:
            worker.start()
        except RuntimeError:
            _PLACES.release()
            return Outcome(state="retry", detail="no thread to send with")
        try:
            return self._answers.get(timeout=WALL_TIME_S)
        except Empty:
            self._hang_up()
            return TOO_LATE

    def _work(self) -> None:
        try:
            self._answers.put(self._attempt())
        except AddressRefused as error:
            self._answers.put(_refused(error.detail))
        except ssl.SSLCertVerificationError:
            self._answers.put(_refused("certificate refused"))
        except TimeoutError:
            self._answers.put(TOO_LATE)
        except OSError as error:
            self._answers.put(Outcome(state="retry", detail=f"no connection ({_name(error)})"))
        except Exception as error:  # the promise of `post_signed`: whatever it is, it ends here
            self._answers.put(Outcome(state="retry", detail=f"unreadable answer ({_name(error)})"))
        finally:
            self._hang_up()
            _PLACES.release()

    def _attempt(self) -> Outcome:
        connection = http.client.HTTPConnection(self._address.host, self._address.port)
        connection.sock = self._connected()
        connection.request("POST", self._address.target, self._body, self._headers)
        answer = connection.getresponse()
        answer.read(ANSWER_MAX_BYTES)
        return outcome_of_status(
            answer.status, retry_after=answer.getheader("Retry-After"), now=self._now
        )

    def _connected(self) -> sockets.socket:
        """Return a connection to one of the checked addresses, encrypted where https is asked."""
        numbers = addresses_of(self._address, allow_private=self._allow_private)
        plain = self._first_that_answers(numbers)
        self._socket = plain
        plain.settimeout(max(0.1, self._give_up_at_s - time.monotonic()))
        if self._address.scheme == "https":
            context = ssl.create_default_context()
            self._socket = context.wrap_socket(plain, server_hostname=self._address.host)
        return self._socket

    def _first_that_answers(self, numbers: list[str]) -> sockets.socket:
        for left in range(len(numbers) - 1, -1, -1):
            number = numbers[len(numbers) - 1 - left]
            try:
                return sockets.create_connection(
                    (number, self._address.port), timeout=CONNECT_TIMEOUT_S
                )
            except OSError:
                if not left or time.monotonic() > self._give_up_at_s:
                    raise
        raise OSError("no address")

    def _hang_up(self) -> None:
        # Also from the waiting thread: a receiver that drips its answer ends here.
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(sockets.SHUT_RDWR)
            self._socket.close()


def outcome_of_status(status: int, *, retry_after: str | None, now: datetime) -> Outcome:
    """Map the status of an answer."""
    if 200 <= status < 300:
        return Outcome(state="accepted", detail=str(status))
    if status in AGAIN or status >= 500:
        pause_s = parse_retry_after(retry_after, now=now)
        return Outcome(state="retry", detail=str(status), retry_after_s=pause_s)
    return Outcome(
        state="dead", detail=str(status), token_dead=status == 410, configuration_fault=True
    )


def _refused(detail: str) -> Outcome:
    return Outcome(state="dead", detail=detail, configuration_fault=True)


def _name(error: Exception) -> str:
    return type(error).__name__
