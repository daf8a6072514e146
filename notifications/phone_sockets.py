"""The open sockets of each phone: how many it may have, and whether two places hold its token.

No I/O and no clock: times are seconds of a monotonic clock. A dead socket is closed within 50 s
(config/server.py asks every 20 s and waits 30 s), so two that stay side by side both answer. What
stands in another process is found by the mark that each leaves at the phone's row (presence.py).
"""

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from notifications.policy import STREAM, StreamPolicy

NETWORK_BITS = {4: 16, 6: 32}  # what an operator's own translation of addresses stays within


class Peer(Protocol):
    """One open socket: whose, from which address, and what it calls itself."""

    device_id: UUID
    address: str
    agent: str


Socket = TypeVar("Socket", bound=Peer)


@dataclass(frozen=True, slots=True)
class Held:
    """A socket: the mark of its place, and since when it is open (seconds)."""

    place: str
    since_s: float


class PhoneSockets(Generic[Socket]):
    """The sockets of one process, the oldest first, by phone."""

    def __init__(self, policy: StreamPolicy = STREAM) -> None:
        self._policy = policy
        self._open: dict[UUID, dict[Socket, Held]] = {}
        self._told: set[UUID] = set()

    def add(self, socket: Socket, now_s: float) -> list[Socket]:
        """Take in a new socket; return those that are too many and must go.

        The oldest of the newcomer's own place goes first: a phone that came back leaves a dead one
        there, and whoever opens hundreds elsewhere closes their own.
        """
        mine = self._open.setdefault(socket.device_id, {})
        gone = []
        while len(mine) >= self._policy.sockets_per_phone_max:
            here = [one for one in mine if _peer(one) == _peer(socket)]
            oldest = next(iter(here or mine))
            del mine[oldest]
            gone.append(oldest)
        mine[socket] = Held(place_of(socket), now_s)
        return gone

    def remove(self, socket: Socket) -> bool:
        """Forget a socket; True where its phone has no other here."""
        mine = self._open.get(socket.device_id, {})
        mine.pop(socket, None)
        if len(mine) < 2:
            self._told.discard(socket.device_id)
        if not mine:
            self._open.pop(socket.device_id, None)
        return not mine

    def oldest(self, device_ids: Iterable[UUID]) -> dict[UUID, Held]:
        """Return the oldest socket of each of these phones that has one here."""
        mine = {device_id: self._open.get(device_id) for device_id in device_ids}
        return {key: next(iter(sockets.values())) for key, sockets in mine.items() if sockets}

    def copied(self, now_s: float) -> set[UUID]:
        """Return the phones with sockets in two places that have lived beside each other too long.

        Each until it is told.
        """
        since_s = now_s - self._policy.copied_after_s
        found = set()
        for device_id, mine in self._open.items():
            if len(mine) > 1 and device_id not in self._told:
                lasting = [held.place for held in mine.values() if held.since_s <= since_s]
                if any(is_elsewhere(place, lasting[0]) for place in lasting[1:]):
                    found.add(device_id)
        return found

    def untold(self, device_ids: Iterable[UUID]) -> set[UUID]:
        """Return those of the phones here that nobody was told of."""
        return {one for one in device_ids if one in self._open} - self._told

    def tell(self, device_ids: Iterable[UUID]) -> None:
        """Note that somebody was told of them, until they have one socket again."""
        self._told.update(device_ids)


def place_of(socket: Peer) -> str:
    """Return the mark of a place: program, kind of address and network, without naming them.

    Digests salted by the phone, because the mark is kept at its row.
    """
    try:
        address = ipaddress.ip_address(socket.address)
    except ValueError:
        return f"{_digest(socket, socket.agent)}-0-"
    away = address.max_prefixlen - NETWORK_BITS[address.version]
    network = _digest(socket, str(int(address) >> away))
    return f"{_digest(socket, socket.agent)}-{address.version}-{network}"


def is_elsewhere(one: str, other: str) -> bool:
    """Say whether two marks cannot be of one phone: another program, or another network.

    One phone may come from several addresses of its operator at once, by IPv4 and by IPv6. A mark
    that another version wrote in another form says nothing.
    """
    mine, theirs = one.split("-"), other.split("-")
    if not len(mine) == len(theirs) == 3:
        return False
    (agent, version, network), (agent_too, version_too, network_too) = mine, theirs
    return agent != agent_too or (version == version_too and network != network_too)


def _peer(socket: Peer) -> tuple[str, str]:
    return socket.address, socket.agent


def _digest(socket: Peer, text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=5, salt=socket.device_id.bytes).hexdigest()
