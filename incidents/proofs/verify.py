"""Check a movement proof with nothing but the proof and the published keys. No database.

What holds after `verify_proof` returned None:

- The holder of the named key signed exactly this, positions aside, and each position that is still
  there is the one whose digest was signed.
- Each evidence row is the check-in that its hash names, at the place in its phone's chain that its
  `previous_hash` names. Of two rows without links between them the later was chained directly onto
  the earlier. Skipped rows are listed by hash alone: how many there are, and that they end where
  the next row begins, is shown; what they hold only the city's own database (`verify_journal`) or
  another proof that carries them can show.
- Times and verdict agree with each other and with the rows.

It does not repeat the movement rule, and no hash can tell whether a phone told the truth.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from incidents.proofs.document import signed_bytes
from incidents.proofs.plausible import implausible
from incidents.proofs.problem import Problem
from incidents.proofs.shape import Jwks, Proof, Row
from responders.chain import data_digest, link_hash

UNREADABLE = (
    msgspec.ValidationError,
    rfc8785.CanonicalizationError,
    RecursionError,
    UnicodeError,
    OverflowError,
)


def verify_proof(proof: Any, keys: Any) -> Problem | None:
    """Return the first thing that is wrong with a proof, None if it holds.

    proof, keys: as read from JSON; keys is what /.well-known/gerak112-keys.json holds. No input
    makes it raise. Rows come first, so that what was changed in a row is named by that row.
    """
    try:
        shaped = msgspec.convert(proof, Proof)
        return (
            next(_wrong_rows(shaped), None)
            or _wrong_order(shaped)
            or next(_wrong_links(shaped), None)
            or _wrong_signature(shaped, proof, keys)
            or implausible(shaped)
        )
    except UNREADABLE as error:
        return Problem("malformed", f"This is not a movement proof of version 1: {error}.")


def sentence_on(proof: Mapping[str, Any]) -> str:
    """Say in plain words what a proof that holds says."""
    rows = proof["evidence"]
    gone = sum(row.get("rest") is None for row in rows)
    reason = f" ({proof['reason']})" if proof["reason"] else ""
    moved = f", moved at {proof['moved_at']}" if proof["moved_at"] else ""
    parts = [
        f"The proof holds: assignment {proof['assignment']}, verdict {proof['verdict']}{reason}"
        f"{moved}, to move by {proof['move_by']}.",
        f"{len(rows)} evidence rows, issued {proof['issued_at']}, signed with key "
        f"{proof['key_id']}.",
    ]
    if gone:
        parts.append(f"The positions of {gone} of them are gone (erased after the retention time).")
    if any(row["source_auth"] == "weak" for row in rows):
        parts.append("Some came from a phone that can only send a tracking id (weak).")
    if proof["supersedes"]:
        parts.append(f"It replaces proof {proof['supersedes']}.")
    return " ".join(parts)


def _wrong_rows(proof: Proof) -> Iterator[Problem]:
    """Hold each row against its own hashes."""
    for number, row in enumerate(proof.evidence, start=1):
        head = msgspec.to_builtins(row.check_in)
        if row.device != row.check_in.device:
            yield _at(number, row, "device", "it names another phone than its hashed object")
        if row.hash != link_hash(previous_hash=row.previous_hash, head=head):
            yield _at(number, row, "hash", "its hash is not that of what it holds")
        if (row.rest is None) != (row.salt is None):
            yield _at(number, row, "half_erased", "only one of position and salt is there")
        if row.rest is not None and row.salt is not None:
            digest = data_digest(salt=row.salt, data=row.rest)
            if digest != row.check_in.data_digest:
                yield _at(
                    number, row, "data_digest", "its position is not the one that was recorded"
                )


def _wrong_links(proof: Proof) -> Iterator[Problem]:
    """Hold each row against the row of the same phone before it."""
    before: dict[str, str] = {}
    seen: set[str] = set()
    for number, row in enumerate(proof.evidence, start=1):
        last = before.get(row.device)
        if last is None and row.links:
            yield _at(number, row, "links", "it is its phone's first and yet names skipped rows")
        expected = row.links[-1] if row.links else last
        if expected is not None and row.previous_hash != expected:
            yield _at(
                number, row, "previous_hash", "it does not follow the row that stands before it"
            )
        if len({*row.links, row.hash} - seen) != len(row.links) + 1:
            yield _at(number, row, "repeated", "a row of the chain stands twice")
        seen.update(row.links, [row.hash])
        before[row.device] = row.hash


def _wrong_order(proof: Proof) -> Problem | None:
    """Hold the rows against the signed list of their ids: it names a row that was taken out."""
    if proof.evidence_ids is None:
        return None
    here = [row.check_in.id for row in proof.evidence]
    for check_in in proof.evidence_ids:
        if check_in not in here:
            text = f"Evidence row with check-in {check_in} is missing."
            return Problem("row_missing", text, row=check_in)
    for number, row in enumerate(proof.evidence, start=1):
        if proof.evidence_ids[number - 1 : number] != [row.check_in.id]:
            return _at(number, row, "row_misplaced", "it was added or stands in another place")
    return None


def _wrong_signature(shaped: Proof, proof: Any, keys: Any) -> Problem | None:
    try:
        known = msgspec.convert(keys, Jwks).keys
    except UNREADABLE as error:
        return Problem("bad_keys", f"The keys are no set of Ed25519 public keys: {error}.")
    key = next((key for key in known if key.kid == shaped.key_id), None)
    if key is None:
        return Problem(
            "unknown_key", f"It is signed with key {shaped.key_id}, which is not among the keys."
        )
    try:
        public_key = Ed25519PublicKey.from_public_bytes(_from_base64url(key.x))
    except ValueError:
        return Problem("bad_keys", f"Key {key.kid} is no Ed25519 public key.")
    try:
        public_key.verify(_from_base64url(shaped.signature), signed_bytes(proof))
    except (InvalidSignature, ValueError):
        return Problem(
            "signature",
            f"The signature is not one of key {shaped.key_id} over this content: something outside "
            "the rows' hashes was changed, or another key signed it.",
        )
    return None


def _from_base64url(text: str) -> bytes:
    """Decode with or without padding. Raises ValueError for anything else."""
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _at(number: int, row: Row, code: str, what: str) -> Problem:
    text = f"Evidence row {number} (check-in {row.check_in.id}): {what}."
    return Problem(code, text, row=row.check_in.id)
