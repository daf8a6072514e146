"""Write into the history of a row what no admin form did: the admin's own log, one place."""

from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

from responders.models import User


def history_of(subject: Model) -> QuerySet[LogEntry]:
    """Return the entries of one row."""
    kind = ContentType.objects.get_for_model(subject)
    return LogEntry.objects.filter(content_type=kind, object_id=str(subject.pk))


def note_in_history(*, subject: Model, actor: User, words: Any) -> None:
    """Add one entry, in words for the page of the row's history."""
    LogEntry.objects.create(
        user=actor,
        content_type=ContentType.objects.get_for_model(subject),
        object_id=str(subject.pk),
        object_repr=str(subject)[:200],
        action_flag=CHANGE,
        change_message=str(words),
    )
