"""Sign-ins that failed too often: who is locked out, and how a supervisor lifts it.

django-axes counts, by username and address together: a room behind one address is never locked
out by one person's mistakes. Its rows are read and deleted here alone.
"""

from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from django.utils.translation import gettext as _

from responders.models import User
from responders.services.history import history_of, note_in_history
from responders.services.second_factor import forget_wrong_codes, waits_for_wrong_codes


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


def is_locked_out(user: User, now: datetime) -> bool:
    """Say whether wrong passwords, or wrong codes after it, keep somebody waiting."""
    return locked_until(user.username, now) is not None or waits_for_wrong_codes(user)


@transaction.atomic
def lift_lockout(*, user: User, actor: User, now: datetime) -> None:
    """Let somebody try again at once. Twice changes nothing; the press is in the row's history."""
    AccessAttempt.objects.filter(username=user.username).delete()
    forget_wrong_codes(user)


def note_lockout(*, username: str, address: str, now: datetime) -> None:
    """Write a lock-out into the history of the account, once; a name without account has none."""
    user = User.objects.filter(username=username).first()
    if user is None:
        return
    words = _("Terkunci: terlalu banyak percobaan masuk dari %s.") % address
    noted = history_of(user).filter(
        change_message=words, action_time__gte=now - settings.AXES_COOLOFF_TIME
    )
    if not noted.exists():
        note_in_history(subject=user, actor=user, words=words)


def _recent(username: str, now: datetime) -> QuerySet[AccessAttempt]:
    since = now - settings.AXES_COOLOFF_TIME
    return AccessAttempt.objects.filter(username=username, attempt_time__gte=since)
