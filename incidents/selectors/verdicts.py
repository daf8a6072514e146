"""Verdicts on two axes of time: what happened when, and what was known when."""

from collections import defaultdict
from datetime import datetime

from incidents.models import Assignment, MovementVerdict
from incidents.proofs.suspicion import Suspicion, suspicion_of
from incidents.selectors.tracks import fixes_of
from responders.models import Device


def verdict_as_known_at(assignment: Assignment, at: datetime) -> MovementVerdict | None:
    """Return the verdict that stood at a moment; None where none had been given yet.

    Late evidence makes a new verdict and leaves the old: what was known then can always be told.
    """
    return assignment.verdicts.filter(judged_at__lte=at).order_by("-number").first()


def suspicions_of(assignment: Assignment, now: datetime) -> list[tuple[Device, Suspicion]]:
    """Return for each phone of the crew how made up its fixes look, the worst first."""
    by_device = defaultdict(list)
    for fix in fixes_of(assignment, now=now):
        by_device[fix.device_key].append(fix)
    devices = Device.objects.select_related("user").in_bulk(list(by_device))
    found = [(devices[key], suspicion_of(fixes)) for key, fixes in by_device.items()]
    return sorted(found, key=lambda pair: (-pair[1].score, str(pair[0].pk)))
