"""Who is on the line: a device by its bearer token, in one look-up by digest.

A token in the URL is never accepted. `request.user` is the person, `request.auth` the device.
"""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from responders.errors import WrongRole
from responders.models import Device, User
from responders.other_callers import is_other_caller
from responders.tokens import bearer_of, digest_of, is_device_token

REFUSED = _("Token perangkat tidak dikenal atau sudah dicabut.")


def device_for_token(token: str) -> Device | None:
    """Return the device whose token this is, revoked or not; None for a stranger."""
    return Device.objects.select_related("user").filter(token_digest=digest_of(token)).first()


class DeviceAuthentication(BaseAuthentication):
    """Authorization: Bearer <device token>."""

    def authenticate(self, request: Request) -> tuple[User, Device]:
        token = bearer_of(request.headers.get("Authorization", ""))
        if token is None or not is_device_token(token):
            if is_other_caller(token):
                raise WrongRole
            raise AuthenticationFailed(REFUSED)
        device = device_for_token(token)
        if device is None or not device.is_trusted or not device.user.is_active:
            raise AuthenticationFailed(REFUSED)
        return device.user, device

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
