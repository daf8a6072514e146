"""Sessions of the desk: which of them count."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from responders.services.second_factor import is_proven


class ProvenSessions:
    """Where a second factor is required, a session without one is nobody's.

    A middleware behind Django's own: no page has to ask. Sessions from before the setting, and
    those whose factor was reset, end with it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.GERAK_REQUIRE_2FA:
            request.user = SimpleLazyObject(  # type: ignore[assignment]
                partial(_who_counts, request.user, request.session)
            )
        return self.get_response(request)


def _who_counts(user: Any, session: Any) -> Any:
    if user.is_authenticated and is_proven(user, session):
        return user
    return AnonymousUser()
