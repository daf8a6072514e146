"""Tokens of other systems at the desk: made, found, revoked."""

import re
import secrets
from datetime import datetime

from incidents.models import ServiceToken
from responders.models import User
from responders.tokens import digest_of

PREFIX = "gs1_"  # says what the text is, so that leak scanners find it
_SERVICE_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


def issue_service_token(*, user: User, now: datetime, name: str = "") -> str:
    """Return a fresh token with the rights of a staff user. It is shown once."""
    token = PREFIX + secrets.token_urlsafe(32)
    ServiceToken.objects.create(user=user, name=name, digest=digest_of(token), created_at=now)
    return token


def revoke_service_token(*, token: ServiceToken, now: datetime) -> None:
    """Refuse a token from now on. Twice changes nothing."""
    ServiceToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now)


def is_service_token(text: str) -> bool:
    """Say whether a text is a live service token."""
    return text.startswith(PREFIX) and service_token(text) is not None


def service_tokens_in(text: str) -> list[str]:
    """Return what in a text has the form of a service token."""
    return _SERVICE_TOKEN.findall(text)


def service_token(text: str) -> ServiceToken | None:
    """Return the live token that a text is, with its user; None for a stranger."""
    return (
        ServiceToken.objects.select_related("user")
        .filter(digest=digest_of(text), revoked_at__isnull=True, user__is_active=True)
        .first()
    )
