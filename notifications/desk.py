"""The ledger for the desk and other systems: what became of an assignment's messages."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from incidents.models import Assignment
from incidents.requests import ServiceRequest
from incidents.selectors.access import assignments_visible_to
from incidents.views.desk import DeskView
from notifications.audience import ALARMS
from notifications.ladder_rules import GATEWAY_CHANNELS, SPOKEN
from notifications.models import Delivery, DeliveryAttempt, OutsideMessage
from responders.wire_time import to_wire

OUTSIDE_CHANNELS = (*GATEWAY_CHANNELS, SPOKEN)
# In the ledger's own words: what a dispatcher said was heard by a person, who answered the call.
OUTSIDE_STATES = {
    "planned": "planned",
    "retry": "retry",
    "accepted": "accepted",
    "dead": "dead",
    "said": "answered",
    "unanswered": "dead",
    "needless": "dead",
}


class LedgerPersonShape(serializers.Serializer):
    username = serializers.CharField()
    name = serializers.CharField()


class LedgerDeviceShape(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class AttemptShape(serializers.Serializer):
    person = LedgerPersonShape()
    device = LedgerDeviceShape(allow_null=True)
    channel = serializers.ChoiceField([*DeliveryAttempt.Channel.values, *OUTSIDE_CHANNELS])
    state = serializers.ChoiceField(DeliveryAttempt.State.values)
    at = serializers.DateTimeField()
    detail = serializers.CharField(allow_blank=True)


def ledger_of(assignment: Assignment) -> list[dict[str, Any]]:
    """Return every attempt and receipt of the dispatch of one assignment, oldest first.

    A delivery that nobody has attempted yet stands as planned.
    """
    deliveries = (
        Delivery.objects.filter(assignment=assignment, event__kind__in=ALARMS)
        .select_related("person")
        .prefetch_related("attempts__device")
    )
    rows = []
    for delivery in deliveries.order_by("person_id"):
        person = {"username": delivery.person.username, "name": str(delivery.person)}
        attempts = delivery.in_order()
        rows += [_row(person, attempt) for attempt in attempts]
        if not attempts:
            rows.append(_planned(person, delivery))
    rows += _outside_rows(assignment)
    return sorted(rows, key=lambda row: row["at"])


def _outside_rows(assignment: Assignment) -> list[dict[str, Any]]:
    """Return what the ladder sent past the apps; nobody's phone says that it has that."""
    messages = OutsideMessage.objects.filter(
        ladder__assignment=assignment, ladder__event__kind__in=ALARMS
    )
    return [
        {
            "person": {"username": "", "name": message.to_name},
            "device": None,
            "channel": message.channel,
            "state": OUTSIDE_STATES[message.state],
            "at": to_wire(message.ended_at or message.planned_at),
            "detail": message.detail or str(message.get_state_display()),
        }
        for message in messages.order_by("planned_at", "pk")
    ]


def _row(person: dict[str, str], attempt: DeliveryAttempt) -> dict[str, Any]:
    device = attempt.device
    return {
        "person": person,
        "device": {"id": str(device.pk), "name": device.name} if device else None,
        "channel": attempt.channel,
        "state": attempt.state,
        "at": to_wire(attempt.at),
        "detail": attempt.detail,
    }


def _planned(person: dict[str, str], delivery: Delivery) -> dict[str, Any]:
    return {
        "person": person,
        "device": None,
        "channel": DeliveryAttempt.Channel.SOCKET,
        "state": DeliveryAttempt.State.PLANNED,
        "at": to_wire(delivery.planned_at),
        "detail": "",
    }


class AssignmentDeliveries(DeskView):
    @extend_schema(operation_id="desk_assignments_deliveries", responses=AttemptShape(many=True))
    def get(self, request: ServiceRequest, assignment_id: str) -> Response:
        """Return the delivery ledger of one assignment."""
        assignment = get_object_or_404(assignments_visible_to(request.user), pk=assignment_id)
        return Response(ledger_of(assignment))
