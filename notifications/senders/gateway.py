"""The city's gateway for SMS, voice and e-mail: one signed POST a message. docs/delivery.md.

The body is JSON, `{"id", "channel", "to": {"name", "address"}, "text", "urgent", "created_at"}`. A
repeat carries the same id: a gateway that knows it answers 200 and sends nothing again.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings

from notifications.senders.base import Outcome
from notifications.senders.webhook import post_signed

NOT_SET = Outcome(state="dead", detail="no gateway is set (GERAK_GATEWAY_URL)")


@dataclass(frozen=True)
class Outgoing:
    """One message for the gateway. `to`: name and address; `urgent`: a crew's alarm."""

    id: str
    channel: str
    to: dict[str, str]
    text: str
    urgent: bool
    created_at: str


def send_outside(message: Outgoing, *, now: datetime) -> Outcome:
    """Post one message once and tell the outcome within five seconds. Never raises."""
    if not settings.GERAK_GATEWAY_URL:
        return NOT_SET
    return post_signed(
        url=settings.GERAK_GATEWAY_URL,
        secrets=[settings.GERAK_GATEWAY_SECRET],
        body=json.dumps(asdict(message), ensure_ascii=False, separators=(",", ":")).encode(),
        now=now,
    )
