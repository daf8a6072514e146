"""What this app does when something is recorded: plan who must hear, and wake who waits."""

from typing import Any

from django.dispatch import receiver

from incidents.journal import Draft
from incidents.signals import event_committed, event_recording
from notifications.realtime import wake
from notifications.services.planning import Finish, plan


@receiver(event_recording, dispatch_uid="plan-deliveries")
def plan_deliveries(drafts: list[Draft], **_signal: Any) -> Finish | None:
    """Look up who must hear of the facts; return what writes their rows beside them."""
    return plan(drafts)


@receiver(event_committed, dispatch_uid="wake-the-hubs")
def wake_hubs(**_signal: Any) -> None:
    """Tell every process that there is something to read. May get lost: hubs look anyway."""
    wake()
