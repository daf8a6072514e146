"""What this app does when something is recorded: plan who must hear, and wake who waits."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.dispatch import receiver

from incidents.journal import Draft
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import AssignmentCrew, IncidentEvent
from incidents.signals import event_committed, event_recording
from notifications.audience import Audience, Route, first_attempt_at, route_of
from notifications.models import Delivery
from notifications.realtime import wake
from notifications.selectors import officials_of_notice
from notifications.services.answers import note_answered
from responders.models import Device

# The crew's own steps: whoever takes one has the alarm in hand.
ANSWERS = {
    f"assignment.{step}"
    for step in ("acknowledged", "en_route", "on_scene", "completed", "declined")
}
Recipients = dict[int, UUID | None]


@receiver(event_recording, dispatch_uid="plan-deliveries")
def plan_deliveries(draft: Draft, **_signal: Any) -> Callable[[IncidentEvent], None] | None:
    """Look up who must hear of a fact; return what writes their delivery rows beside it."""
    route = route_of(draft.kind)
    if route is None:
        return None
    if draft.kind in ANSWERS and draft.actor is not None:
        note_answered(assignment=draft.assignment, person=draft.actor, now=draft.recorded_at)
    recipients = _recipients(draft, route)
    if not recipients:
        return None
    online = _online_until(recipients) if route.pushes else {}

    def write(event: IncidentEvent) -> None:
        Delivery.objects.bulk_create(
            [
                Delivery(
                    event=event,
                    person_id=person_id,
                    assignment_id=assignment_id,
                    notice_id=_notice_id(draft, route),
                    lane=route.lane,
                    planned_at=event.recorded_at,
                    next_attempt_at=first_attempt_at(
                        now=event.recorded_at, online_until=online.get(person_id)
                    )
                    if route.pushes
                    else None,
                )
                for person_id, assignment_id in sorted(recipients.items())
            ]
        )

    return write


@receiver(event_committed, dispatch_uid="wake-the-hubs")
def wake_hubs(**_signal: Any) -> None:
    """Tell every process that there is something to read. May get lost: hubs look anyway."""
    wake()


def _recipients(draft: Draft, route: Route) -> Recipients:
    """Return person id → the assignment it concerns them through."""
    if route.audience is Audience.OFFICIALS:
        notice_id = UUID(str(draft.data["notice_id"]))
        return dict.fromkeys(officials_of_notice(notice_id, now=draft.recorded_at))
    crew = AssignmentCrew.objects.filter(user__is_active=True)
    if route.audience is Audience.CREW:
        crew = crew.filter(assignment=draft.assignment)
    else:
        crew = crew.filter(
            assignment__incident=draft.incident, assignment__state__in=OPEN_ASSIGNMENT_STATES
        )
    return dict(crew.order_by("user_id").values_list("user_id", "assignment_id"))


def _notice_id(draft: Draft, route: Route) -> UUID | None:
    if route.audience is not Audience.OFFICIALS:
        return None
    return UUID(str(draft.data["notice_id"]))


def _online_until(recipients: Recipients) -> dict[int, Any]:
    """Return until when each person's last live socket counts as live."""
    rows = (
        Device.objects.filter(
            user_id__in=recipients, revoked_at=None, signed_out_at=None, online_until__isnull=False
        )
        .values("user_id")
        .annotate(until=Max("online_until"))
        .values_list("user_id", "until")
    )
    return dict(rows)
