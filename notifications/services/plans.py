"""The plans of the ladders: the version in force, and a new one in its place."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from notifications.errors import PlanRefused
from notifications.ladder_rules import Fault, Step, faults_of, in_order
from notifications.models import LadderPlan, LadderStep
from notifications.policy import DEFAULT_PLANS
from responders.models import User


def standing_plans(kinds: Iterable[str], *, now: datetime) -> dict[str, LadderPlan]:
    """Return kind → the plan in force with its steps; a city that has none gets the default."""
    wanted = set(kinds) & DEFAULT_PLANS.keys()
    if not wanted:
        return {}
    found = LadderPlan.objects.filter(kind__in=wanted, retired_at=None).prefetch_related("steps")
    plans = {plan.kind: plan for plan in found}
    for kind in sorted(wanted - plans.keys()):
        plans[kind] = _make_default(kind, now)
    return plans


def seed_plans(now: datetime) -> int:
    """Make the default plans that are missing; return how many there are."""
    return len(standing_plans(DEFAULT_PLANS, now=now))


@transaction.atomic
def revise_plan(
    *, plan: LadderPlan, steps: Sequence[Step], actor: User | None, now: datetime
) -> LadderPlan:
    """Put a new version of a plan into force. Ladders that run keep theirs.

    The same steps again: the plan as it is. Raises PlanRefused with what is wrong, also for a
    version that another has replaced meanwhile.
    """
    plan = LadderPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    faults = faults_of(steps, urgent=is_urgent(plan.kind))
    if plan.retired_at is not None:
        faults.append(Fault("replaced"))
    if faults:
        raise PlanRefused(faults)
    if in_order(steps) == steps_of(plan):
        return plan
    LadderPlan.objects.filter(pk=plan.pk).update(retired_at=now)
    return _make(plan.kind, steps, version=plan.version + 1, actor=actor, now=now)


def is_urgent(kind: str) -> bool:
    """Say whether a kind of message is a crew's alarm, which must come to somebody's ears."""
    return kind == LadderPlan.Kind.DISPATCHED


def steps_of(plan: LadderPlan) -> list[Step]:
    """Return the steps of a plan in order."""
    return in_order(Step(row.channel, row.after_s, row.unless) for row in plan.steps.all())


def _make_default(kind: str, now: datetime) -> LadderPlan:
    plan, is_new = LadderPlan.objects.get_or_create(
        kind=kind, retired_at=None, defaults={"version": 1, "created_at": now}
    )
    if is_new:
        _write_steps(plan, DEFAULT_PLANS[kind])
    return plan


def _make(
    kind: str, steps: Sequence[Step], *, version: int, actor: User | None, now: datetime
) -> LadderPlan:
    plan = LadderPlan.objects.create(kind=kind, version=version, created_at=now, created_by=actor)
    _write_steps(plan, steps)
    return plan


def _write_steps(plan: LadderPlan, steps: Iterable[Step]) -> None:
    LadderStep.objects.bulk_create(
        LadderStep(plan=plan, channel=step.channel, after_s=step.after_s, unless=step.unless)
        for step in in_order(steps)
    )
