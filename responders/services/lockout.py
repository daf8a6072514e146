"""Sign-ins that failed too often: who is locked out, and how a supervisor lifts it.

django-axes counts, by username and address together: a room behind one address is never locked
out by one person's mistakes. Its rows are read and deleted here alone. It looks before it counts,
so that passwords which come at once would all be tried: a guess is first taken from our own count.
"""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, QuerySet, Sum
from django.utils.translation import gettext as _

from responders.models import AttemptCounter, SecurityFinding, User
from responders.policy import GUESSING
from responders.services.findings import note_finding
from responders.services.history import history_of, note_in_history
from responders.services.second_factor import forget_wrong_codes, waits_for_wrong_codes
from responders.tokens import digest_of

FAILURES_OF_ALL = "failed-sign-in:all"


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
def take_guess(*, username: str, address: str, now: datetime) -> bool:
    """Take one of the guesses that a username has left from an address; False where none is left.

    One UPDATE decides, before any password is looked at, however many come at once.
    """
    key = f"{_guesses_of(username)}{address[:45]}"
    counted = _counter(key, settings.AXES_COOLOFF_TIME, now)
    return bool(counted.filter(count__lt=settings.AXES_FAILURE_LIMIT).update(count=F("count") + 1))


def forget_guesses(username: str) -> None:
    """Give a username all its guesses back: one was right, or a supervisor lifts the lock."""
    AttemptCounter.objects.filter(key__startswith=_guesses_of(username)).delete()


@transaction.atomic
def lift_lockout(*, user: User, actor: User, now: datetime) -> None:
    """Let somebody try again at once. Twice changes nothing; the press is in the row's history."""
    AccessAttempt.objects.filter(username=user.username).delete()
    forget_guesses(user.username)
    forget_wrong_codes(user)


@transaction.atomic
def note_failure(*, username: str, now: datetime) -> None:
    """Count a failed sign-in by account and by all, whatever address it came from.

    Many are a finding and lock nobody out: a stranger would lock the room out at will.
    """
    of_account = _count(_failures_of(username), GUESSING.account_within_s, now)
    if of_account >= GUESSING.account_max:
        person = User.objects.filter(username=username).first()
        if person is not None:
            note_finding(kind=SecurityFinding.Kind.ACCOUNT_GUESSED, person=person, now=now)
    if _count(FAILURES_OF_ALL, GUESSING.everybody_within_s, now) >= GUESSING.everybody_max:
        note_finding(kind=SecurityFinding.Kind.MANY_GUESSES, now=now)


def _count(key: str, within_s: float, now: datetime) -> int:
    """Count one more within a window."""
    counted = _counter(key, timedelta(seconds=within_s), now)
    counted.update(count=F("count") + 1)
    return counted.values_list("count", flat=True).get()


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


def _counter(key: str, window: timedelta, now: datetime) -> QuerySet[AttemptCounter]:
    """Return the row of a key; the first to ask after its window opens the next, from zero."""
    AttemptCounter.objects.get_or_create(key=key, defaults={"window_start": now})
    counted = AttemptCounter.objects.filter(key=key)
    counted.filter(window_start__lte=now - window).update(window_start=now, count=0)
    return counted


def _failures_of(username: str) -> str:
    return f"failed-sign-in:{digest_of(username)[:32]}"


def _guesses_of(username: str) -> str:
    return f"sign-in:{digest_of(username)[:32]}:"


def _recent(username: str, now: datetime) -> QuerySet[AccessAttempt]:
    since = now - settings.AXES_COOLOFF_TIME
    return AccessAttempt.objects.filter(username=username, attempt_time__gte=since)
