"""Build the object of a movement proof, and say which of it is signed. Pure.

An evidence row holds the hashed object of a check-in (`check_in`) and, beside it, what that object
is the digest of: `rest` (position and the like) and `salt`. Those two are not signed, so that they
can be erased after the retention time and the signature stays whole. Source: CONTRACT, Movement
proof; what is added to it is named in docs/proofs.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from responders.chain import Link
from responders.wire_time import to_wire, to_wire_or_none

VERSION = 1
SIGNED_OF_ROW = (
    "check_in",
    "device",
    "source_auth",
    "clock_offset_s",
    "links",
    "previous_hash",
    "hash",
)
ERASABLE_OF_ROW = ("rest", "salt")

Position = tuple[Mapping[str, Any] | None, str | None]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is claimed: whose movement, by when, the verdict and the rule that gave it.

    `rule` holds name, version and parameters; `reason` is "" where there is none; `supersedes` is
    the id of the proof of the verdict before.
    """

    id: str
    assignment: str
    incident: str
    incident_number: str
    unit: int
    unit_call_sign: str
    rule: Mapping[str, Any]
    dispatched_at: datetime
    move_by: datetime
    verdict: str
    reason: str
    grade: str
    moved_at: datetime | None
    moved_at_low: datetime | None
    moved_at_high: datetime | None
    known_at: datetime | None
    displacement_m: float | None
    supersedes: str | None


@dataclass(frozen=True, slots=True)
class Witness:
    """One check-in that the verdict rests on. `skipped`: the hashes of the rows of the same phone
    between the witness before it and this one, in the order of receipt."""

    link: Link
    source_auth: str
    clock_offset_s: tuple[float | None, float | None]
    skipped: tuple[str, ...]


def proof_of(
    facts: Facts, witnesses: Sequence[Witness], *, issued_at: datetime, key_id: str
) -> dict[str, Any]:
    """Return the proof without its signature, the positions left out.

    witnesses: for each phone in the order of receipt.
    """
    return {
        "version": VERSION,
        "id": facts.id,
        "assignment": facts.assignment,
        "incident": facts.incident,
        "incident_number": facts.incident_number,
        "unit": facts.unit,
        "unit_call_sign": facts.unit_call_sign,
        "rule": dict(facts.rule),
        "dispatched_at": to_wire(facts.dispatched_at),
        "move_by": to_wire(facts.move_by),
        "moved_at": to_wire_or_none(facts.moved_at),
        "moved_at_bounds": [
            to_wire_or_none(facts.moved_at_low),
            to_wire_or_none(facts.moved_at_high),
        ],
        "known_at": to_wire_or_none(facts.known_at),
        "verdict": facts.verdict,
        "reason": facts.reason or None,
        "grade": facts.grade or None,
        "displacement_m": facts.displacement_m,
        "evidence": [_row(witness) for witness in witnesses],
        "evidence_ids": [str(witness.link.head["id"]) for witness in witnesses],
        "supersedes": facts.supersedes,
        "issued_at": to_wire(issued_at),
        "key_id": key_id,
    }


def signed_bytes(proof: Mapping[str, Any]) -> bytes:
    """Return what the signature is over: RFC 8785 of all but it and the rows' erasable parts.

    Raises what `rfc8785.dumps` raises for values that JSON or I-JSON does not have.
    """
    body = {name: value for name, value in proof.items() if name != "signature"}
    body["evidence"] = [
        {name: value for name, value in row.items() if name not in ERASABLE_OF_ROW}
        for row in proof["evidence"]
    ]
    return rfc8785.dumps(body)


def with_positions(proof: Mapping[str, Any], positions: Mapping[str, Position]) -> dict[str, Any]:
    """Return the proof with rest and salt of each row, by the row's hash; null where erased."""
    rows = []
    for row in proof["evidence"]:
        rest, salt = positions.get(row["hash"], (None, None))
        rows.append(row | {"rest": None if rest is None else dict(rest), "salt": salt})
    return dict(proof) | {"evidence": rows}


def _row(witness: Witness) -> dict[str, Any]:
    link = witness.link
    return {
        "check_in": dict(link.head),
        "device": link.head["device"],
        "source_auth": witness.source_auth,
        "clock_offset_s": list(witness.clock_offset_s),
        "links": list(witness.skipped),
        "previous_hash": link.previous_hash,
        "hash": link.hash,
    }
