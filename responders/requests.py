"""Requests whose caller is known: what a door may rely on once it let somebody in.

For the type checker: DRF hands every view a plain `Request`, whose user and auth are what the
door's authentication class put there. These classes are never made.
"""

from django.conf import settings
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


def address_of(request: HttpRequest) -> str:
    """Return the network address a request came from; "" where it came over no network.

    Behind our own proxy it is the last one the proxy wrote down: what stands before it in
    X-Forwarded-For is the caller's own word.
    """
    if settings.BEHIND_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return str(forwarded)
    return str(request.META.get("REMOTE_ADDR") or "")
