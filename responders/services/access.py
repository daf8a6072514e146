"""Write down that somebody is about to see personal data."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import translation

from responders.models import AccessEntry, SecurityFinding, User
from responders.policy import ACCESS
from responders.services.findings import note_finding


def record_access(
    *,
    actor: User,
    action: str,
    subject: Model | type[Model],
    what: Any,
    reason: Any = "",
    address: str = "",
    now: datetime,
) -> AccessEntry:
    """Record one look at personal data, committed when this returns: show the data after it.

    subject: the row, or its class where many are shown or searched. what: the area of personal
    data in words ("nomor pelapor"), never the data. reason: as the person gave it, or what was
    searched for, masked. Many revealed rows within an hour are a finding about the actor. Raises
    RuntimeError inside a transaction: one that rolls back would leave a look without its entry.
    """
    is_row = isinstance(subject, Model)
    with translation.override(settings.LANGUAGE_CODE):  # one language in the log, whoever asks
        words, why = str(what), str(reason)
    with transaction.atomic(durable=True):
        entry = AccessEntry.objects.create(
            at=now,
            actor=actor,
            action=action,
            subject_kind=subject._meta.label_lower,
            subject_id=str(subject.pk) if is_row else "",
            what=words[:200],
            reason=why[:300],
            address=address[:45],
        )
        if action == AccessEntry.Action.REVEAL:
            _watch(actor, now)
        return entry


def _watch(actor: User, now: datetime) -> None:
    """Tell of somebody who reveals more within an hour than the work asks for."""
    since = now - timedelta(seconds=ACCESS.reveals_within_s)
    presses = AccessEntry.objects.filter(
        actor=actor, action=AccessEntry.Action.REVEAL, at__gt=since
    )
    if presses.count() > ACCESS.reveals_max:
        note_finding(kind=SecurityFinding.Kind.MANY_REVEALS, person=actor, now=now)
