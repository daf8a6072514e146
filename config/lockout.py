"""The page of somebody who may not try to sign in for a while: how long, and who lifts it."""

import math
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from responders.services.lockout import locked_until


def locked_out(
    request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer 429 with the minutes that are left; the right password does not shorten them."""
    username = str((credentials or {}).get("username") or request.POST.get("username", ""))
    now = timezone.now()
    until = locked_until(username, now) or now + settings.AXES_COOLOFF_TIME
    wait_s = max(1, math.ceil((until - now).total_seconds()))
    page = render_to_string("locked_out.html", {"minutes": math.ceil(wait_s / 60)})
    return HttpResponse(page, status=429, headers={"Retry-After": str(wait_s)})
