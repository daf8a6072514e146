"""Which events an agency's system may ask for, and when a failed post is tried again. Pure."""

import base64
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from notifications.audience import ROUTES
from notifications.policy import WEBHOOKS, WebhookPolicy

TEST_KIND = "test"
# The contract's names, and one of our own for an incident's end.
WIRE_KINDS = (
    "assignment.dispatched",
    "assignment.updated",
    "assignment.cancelled",
    "incident.updated",
    "incident.closed",
)
OWN_KINDS = {"incident.closed": "incident.closed"}
# The alarm told anew to other people of the unit: for a system it is the same dispatch.
UNTOLD_KINDS = {"assignment.relayed"}


def wire_kind(journal_kind: str) -> str | None:
    """Return the name under which a fact leaves; None where it does not leave this way."""
    route = ROUTES.get(journal_kind)
    name = route.wire if route is not None else OWN_KINDS.get(journal_kind)
    return name if name in WIRE_KINDS and journal_kind not in UNTOLD_KINDS else None


def journal_kinds(asked: list[str]) -> list[str]:
    """Return the journal's kinds behind the asked names."""
    return sorted(kind for kind in {*ROUTES, *OWN_KINDS} if wire_kind(kind) in asked)


def secret_of(subscription_id: str, number: int, *, key: str) -> str:
    """Return a subscription's secret of that number, drawn from the server's key.

    Nothing is stored, so that no copy of the database can sign; with another key all are others.
    """
    message = f"webhook:{subscription_id}:{number}".encode()
    drawn = hmac.new(key.encode(), message, sha256).digest()
    return "gws1_" + base64.urlsafe_b64encode(drawn).decode().rstrip("=")


def pause_s(
    failures: int,
    *,
    asked_s: float | None,
    chance: Callable[[], float],
    policy: WebhookPolicy = WEBHOOKS,
) -> float:
    """Return how long to wait after so many failures in a row, in seconds.

    `chance` gives numbers from 0 to 1: many addresses that failed together do not return together.
    """
    pauses = policy.retry_after_s
    plain = pauses[min(max(failures, 1), len(pauses)) - 1]
    spread = plain * (1 + policy.jitter * (2 * chance() - 1))
    return max(spread, min(asked_s or 0.0, policy.asked_pause_max_s))


def is_given_up(
    *, attempts_made: int, planned_at: datetime, now: datetime, policy: WebhookPolicy = WEBHOOKS
) -> bool:
    """Say whether a delivery has failed for good."""
    too_old = now - planned_at > timedelta(seconds=policy.given_up_after_s)
    return too_old or attempts_made >= policy.attempts_max
