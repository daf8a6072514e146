"""Issue the signed proof of a verdict: once, and the same for whoever asks again."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from incidents.errors import EvidenceBroken, NotJudged
from incidents.journal import Draft, record_all
from incidents.lifecycle import Verdict
from incidents.models import Assignment, MovementProof, MovementVerdict
from incidents.proofs.document import Facts, Witness, proof_of, signed_bytes, with_positions
from incidents.proofs.signing import Signer, current_signer, published_keys
from incidents.proofs.verify import verify_proof
from incidents.selectors.proofs import witnesses_of
from responders.wire_time import to_milliseconds


def issue_proof(*, assignment: Assignment, now: datetime) -> MovementProof:
    """Return the proof of the verdict in force, signed at the first asking.

    Earlier verdicts of the assignment that have none yet get theirs first, so that `supersedes`
    names the whole history. Raises NotJudged while the verdict is pending, EvidenceBroken where
    the stored rows contradict their hashes (nothing is signed then). Records
    movement.proof_issued.
    """
    verdict = assignment.verdicts.order_by("-number").first()
    if verdict is None or verdict.verdict == Verdict.PENDING:
        raise NotJudged
    issued = MovementProof.objects.select_related("verdict").filter(verdict=verdict).first()
    return issued or _issue(assignment.pk, upto=verdict.number, signer=current_signer(), now=now)


@transaction.atomic
def _issue(assignment_id: UUID, *, upto: int, signer: Signer, now: datetime) -> MovementProof:
    assignment = (
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("incident", "unit")
        .get(pk=assignment_id)
    )
    verdicts = (
        assignment.verdicts.exclude(verdict=Verdict.PENDING)
        .filter(number__lte=upto)
        .select_related("proof")
        .order_by("number")
    )
    newest: MovementProof | None = None
    drafts = []
    for verdict in verdicts:
        if hasattr(verdict, "proof"):
            newest = verdict.proof
            continue
        newest = _sign(assignment, verdict, supersedes=newest, signer=signer, now=now)
        drafts.append(_draft(assignment, newest, now=now))
    if newest is None:
        raise NotJudged
    if drafts:
        record_all(drafts)
    return newest


def _sign(
    assignment: Assignment,
    verdict: MovementVerdict,
    *,
    supersedes: MovementProof | None,
    signer: Signer,
    now: datetime,
) -> MovementProof:
    """Build, sign and store one proof; refuse to store what its own verifier refuses."""
    proof_id, issued_at = uuid4(), max(to_milliseconds(now), verdict.judged_at)
    facts = _facts(proof_id, assignment, verdict, supersedes=supersedes)
    witnesses = witnesses_of(verdict)
    document = proof_of(facts, witnesses, issued_at=issued_at, key_id=signer.key_id)
    document["signature"] = signer.sign(signed_bytes(document))
    problem = verify_proof(_handed_out(document, witnesses), published_keys())
    if problem is not None:
        raise EvidenceBroken(problem=problem.code, row=problem.row)
    return MovementProof.objects.create(
        id=proof_id,
        assignment=assignment,
        verdict=verdict,
        document=document,
        key_id=signer.key_id,
        issued_at=issued_at,
        supersedes=supersedes,
    )


def _facts(
    proof_id: UUID,
    assignment: Assignment,
    verdict: MovementVerdict,
    *,
    supersedes: MovementProof | None,
) -> Facts:
    return Facts(
        id=str(proof_id),
        assignment=str(assignment.pk),
        incident=str(assignment.incident_id),
        incident_number=assignment.incident.number,
        unit=assignment.unit_id,
        unit_call_sign=assignment.unit.call_sign,
        rule=verdict.rule,
        dispatched_at=assignment.dispatched_at,
        move_by=assignment.move_by,
        verdict=verdict.verdict,
        reason=verdict.reason,
        grade=verdict.grade,
        moved_at=verdict.moved_at,
        moved_at_low=verdict.moved_at_low,
        moved_at_high=verdict.moved_at_high,
        known_at=verdict.known_at,
        displacement_m=verdict.displacement_m,
        supersedes=str(supersedes.pk) if supersedes else None,
    )


def _handed_out(document: dict[str, Any], witnesses: list[Witness]) -> dict[str, Any]:
    links = [witness.link for witness in witnesses]
    return with_positions(document, {link.hash: (link.data, link.salt) for link in links})


def _draft(assignment: Assignment, proof: MovementProof, *, now: datetime) -> Draft:
    """Anchor the proof in the journal by the digest of what was signed."""
    data = {
        "proof_id": str(proof.pk),
        "verdict_id": str(proof.verdict_id),
        "verdict": proof.verdict.verdict,
        "key_id": proof.key_id,
        "sha256": hashlib.sha256(signed_bytes(proof.document)).hexdigest(),
        "supersedes": str(proof.supersedes_id) if proof.supersedes_id else None,
    }
    return Draft("movement.proof_issued", now, assignment=assignment, data=data)
