"""Who opens a socket: a device token in the header, or offered as a subprotocol by a browser.

A token in the URL, a cookie and the Origin count for nothing.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from notifications.database import on_database
from notifications.hub import Hub
from notifications.stream import SignedIn
from responders.requests import client_address
from responders.services.findings import note_leaks
from responders.tokens import bearer_of, device_tokens_in, is_device_token

SUBPROTOCOL = "gerak112.v1"
BEARER_PREFIX = "bearer."
UNKNOWN, REVOKED = 4401, 4403


class Refused(Exception):
    """This socket may not be told anything; `code` is what it is closed with."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def subprotocol_of(scope: dict[str, Any]) -> str | None:
    """Return the subprotocol to answer: ours where it was offered."""
    return SUBPROTOCOL if SUBPROTOCOL in scope.get("subprotocols", ()) else None


def language_header(scope: dict[str, Any]) -> str:
    """Return the Accept-Language header, empty where there is none."""
    return _header(scope, b"accept-language")


def agent_of(scope: dict[str, Any]) -> str:
    """Return what the program on the other side calls itself, empty where it says nothing."""
    return _header(scope, b"user-agent")


def address_of(scope: dict[str, Any]) -> str:
    """Return where a socket comes from."""
    peer = str((scope.get("client") or ("",))[0])
    return client_address(_header(scope, b"x-forwarded-for"), peer)


async def note_leak(scope: dict[str, Any]) -> None:
    """Write down a live token in the address of a socket; its own is asked for elsewhere."""
    told = scope.get("query_string", b"").decode("latin-1")
    if device_tokens_in(told):
        await on_database(note_leaks, told, now=datetime.now(UTC))


async def sign_in(scope: dict[str, Any], hub: Hub) -> SignedIn:
    """Return whose socket this is. Raises Refused."""
    token = _token(scope)
    if token is None or not is_device_token(token):
        raise Refused(UNKNOWN)
    phone = await hub.phones.ask(token)
    if phone is None:
        raise Refused(UNKNOWN)
    if not phone.trusted:
        raise Refused(REVOKED)
    return phone


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
