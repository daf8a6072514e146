"""The public page: what goes on in the city, late and coarse on purpose. No sign-in."""

import hashlib
import math
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from notifications.cap import info_of
from notifications.models import PublicAlert
from notifications.policy import PUBLIC
from notifications.selectors import Happening, alerts_in_force, happenings
from notifications.services.public_alerts import NO_SENDER
from responders.admin.shown import badge
from responders.requests import address_of, language_of

WINDOW_S = 60
STATES = {
    "reported": ("info", "clock", _("dilaporkan")),
    "under_way": ("warn", "move", _("sedang ditangani")),
    "over": ("ok", "check", _("selesai")),
}


@require_safe
def public_page(request: HttpRequest) -> HttpResponse:
    """Show warnings in force and what goes on. `?bahasa=en` is English; 429 for who asks too often.

    A made page answers everybody for half a minute, so that a crowd costs next to nothing.
    """
    if not _may_ask(request):
        busy = HttpResponse(gettext("Terlalu sering. Coba lagi semenit lagi."), status=429)
        busy["Retry-After"] = str(WINDOW_S)
        return busy
    language = language_of(request)
    key = f"public-page-{language}"
    body = cache.get(key)
    if body is None:
        body = _made(language)
        cache.set(key, body, PUBLIC.page_kept_s)
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    page = HttpResponse(body)
    answer = get_conditional_response(request, etag=etag, response=page) or page
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={PUBLIC.page_kept_s:.0f}"
    patch_vary_headers(answer, ["Cookie"])  # it may name the language
    return answer


def _may_ask(request: HttpRequest) -> bool:
    digest = hashlib.sha256(address_of(request).encode()).hexdigest()[:16]
    key = f"public-page-{digest}-{math.floor(time.time() / WINDOW_S)}"
    if cache.add(key, 1, WINDOW_S):
        return True
    try:
        return cache.incr(key) <= PUBLIC.page_requests_max
    except ValueError:  # it ran out in between
        return True


def _made(language: str) -> bytes:
    now = timezone.now()
    with override(language):
        context = {
            "rows": [_row(row, language) for row in happenings(now)],
            "alerts": [_alert(alert, language) for alert in alerts_in_force(now)],
            "delay_min": round(PUBLIC.page_delay_s / 60),
            "made_at": timezone.localtime(now),
            "language": language,
            "is_demo": settings.DEMO,
            "dpo": settings.GERAK_DPO,
        }
        return render_to_string("publik.html", context).encode()


def _row(row: Happening, language: str) -> dict[str, object]:
    local = timezone.localtime(row.about_at)
    return {
        "label": row.label_en if language == "en" else row.label,
        "areas": ", ".join(row.areas) or "–",
        "about": f"{local:%d-%m-%Y} ± {local:%H.%M} WIB",
        "state": badge(*STATES[row.state]),
    }


def _alert(alert: PublicAlert, language: str) -> dict[str, object]:
    told, areas = info_of(bytes(alert.document), language=language)
    return {
        "told": told,
        "areas": ", ".join(areas),
        "until": f"{timezone.localtime(alert.expires_at):%d-%m-%Y %H.%M} WIB",
        "cancelled": alert.message_type == PublicAlert.MessageType.CANCEL,
        "is_test": alert.sender == NO_SENDER,
        "id": alert.pk,
    }
