"""The shape of a proof and of the published keys, for reading what a stranger hands us. Pure.

Strict about what verification needs; fields it does not know are let through (they are signed).
"""

import json
from typing import Annotated, Any, Literal

import msgspec

Hash = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class CheckIn(msgspec.Struct, forbid_unknown_fields=True):
    """The hashed object of a check-in: these members and no other."""

    id: str
    recorded_at: str
    received_at: str
    device: str
    data_digest: Hash


class Row(msgspec.Struct):
    """One evidence row; `rest` and `salt` are both absent or null once erased."""

    check_in: CheckIn
    device: str
    source_auth: Literal["strong", "weak"]
    clock_offset_s: tuple[float | None, float | None]
    links: list[Hash]
    previous_hash: Hash
    hash: Hash
    rest: dict[str, float | bool | str] | None = None
    salt: str | None = None


class Rule(msgspec.Struct):
    """The rule that gave the verdict, by name, version and numbers."""

    name: str
    version: str
    parameters: dict[str, Any]


class Proof(msgspec.Struct):
    """A movement proof, version 1."""

    version: Literal[1]
    assignment: str
    incident: str
    rule: Rule
    dispatched_at: str
    move_by: str
    moved_at: str | None
    known_at: str | None
    verdict: Literal["moved", "moved_late", "stationary", "indeterminate", "unverifiable"]
    reason: str | None
    evidence: list[Row]
    supersedes: str | None
    issued_at: str
    key_id: str
    signature: str
    evidence_ids: list[str] | None = None


class Jwk(msgspec.Struct):
    """One public key. Source: RFC 8037."""

    kid: str
    x: str
    kty: Literal["OKP"]
    crv: Literal["Ed25519"]


class Jwks(msgspec.Struct):
    """What /.well-known/gerak112-keys.json holds."""

    keys: list[Jwk]


def read_json(text: str | bytes) -> Any:
    """Read JSON in which no name stands twice and every number is one.

    Raises ValueError with what is wrong: two readers must not see two different proofs.
    """
    try:
        value = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeEncodeError:
        raise ValueError("half a character (a lone surrogate) in a text") from None
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return members


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")
