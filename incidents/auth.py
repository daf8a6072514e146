"""Other systems at the desk: a service token stands for its staff user."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from incidents.models import ServiceToken
from incidents.services.service_tokens import service_token
from responders.auth import device_for_token
from responders.errors import WrongRole
from responders.models import User
from responders.tokens import bearer_of, is_device_token

REFUSED = _("Token layanan tidak dikenal atau sudah dicabut.")


class ServiceAuthentication(BaseAuthentication):
    """Authorization: Bearer <service token>. A phone's token is the wrong kind of caller."""

    def authenticate(self, request: Request) -> tuple[User, ServiceToken]:
        text = bearer_of(request.headers.get("Authorization", ""))
        if text is None:
            raise AuthenticationFailed(REFUSED)
        if is_device_token(text):
            device = device_for_token(text)
            if device is not None and device.is_trusted:
                raise WrongRole
        token = service_token(text)
        if token is None:
            raise AuthenticationFailed(REFUSED)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class MayWorkAtTheDesk(BasePermission):
    """Reading wants a staff user who may see incidents; writing names its permission."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        wanted = getattr(view, "permissions", {}).get(request.method, "incidents.view_incident")
        if not request.user.is_staff or not request.user.has_perm(wanted):
            raise WrongRole
        return True
