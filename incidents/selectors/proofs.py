"""Read what a proof is made of: the check-ins of a verdict, and the rows of the chain between."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import rfc8785

from incidents.errors import EvidenceBroken
from incidents.models import MovementProof, MovementVerdict
from incidents.proofs.document import Position, Witness, with_positions
from responders.chain import Link, data_of
from responders.ingest.commit import head_of_row
from responders.models import CheckIn


def witnesses_of(verdict: MovementVerdict) -> list[Witness]:
    """Return the evidence of a verdict, each phone's rows in the order of receipt.

    Raises EvidenceBroken where a row is gone or the chain between two of them has a hole.
    """
    rows = _evidence(verdict)
    if len(rows) != len(set(verdict.evidence)):
        raise EvidenceBroken
    return list(_witnesses(rows))


def document_of(proof: MovementProof) -> dict[str, Any]:
    """Return the proof as it is handed out, with the positions that are still stored."""
    positions = {row.hash: _position(row) for row in _evidence(proof.verdict)}
    return with_positions(proof.document, positions)


def bytes_of(proof: MovementProof) -> bytes:
    """Return the proof as canonical JSON: the same bytes each time, until positions are erased."""
    return rfc8785.dumps(document_of(proof))


def _evidence(verdict: MovementVerdict) -> list[CheckIn]:
    return list(CheckIn.objects.filter(pk__in=verdict.evidence).order_by("pk"))


def _witnesses(rows: Sequence[CheckIn]) -> Iterator[Witness]:
    before: dict[UUID, CheckIn] = {}
    for row in rows:
        earlier = before.get(row.device_id)
        before[row.device_id] = row
        rest, salt = _position(row)
        yield Witness(
            link=Link(head_of_row(row), rest, salt, row.previous_hash, row.hash),
            source_auth=row.source_auth,
            clock_offset_s=(row.offset_low_s, row.offset_high_s),
            skipped=() if earlier is None else _between(earlier, row),
        )


def _between(earlier: CheckIn, later: CheckIn) -> tuple[str, ...]:
    """Return the hashes of a phone's rows after one and before another, in the order of receipt."""
    rows = (
        CheckIn.objects.filter(device=earlier.device_id, pk__gt=earlier.pk, pk__lt=later.pk)
        .order_by("pk")
        .values_list("previous_hash", "hash", "client_id")
    )
    end, skipped = earlier.hash, []
    for previous_hash, hash_, client_id in rows:
        if previous_hash != end:
            raise EvidenceBroken(row=str(client_id))
        end = hash_
        skipped.append(hash_)
    if later.previous_hash != end:
        raise EvidenceBroken(row=str(later.client_id))
    return tuple(skipped)


def _position(row: CheckIn) -> Position:
    """Return the erasable part and its salt, None where they are erased."""
    return data_of(vars(row)) or None, row.salt or None
