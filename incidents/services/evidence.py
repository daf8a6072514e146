"""Judge whether a crew moved: read its check-ins, apply the rule, append what is new.

Runs after check-ins land (never inside their commit) and when a deadline passes. Judging twice is
harmless: the same verdict is not written again.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from incidents.journal import record
from incidents.models import Assignment, MovementVerdict
from incidents.movement.verdict import Judgement, judge
from incidents.policy import MOVEMENT, REVIEW, ReviewPolicy
from incidents.selectors.tracks import fixes_of, is_emptied
from responders.models import CheckIn
from responders.wire_time import to_milliseconds, to_wire_or_none


def review_due(now: datetime, *, policy: ReviewPolicy = REVIEW) -> int:
    """Judge the assignments whose review is due, the longest due first, each by one caller alone.

    Ends after a while: what is left waits for the next look, and no deadline waits for it. Returns
    how many were judged.
    """
    due = Assignment.objects.filter(review_due_at__lte=now).order_by("review_due_at")
    lease_until = now + timedelta(seconds=policy.lease_s)
    until_s = time.monotonic() + policy.budget_s
    judged = 0
    for assignment_id, seen in due.values_list("pk", "review_due_at")[: policy.at_once]:
        mine = Assignment.objects.filter(pk=assignment_id, review_due_at=seen)
        if mine.update(review_due_at=lease_until):
            review(assignment_id, seen=lease_until, now=now)
            judged += 1
        if time.monotonic() >= until_s:
            break
    return judged


def review(assignment_id: UUID, *, seen: datetime, now: datetime) -> MovementVerdict | None:
    """Judge one assignment by all its evidence. Returns the new verdict, None if nothing is new.

    `seen`: when its review was due; where a check-in has brought that forward meanwhile, it stays.
    Where retention has emptied the track the verdict in force stands: nothing is judged from what
    was left.
    """
    assignment = (
        Assignment.objects.select_related("incident", "unit__agency")
        .filter(pk=assignment_id)
        .first()
    )
    if assignment is None:
        return None
    judgement = judge(
        fixes=fixes_of(assignment, now=now),
        dispatched_at=assignment.dispatched_at,
        move_by=assignment.move_by,
        scene=_scene(assignment),
        now=now,
        closed_at=assignment.ended_at,
        policy=MOVEMENT,
    )
    return _write(assignment, judgement, seen=seen, now=now)


@transaction.atomic
def _write(
    assignment: Assignment, judgement: Judgement, *, seen: datetime, now: datetime
) -> MovementVerdict | None:
    locked = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=assignment.pk)
    Assignment.objects.filter(pk=locked.pk, review_due_at=seen).update(
        review_due_at=judgement.review_at
    )
    last = locked.verdicts.order_by("-number").first()
    if _same(last, judgement) or is_emptied(assignment):
        return None
    verdict = MovementVerdict.objects.create(
        assignment=locked,
        number=last.number + 1 if last else 1,
        verdict=judgement.verdict,
        reason=judgement.reason,
        moved_at=_ms(judgement.moved_at),
        moved_at_low=_ms(judgement.moved_at_low),
        moved_at_high=_ms(judgement.moved_at_high),
        grade=judgement.grade,
        source_auth=judgement.source_auth,
        known_at=_ms(judgement.known_at),
        displacement_m=judgement.displacement_m,
        evidence=list(judgement.evidence),
        evidence_ids=_client_ids(judgement.evidence),
        rule=_rule_on(assignment),
        judged_at=to_milliseconds(now),
        supersedes=last,
    )
    Assignment.objects.filter(pk=locked.pk).update(
        verdict=verdict.verdict,
        verdict_reason=verdict.reason,
        moved_at=verdict.moved_at,
        movement_known_at=verdict.known_at,
        displacement_m=verdict.displacement_m,
    )
    locked.refresh_from_db()
    record(
        "movement.judged",
        now=now,
        incident=assignment.incident,
        assignment=locked,
        happened_at=verdict.moved_at or now,
        data=_facts(verdict),
    )
    return verdict


def _same(last: MovementVerdict | None, judgement: Judgement) -> bool:
    if last is None:
        return judgement.verdict == "pending"
    return (last.verdict, last.reason, last.moved_at) == (
        judgement.verdict,
        judgement.reason,
        _ms(judgement.moved_at),
    )


def _rule_on(assignment: Assignment) -> dict[str, Any]:
    """Return the rule in force as a proof names it, with the target this assignment was given."""
    target_s = (assignment.move_by - assignment.dispatched_at).total_seconds()
    return {
        "name": MOVEMENT.rule_name,
        "version": MOVEMENT.rule_version,
        "parameters": MOVEMENT.parameters() | {"movement_target_s": target_s},
    }


def _facts(verdict: MovementVerdict) -> dict[str, Any]:
    return {
        "verdict_id": str(verdict.pk),
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "moved_at": to_wire_or_none(verdict.moved_at),
        "moved_at_low": to_wire_or_none(verdict.moved_at_low),
        "moved_at_high": to_wire_or_none(verdict.moved_at_high),
        "known_at": to_wire_or_none(verdict.known_at),
        "supersedes": str(verdict.supersedes_id) if verdict.supersedes_id else None,
    }


def _scene(assignment: Assignment) -> tuple[float, float] | None:
    incident = assignment.incident
    if incident.lat is None or incident.lon is None:
        return None
    return incident.lat, incident.lon


def _client_ids(keys: Sequence[Any]) -> list[str]:
    names = dict(CheckIn.objects.filter(pk__in=keys).values_list("pk", "client_id"))
    return [str(names[key]) for key in keys]


def _ms(moment: datetime | None) -> datetime | None:
    return None if moment is None else to_milliseconds(moment)
