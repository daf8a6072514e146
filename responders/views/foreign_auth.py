"""Who sends through an app that is not ours: a device token or a tracking id.

Either as bearer or as the password of HTTP Basic (user: anything); a tracking id also as the `id`
in a message of an app that can send nothing else. A device token is never taken from a URL.
"""

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from responders.auth import REFUSED
from responders.models import CheckIn, Device, User
from responders.tokens import bearer_of, digest_of, is_device_token
from responders.tracking_ids import plain_form


@dataclass(frozen=True, slots=True)
class Sender:
    """The phone that a credential belongs to, and how much it proves."""

    pk: UUID
    source_auth: str


class ForeignAuthentication(BaseAuthentication):
    """A header decides where there is one; else the id in the message, where the door takes it."""

    def authenticate(self, request: Request) -> tuple[User, Sender]:
        header = request.headers.get("Authorization", "")
        if header:
            found = _by_credential(credential_of(header) or "")
        else:
            found = _by_tracking_id(request.parser_context["view"].told_id(request) or "")
        if found is None:
            raise AuthenticationFailed(REFUSED)
        device, source_auth = found
        return device.user, Sender(device.pk, source_auth)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def credential_of(header: str) -> str | None:
    """Return the secret of an Authorization header: the bearer, or the password of Basic."""
    scheme, _blank, rest = header.partition(" ")
    if scheme.lower() != "basic":
        return bearer_of(header)
    try:
        pair = base64.b64decode(rest.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return pair.partition(":")[2]


def _by_credential(credential: str) -> tuple[Device, str] | None:
    if not is_device_token(credential):
        return _by_tracking_id(credential)
    device = _trusted(token_digest=digest_of(credential))
    return None if device is None else (device, CheckIn.SourceAuth.STRONG)


def _by_tracking_id(text: str) -> tuple[Device, str] | None:
    plain = plain_form(text)
    if plain is None:
        return None
    device = _trusted(tracking_digest=digest_of(plain))
    return None if device is None else (device, CheckIn.SourceAuth.WEAK)


def _trusted(**digest: str) -> Device | None:
    """Return the phone with that digest, if it may still speak."""
    return (
        Device.objects.select_related("user")
        .filter(revoked_at=None, signed_out_at=None, user__is_active=True, **digest)
        .first()
    )
