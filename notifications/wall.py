"""The wall: a link is worth a cookie of its own, and the cookie opens one read-only page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from incidents.admin.board import board_setup
from incidents.admin.maps import map_setup
from notifications.services.wall import note_wall_use, wall_link
from notifications.wall_cookie import WALL_COOKIE

COOKIE_AGE_S = 400 * 24 * 3600  # as long as browsers keep one; the link's revocation ends it


@require_GET
@never_cache
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """Give this browser the wall's cookie, and show the wall at an address without a secret."""
    if wall_link(secret) is None:
        return _refused(request)
    response = redirect("wall")
    response.set_cookie(
        WALL_COOKIE,
        secret,
        max_age=COOKIE_AGE_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


@require_GET
@never_cache
def wall(request: HttpRequest) -> HttpResponse:
    """Show the wall to a browser that holds a live link's cookie."""
    link = wall_link(request.COOKIES.get(WALL_COOKIE, ""))
    if link is None:
        return _refused(request)
    note_wall_use(link=link, now=timezone.now())
    context = {"screen": link.name, "setup": board_setup(), "map": map_setup()}
    return TemplateResponse(request, "wall.html", context)


def _refused(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "wall_refused.html", status=404)
