"""Chain a device's check-ins by hashes, so that a row changed, added or lost later shows.

In the order of receipt, `hash = hex SHA-256(previous_hash || canonical JSON of the head)`; the head
holds id, times, device and the digest of the rest (position and the like), which is salted:
`data_digest = hex SHA-256(salt || canonical JSON of the rest)`. Erasing rest and salt after the
retention time leaves the chain whole and the positions beyond guessing. Salt and previous hash
enter as their text. Canonical JSON is RFC 8785. Source: CONTRACT, Movement proof.

Pure: works on plain values, so that a proof can be checked without a database.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import rfc8785

from responders.wire_time import to_wire

GENESIS = "0" * 64

_SORTED = msgspec.json.Encoder(order="sorted")

# The erasable part of a check-in, in the names of the wire.
DATA_FIELDS = (
    "lat",
    "lon",
    "accuracy_m",
    "speed_mps",
    "heading_deg",
    "altitude_m",
    "battery_pct",
    "is_mock",
    "source",
)


@dataclass(frozen=True)
class Link:
    """Hold one row of a chain, as stored; `data` and `salt` are `None` once erased."""

    head: Mapping[str, Any]
    data: Mapping[str, Any] | None
    salt: str | None
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class BrokenLink:
    """Name the first row that does not hold, and what is wrong with it."""

    check_in: str
    problem: str


def new_salt() -> str:
    """Return 128 random bits as hex text."""
    return secrets.token_hex(16)


def new_salts(count: int) -> Iterator[str]:
    """Yield so many salts out of one draw: each draw is a call into the system."""
    drawn = secrets.token_hex(16 * count)
    return (drawn[start : start + 32] for start in range(0, len(drawn), 32))


def data_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the erasable part of a check-in; what is `None` or empty is left out."""
    return told_of(map(values.get, DATA_FIELDS))


def told_of(data: Iterable[Any]) -> dict[str, Any]:
    """Return the same of the values of `DATA_FIELDS`, in their order."""
    told = zip(DATA_FIELDS, data, strict=True)
    return {name: value for name, value in told if value is not None and value != ""}


def data_digest(*, salt: str, data: Mapping[str, Any]) -> str:
    """Return the salted digest of the erasable part."""
    return _sha256_hex(salt.encode(), canonical_json(data))


def text_digest(*, salt: str, text: str) -> str:
    """Return the salted digest that stands for erasable words: SHA-256(salt || text) in hex."""
    return _sha256_hex(salt.encode(), text.encode())


def head_of(
    *,
    client_id: UUID,
    device_id: UUID,
    recorded_at: datetime,
    received_at: datetime,
    data_digest: str,
) -> dict[str, Any]:
    """Return the object that is hashed: what stays when the position is erased."""
    return {
        "id": str(client_id),
        "recorded_at": to_wire(recorded_at),
        "received_at": to_wire(received_at),
        "device": str(device_id),
        "data_digest": data_digest,
    }


def link_hash(*, previous_hash: str, head: Mapping[str, Any]) -> str:
    """Return the hash of a row that follows `previous_hash` (`GENESIS` for a device's first)."""
    return _sha256_hex(previous_hash.encode(), canonical_json(head))


def row_hash(
    *,
    client_id: str,
    device_id: str,
    recorded_at: str,
    received_at: str,
    data_digest: str,
    previous_hash: str,
) -> str:
    """Return `link_hash` of `head_of` where all of it is text already: a quarter of the cost.

    Ids, times and digests hold nothing that JSON escapes; the names are in their order.
    """
    head = (
        f'{{"data_digest":"{data_digest}","device":"{device_id}","id":"{client_id}",'
        f'"received_at":"{received_at}","recorded_at":"{recorded_at}"}}'
    )
    return _sha256_hex(previous_hash.encode(), head.encode())


def verify_chain(links: Iterable[Link], *, previous_hash: str = GENESIS) -> BrokenLink | None:
    """Walk rows in the order of receipt; return the first that does not hold, `None` if all do."""
    for link in links:
        problem = _problem_of(link, previous_hash=previous_hash)
        if problem is not None:
            return BrokenLink(check_in=str(link.head.get("id")), problem=problem)
        previous_hash = link.hash
    return None


def canonical_json(flat: Mapping[str, Any]) -> bytes:
    """Return a flat object in the form of RFC 8785, byte for byte what the `rfc8785` library gives.

    msgspec writes what a check-in holds in the same way, and twenty times faster; anything else the
    library writes itself.
    """
    same = dict(flat)
    for name, value in flat.items():
        kind = type(value)
        if kind is float:
            if value.is_integer() and -(2**53) < value < 2**53:
                same[name] = int(value)
            elif not 1e-4 <= abs(value) < 2**53:
                return rfc8785.dumps(dict(flat))
        elif kind is not str and kind is not bool:
            return rfc8785.dumps(dict(flat))
    if not "".join(same).isascii():  # where bytes and UTF-16 sort in two orders
        return rfc8785.dumps(dict(flat))
    try:
        return _SORTED.encode(same)
    except UnicodeEncodeError:  # half a surrogate pair: let the library say what it says
        return rfc8785.dumps(dict(flat))


def _problem_of(link: Link, *, previous_hash: str) -> str | None:
    """Say in a word what is wrong with one row."""
    if link.previous_hash != previous_hash:
        return "previous_hash"
    if link.hash != link_hash(previous_hash=previous_hash, head=link.head):
        return "hash"
    if (link.data is None) != (link.salt is None):
        return "half_erased"
    if link.data is None or link.salt is None:
        return None
    if link.head.get("data_digest") != data_digest(salt=link.salt, data=link.data):
        return "data_digest"
    return None


def _sha256_hex(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()
