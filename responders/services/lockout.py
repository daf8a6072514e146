"""Sign-ins that failed too often: who is locked out, and how a supervisor lifts it.

django-axes counts, by username and address together: a room behind one address is never locked
out by one person's mistakes. Its rows are read and deleted here alone.
"""

from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from django.utils.translation import gettext as _

from responders.models import User


def locked_until(username: str, now: datetime) -> datetime | None:
    """Return when the longest lock of a username ends by itself; None where there is none."""
    newest = (
        _recent(username, now)
        .values("ip_address")
        .annotate(failures=Sum("failures_since_start"), newest=Max("attempt_time"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
        .aggregate(Max("newest"))["newest__max"]
    )
    return None if newest is None else newest + settings.AXES_COOLOFF_TIME


@transaction.atomic
def lift_lockout(*, user: User, actor: User, now: datetime) -> None:
    """Let somebody try again at once. Twice changes nothing; the press is in the row's history."""
    AccessAttempt.objects.filter(username=user.username).delete()


def note_lockout(*, username: str, address: str, now: datetime) -> None:
    """Write a lock-out into the history of the account, once; a name without account has none."""
    user = User.objects.filter(username=username).first()
    if user is None:
        return
    kind = ContentType.objects.get_for_model(User)
    words = _("Terkunci: terlalu banyak percobaan masuk dari %s.") % address
    noted = LogEntry.objects.filter(
        content_type=kind,
        object_id=str(user.pk),
        change_message=words,
        action_time__gte=now - settings.AXES_COOLOFF_TIME,
    )
    if not noted.exists():
        LogEntry.objects.create(
            user=user,
            content_type=kind,
            object_id=str(user.pk),
            object_repr=str(user)[:200],
            action_flag=CHANGE,
            change_message=words,
        )


def _recent(username: str, now: datetime) -> QuerySet[AccessAttempt]:
    since = now - settings.AXES_COOLOFF_TIME
    return AccessAttempt.objects.filter(username=username, attempt_time__gte=since)
