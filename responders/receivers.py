"""What the accounts hear of failed sign-ins."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.utils import timezone

from responders.services.lockout import note_failure, note_lockout


@receiver(user_locked_out, dispatch_uid="responders-note-a-lockout")
def note(*, username: str | None, ip_address: str | None, **_more: Any) -> None:
    """Keep one entry a lock-out; the signal comes with every try while it lasts."""
    note_lockout(username=username or "", address=ip_address or "", now=timezone.now())


@receiver(user_login_failed, dispatch_uid="responders-count-a-failed-sign-in")
def count(*, credentials: dict[str, Any], **_more: Any) -> None:
    """Count a wrong password or name, wherever it came from."""
    note_failure(username=str(credentials.get("username") or ""), now=timezone.now())
