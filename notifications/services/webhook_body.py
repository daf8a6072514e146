"""What an agency's system is told of an event: the contract's shape, as much as it may see."""

from typing import Any

import msgspec

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import Assignment
from incidents.serializers import assignment_out
from notifications.models import WebhookDelivery
from responders.wire_time import to_wire


def body_of(delivery: WebhookDelivery) -> bytes:
    """Return the JSON to post, as things stand now. Relations to subscription and event are read.

    The caller stands in it only where the subscription allows, and while an assignment is open.
    """
    subscription, event = delivery.subscription, delivery.event
    if event is None:
        told: dict[str, Any] = {"type": "test", "at": to_wire(delivery.planned_at)}
        return msgspec.json.encode(told | {"subscription": str(subscription.pk)})
    data = _data(delivery)
    head = {"type": "event", "seq": event.pk, "kind": delivery.kind}
    return msgspec.json.encode(head | {"at": to_wire(event.happened_at), "data": data})


def _data(delivery: WebhookDelivery) -> dict[str, Any]:
    subscription, event = delivery.subscription, delivery.event
    if event is None:
        raise LookupError(f"Delivery {delivery.pk} is of no event.")
    rows = (
        Assignment.objects.filter(unit__agency_id=subscription.agency_id)
        .select_related("unit__agency", "incident__type")
        .prefetch_related("incident__areas", "incident__calls", "verdicts")
    )
    if event.assignment_id is not None:
        return assignment_out(rows.get(pk=event.assignment_id), for_crew=subscription.with_caller)
    mine = list(rows.filter(incident=event.incident).order_by("dispatched_at"))
    running = [one for one in mine if one.state in OPEN_ASSIGNMENT_STATES]
    one = (running or mine)[0]
    told: dict[str, Any] = assignment_out(one, for_crew=subscription.with_caller)["incident"]
    return told
