"""Which role may pass a door; another one is refused as wrong_role."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from responders.errors import WrongRole
from responders.models import User


class IsCrew(BasePermission):
    """Crew only; another role is refused as wrong_role."""

    role = User.Role.CREW

    def has_permission(self, request: Request, view: APIView) -> bool:
        if getattr(request.user, "role", None) != self.role:
            raise WrongRole
        return True


class IsOfficial(IsCrew):
    """Camat and lurah only."""

    role = User.Role.OFFICIAL
