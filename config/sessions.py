"""Sessions of the desk: which of them count, and how long they live."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from responders.policy import SIGN_IN
from responders.services.second_factor import is_proven

TOUCHED = "worked_at"


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


class SlidingSessions:
    """Let a session live on while somebody works in it: no sign-in in the middle of an incident.

    A page that was opened or a form that was sent is work; a page that follows by itself is not.
    What is typed for long is told by `session.js`, which posts to `session_lives`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_work(request) and SESSION_KEY in request.session:
            now = time.time()
            if now - request.session.get(TOUCHED, 0) > SIGN_IN.touch_every_s:
                request.session[TOUCHED] = now
        return response


def _is_work(request: HttpRequest) -> bool:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith("/api/"):
        return False
    return request.method == "POST" or request.headers.get("Sec-Fetch-Mode") == "navigate"


@never_cache
@require_POST
@csrf_exempt  # changes nothing but its own end, and must answer a page whose token is old
def session_lives(request: HttpRequest) -> HttpResponse:
    """Say whose session this is: 200 with `user`, an id, or 401 where it has ended."""
    if not request.user.is_authenticated:
        return JsonResponse({"user": None}, status=401)
    return JsonResponse({"user": request.user.pk})
