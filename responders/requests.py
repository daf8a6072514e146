"""Requests whose caller is known: what a door may rely on once it let somebody in.

For the type checker: DRF hands every view a plain `Request`, whose user and auth are what the
door's authentication class put there. These classes are never made.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import get_language
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


def language_of(request: HttpRequest) -> str:
    """Return "en" or "id": what a public address asks for with `?bahasa=`, else the browser."""
    asked = request.GET.get("bahasa") or get_language() or "id"
    return "en" if asked[:2] == "en" else "id"


def address_of(request: HttpRequest) -> str:
    """Return the network address a request came from; "" where it came over no network."""
    meta = request.META
    return client_address(meta.get("HTTP_X_FORWARDED_FOR", ""), meta.get("REMOTE_ADDR") or "")


def client_address(forwarded_for: str, peer: str) -> str:
    """Return whom a header X-Forwarded-For and the other end of a connection speak of.

    Behind our own proxy it is the last one the proxy wrote down: what stands before it in the
    header is the caller's own word.
    """
    forwarded = forwarded_for.rpartition(",")[2].strip() if settings.BEHIND_PROXY else ""
    return forwarded or peer
