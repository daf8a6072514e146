"""Requests whose caller is known: what a door may rely on once it let somebody in.

For the type checker: DRF hands every view a plain `Request`, whose user and auth are what the
door's authentication class put there. These classes are never made.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework.request import Request

from responders.models import Device, User


class DeviceRequest(Request):
    """A request behind `DeviceAuthentication`: a person, by a phone of theirs."""

    user: User
    auth: Device


def staff_of(request: HttpRequest) -> User:
    """Return who is signed in on a page of the admin. Raises PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
