"""An agency's webhooks: made, changed, stopped; their secrets; a test post."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from incidents.models import JournalHead
from notifications.errors import SubscriptionStopped
from notifications.models import WebhookDelivery, WebhookSubscription
from notifications.policy import WEBHOOKS
from notifications.webhook_rules import TEST_KIND, secret_of
from responders.models import Agency, User


def subscribe(
    *,
    agency: Agency,
    name: str,
    url: str,
    kinds: list[str],
    with_caller: bool,
    actor: User,
    now: datetime,
) -> WebhookSubscription:
    """Post the asked events to an address from now on; nothing of the past is posted."""
    return WebhookSubscription.objects.create(
        agency=agency,
        name=name,
        url=url,
        kinds=kinds,
        with_caller=with_caller,
        created_by=actor,
        created_at=now,
        after_seq=_journal_end(),
    )


def secrets_of(subscription: WebhookSubscription, now: datetime) -> list[str]:
    """Return the secrets that sign: the newest, and for a day the one before it."""
    number = subscription.secret_number
    both_until = timedelta(seconds=WEBHOOKS.both_secrets_s)
    numbers = [number]
    if subscription.rotated_at is not None and now < subscription.rotated_at + both_until:
        numbers.append(number - 1)
    return [
        secret_of(str(subscription.pk), one, key=str(key))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        for one in numbers
    ]


@transaction.atomic
def rotate_secret(*, subscription: WebhookSubscription, actor: User, now: datetime) -> str:
    """Return a new secret; the one before it signs besides for a day. Shown once."""
    row = WebhookSubscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    row.secret_number += 1
    row.rotated_at = now
    row.save(update_fields=["secret_number", "rotated_at"])
    return secrets_of(row, now)[0]


@transaction.atomic
def stop_subscription(*, subscription: WebhookSubscription, reason: str, now: datetime) -> None:
    """Post nothing more to it; what waits has failed. Twice changes nothing."""
    WebhookSubscription.objects.filter(pk=subscription.pk, stopped_at=None).update(
        stopped_at=now, stop_reason=reason
    )
    WebhookDelivery.objects.filter(
        subscription=subscription, state=WebhookDelivery.State.PENDING
    ).update(state=WebhookDelivery.State.DEAD, ended_at=now, next_attempt_at=None)


def resume_subscription(*, subscription: WebhookSubscription, actor: User, now: datetime) -> None:
    """Post again, what happens from now on."""
    WebhookSubscription.objects.filter(pk=subscription.pk).update(
        stopped_at=None, stop_reason="", failures=0, hold_until=None, after_seq=_journal_end()
    )


def send_test(*, subscription: WebhookSubscription, actor: User, now: datetime) -> None:
    """Post a test at once, even while the address is held back. Raises SubscriptionStopped."""
    if subscription.stopped_at is not None:
        raise SubscriptionStopped
    WebhookSubscription.objects.filter(pk=subscription.pk).update(hold_until=None)
    WebhookDelivery.objects.create(
        subscription=subscription, kind=TEST_KIND, planned_at=now, next_attempt_at=now
    )


def _journal_end() -> int:
    return JournalHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0
