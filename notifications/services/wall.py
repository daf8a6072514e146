"""Links of wall screens: made, found, used, revoked."""

import secrets
from datetime import datetime, timedelta

from django.db.models import Q

from notifications.models import WallLink
from notifications.policy import BOARD
from responders.models import User
from responders.tokens import digest_of

PREFIX = "gw1_"  # says what the text is, so that leak scanners find it


def issue_wall_link(*, name: str, actor: User, now: datetime) -> str:
    """Return the secret of a fresh link. It is shown once."""
    secret = PREFIX + secrets.token_urlsafe(32)
    WallLink.objects.create(name=name, digest=digest_of(secret), created_at=now, created_by=actor)
    return secret


def revoke_wall_link(*, link: WallLink, actor: User, now: datetime) -> None:
    """Refuse a link from now on; its open screens close within two seconds. Twice is once."""
    live = WallLink.objects.filter(pk=link.pk, revoked_at=None)
    live.update(revoked_at=now, revoked_by=actor)


def wall_link(secret: str) -> WallLink | None:
    """Return the live link that a secret opens; None for a stranger's or a revoked one."""
    if not secret.startswith(PREFIX):
        return None
    return WallLink.objects.filter(digest=digest_of(secret), revoked_at=None).first()


def note_wall_use(*, link: WallLink, now: datetime) -> None:
    """Keep when a screen was last there, at most once a minute."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(seconds=BOARD.wall_mark_s))
    WallLink.objects.filter(stale, pk=link.pk).update(last_used_at=now)
