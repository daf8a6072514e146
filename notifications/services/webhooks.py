"""Events to agencies' systems: planned from the journal, posted from threads of their own.

Nothing is planned inside a dispatch and nothing waits in the pushes' pool, so a slow or dead
address delays no assignment. A row is claimed with lease and fence, as a push is.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents.models import Assignment, IncidentEvent, JournalHead
from notifications.audience import ASSIGNMENT_LANE
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookSubscription
from notifications.policy import WEBHOOKS
from notifications.senders.base import Outcome
from notifications.senders.webhook import post_signed
from notifications.services.delivery import Inline, Pool, Threads
from notifications.services.subscriptions import secrets_of, stop_subscription
from notifications.services.webhook_body import body_of
from notifications.webhook_rules import is_given_up, journal_kinds, pause_s, wire_kind

State = WebhookDelivery.State
CURSOR_LAG_MAX = 1_000  # a subscription that hears nothing moves its cursor no oftener
GONE = "410"
_threads: list[Threads] = []


def webhooks_due(now: datetime, *, pool: Pool | None = None) -> int:
    """Plan what is new for each subscription, then start what is due; return how many started."""
    for subscription in WebhookSubscription.objects.filter(stopped_at=None):
        plan(subscription, now)
    _give_up_old(now)
    pool = pool or _process_pool()
    started = 0
    for delivery_id, fence in _due(now):
        if pool.free(ASSIGNMENT_LANE) < 1:
            break
        if _claim(delivery_id, fence=fence, now=now):
            clock = now if isinstance(pool, Inline) else None
            pool.start(ASSIGNMENT_LANE, _work(delivery_id, fence + 1, clock))
            started += 1
    return started


@transaction.atomic
def plan(subscription: WebhookSubscription, now: datetime) -> int:
    """Make a row for each new event that the agency asked for and may see; how many.

    Of two sweepers one moves the cursor.
    """
    after = subscription.after_seq
    end = JournalHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0
    if end <= after:
        return 0
    news = _visible(subscription, IncidentEvent.objects.filter(seq__gt=after, seq__lte=end))
    events = list(news.order_by("seq")[: WEBHOOKS.events_at_once])
    if not events and end - after < CURSOR_LAG_MAX:
        return 0
    reached = events[-1].seq if len(events) == WEBHOOKS.events_at_once else end
    mine = WebhookSubscription.objects.filter(pk=subscription.pk, after_seq=after)
    if not mine.update(after_seq=reached):
        return 0
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(
                subscription=subscription,
                event=event,
                kind=wire_kind(event.kind) or "",
                planned_at=now,
                next_attempt_at=now,
            )
            for event in events
        ]
    )
    old = now - timedelta(seconds=WEBHOOKS.kept_s)
    WebhookDelivery.objects.filter(subscription=subscription, ended_at__lt=old).delete()
    return len(events)


def attempt(*, delivery_id: int, fence: int, now: datetime) -> None:
    """Post one claimed delivery and record the answer; nothing where it has changed hands."""
    rows = WebhookDelivery.objects.select_related("subscription", "event__incident")
    delivery = rows.filter(pk=delivery_id, fence=fence, state=State.PENDING).first()
    if delivery is None or delivery.subscription.stopped_at is not None:
        return
    subscription = delivery.subscription
    began_s = time.monotonic()
    outcome = post_signed(
        url=subscription.url,
        secrets=secrets_of(subscription, now),
        body=body_of(delivery),
        now=now,
        headers={"X-Gerak-Delivery": str(delivery.pk), "X-Gerak-Event": delivery.kind},
    )
    took_ms = round(1_000 * (time.monotonic() - began_s))
    _record(delivery, outcome, took_ms=took_ms, fence=fence, now=now)


@transaction.atomic
def _record(
    delivery: WebhookDelivery, outcome: Outcome, *, took_ms: int, fence: int, now: datetime
) -> None:
    WebhookAttempt.objects.create(
        delivery=delivery,
        at=now,
        state=outcome.state,
        detail=outcome.detail[:200],
        took_ms=took_ms,
    )
    subscription = WebhookSubscription.objects.get(pk=delivery.subscription_id)
    made = delivery.attempts_made + 1
    step = {"attempts_made": made, "lease_until": None}
    ended = {"next_attempt_at": None, "ended_at": now}
    mine = WebhookDelivery.objects.filter(pk=delivery.pk, fence=fence, state=State.PENDING)
    if outcome.state == "accepted":
        mine.update(**step, **ended, state=State.DELIVERED)
        _note(subscription, failures=0, hold_until=None, last_ok_at=now)
        return
    failures = subscription.failures + 1
    if is_given_up(attempts_made=made, planned_at=delivery.planned_at, now=now):
        mine.update(**step, **ended, state=State.DEAD)
    else:
        mine.update(**step, next_attempt_at=_later(now, made, outcome))
    _note(subscription, failures=failures, hold_until=_later(now, failures, outcome))
    if outcome.token_dead:
        stop_subscription(subscription=subscription, reason=GONE, now=now)


def _later(now: datetime, failures: int, outcome: Outcome) -> datetime:
    wait_s = pause_s(failures, asked_s=outcome.retry_after_s, chance=random.random)
    return now + timedelta(seconds=wait_s)


def _note(subscription: WebhookSubscription, **fields: object) -> None:
    WebhookSubscription.objects.filter(pk=subscription.pk).update(**fields)


def _visible(
    subscription: WebhookSubscription, events: QuerySet[IncidentEvent]
) -> QuerySet[IncidentEvent]:
    """Return the asked events of the agency's own assignments and of incidents it was sent to."""
    own = Assignment.objects.filter(unit__agency_id=subscription.agency_id)
    return events.filter(kind__in=journal_kinds(subscription.kinds)).filter(
        Q(assignment__in=own.values("pk"))
        | Q(assignment=None, incident__in=own.values("incident_id"))
    )


