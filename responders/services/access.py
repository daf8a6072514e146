"""Write down that somebody is about to see personal data."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import translation

from responders.models import AccessEntry, User


def record_access(
    *,
    actor: User,
    action: str,
    subject: Model | type[Model],
    what: Any,
    reason: str = "",
    address: str = "",
    now: datetime,
) -> AccessEntry:
    """Record one look at personal data, committed when this returns: show the data after it.

    subject: the row, or its class where many are shown or searched. what: the area of personal
    data in words ("nomor pelapor"), never the data. reason: as the person gave it, or what was
    searched for, masked. Raises RuntimeError inside a transaction: one that rolls back would leave
    a look without its entry.
    """
    is_row = isinstance(subject, Model)
    with translation.override(settings.LANGUAGE_CODE):  # one language in the log, whoever asks
        words = str(what)
    with transaction.atomic(durable=True):
        return AccessEntry.objects.create(
            at=now,
            actor=actor,
            action=action,
            subject_kind=subject._meta.label_lower,
            subject_id=str(subject.pk) if is_row else "",
            what=words[:200],
            reason=reason[:300],
            address=address[:45],
        )
