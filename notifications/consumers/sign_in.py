"""Who opens a socket: a device token in the header, or offered as a subprotocol by a browser.

A token in the URL, a cookie and the Origin count for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from notifications.selectors import newest_visible_now
from responders.auth import device_for_token
from responders.tokens import bearer_of, is_device_token

SUBPROTOCOL = "gerak112.v1"
BEARER_PREFIX = "bearer."
UNKNOWN, REVOKED = 4401, 4403


class Refused(Exception):
    """This socket may not be told anything; `code` is what it is closed with."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True)
class SignedIn:
    """The phone behind a socket."""

    device_id: UUID
    person_id: int
    role: str
    newest: int


def subprotocol_of(scope: dict[str, Any]) -> str | None:
    """Return the subprotocol to answer: ours where it was offered."""
    return SUBPROTOCOL if SUBPROTOCOL in scope.get("subprotocols", ()) else None


def language_header(scope: dict[str, Any]) -> str:
    """Return the Accept-Language header, empty where there is none."""
    return _header(scope, b"accept-language")


def sign_in(scope: dict[str, Any]) -> SignedIn:
    """Return whose socket this is. Raises Refused."""
    token = _token(scope)
    if token is None or not is_device_token(token):
        raise Refused(UNKNOWN)
    device = device_for_token(token)
    if device is None:
        raise Refused(UNKNOWN)
    if not device.is_trusted or not device.user.is_active:
        raise Refused(REVOKED)
    return SignedIn(device.pk, device.user_id, device.user.role, newest_visible_now(device.user_id))


def _token(scope: dict[str, Any]) -> str | None:
    from_header = bearer_of(_header(scope, b"authorization"))
    if from_header is not None:
        return from_header
    offered: Iterable[str] = scope.get("subprotocols", ())
    if SUBPROTOCOL not in offered:
        return None
    bearers = [text for text in offered if text.startswith(BEARER_PREFIX)]
    return bearers[0].removeprefix(BEARER_PREFIX) if len(bearers) == 1 else None


def _header(scope: dict[str, Any], wanted: bytes) -> str:
    for name, value in scope.get("headers", ()):
        if name.lower() == wanted:
            return value.decode("latin-1")
    return ""