def _give_up_old(now: datetime) -> None:
    old = now - timedelta(seconds=WEBHOOKS.given_up_after_s)
    rows = WebhookDelivery.objects.filter(state=State.PENDING, planned_at__lt=old)
    if rows.exists():
        rows.update(state=State.DEAD, ended_at=now, next_attempt_at=None)


def _due(now: datetime) -> list[tuple[int, int]]:
    """Return id and fence of what may be posted now, oldest first, few an address at once."""
    held_until = now + timedelta(seconds=5 * WEBHOOKS.lease_s)  # a lease beyond is of a set clock
    under_way = Counter(
        WebhookDelivery.objects.filter(
            state=State.PENDING, lease_until__gt=now, lease_until__lte=held_until
        ).values_list("subscription_id", flat=True)
    )
    rows = WebhookDelivery.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=now) | Q(lease_until__gt=held_until),
        Q(subscription__hold_until=None) | Q(subscription__hold_until__lte=now),
        next_attempt_at__lte=now,
        subscription__stopped_at=None,
    )
    found = []
    names = ("pk", "fence", "subscription_id", "subscription__failures")
    for pk, fence, whose, failures in rows.order_by("next_attempt_at", "pk").values_list(*names)[
        :200
    ]:
        if under_way[whose] < (1 if failures else WEBHOOKS.under_way_max):
            under_way[whose] += 1
            found.append((pk, fence))
    return found


def _claim(delivery_id: int, *, fence: int, now: datetime) -> bool:
    rows = WebhookDelivery.objects.filter(pk=delivery_id, fence=fence, state=State.PENDING)
    lease_until = now + timedelta(seconds=WEBHOOKS.lease_s)
    return rows.update(fence=fence + 1, lease_until=lease_until) == 1


def _work(delivery_id: int, fence: int, now: datetime | None) -> Callable[[], None]:
    return lambda: attempt(delivery_id=delivery_id, fence=fence, now=now or timezone.now())


def _process_pool() -> Threads:
    if not _threads:
        _threads.append(Threads(size=WEBHOOKS.threads))
    return _threads[0]
