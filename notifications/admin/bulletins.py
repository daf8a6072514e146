"""BMKG's bulletins at the desk: drafts that a dispatcher confirms or puts aside; the feeds."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.errors import IncidentError
from incidents.models import IncidentType
from notifications.errors import NotificationError
from notifications.models import Bulletin, OutsideFeed
from notifications.policy import BMKG
from notifications.services.bulletins import QUAKE_TYPE, confirm_quake, dismiss_bulletin
from responders.admin.buttons import Button
from responders.admin.desk import LookOnlyAdmin
from responders.admin.shown import badge, moment

LOOKS = {"new": ("warn", "alert"), "confirmed": ("ok", "check"), "dismissed": ("quiet", "cross")}


def _confirm(bulletin: Bulletin, *, actor: Any, now: datetime) -> None:
    confirm_quake(bulletin=bulletin, call_everybody=False, actor=actor, now=now)


def _call(bulletin: Bulletin, *, actor: Any, now: datetime) -> None:
    confirm_quake(bulletin=bulletin, call_everybody=True, actor=actor, now=now)


def _dismiss(bulletin: Bulletin, *, actor: Any, now: datetime) -> None:
    dismiss_bulletin(bulletin=bulletin, actor=actor, now=now)


def _is_quake(bulletin: Bulletin) -> bool:
    return bulletin.state == "new" and bulletin.kind == "quake"


@admin.register(Bulletin)
class BulletinAdmin(LookOnlyAdmin):
    """What BMKG says of the city. Nothing is opened or sent until somebody presses."""

    city_wide = True
    change_form_template = "admin/bulletin.html"
    change_list_template = "admin/bulletins.html"
    refusals = (NotificationError, IncidentError)
    list_display = ("at", "headline", "look", "kind", "level", "incident", "decided_by")
    list_filter = ("state", "kind", "level")
    list_select_related = ("incident", "decided_by")
    search_fields = ("headline",)
    ordering = ("-happened_at",)
    fields = (
        "headline",
        "text",
        "look",
        ("kind", "level"),
        ("at", "until"),
        ("first_seen", "changed"),
        "touched",
        ("incident", "decided_by", "decided"),
    )
    buttons = (
        Button(
            name="call",
            label=_("Buka kejadian dan minta semua lurah dan camat melapor"),
            run=_call,
            permission="notifications.change_bulletin",
            shown=lambda bulletin: _is_quake(bulletin) and bulletin.level == "call",
        ),
        Button(
            name="confirm",
            label=_("Buka kejadian"),
            run=_confirm,
            permission="notifications.change_bulletin",
            shown=_is_quake,
        ),
        Button(
            name="dismiss",
            label=_("Kesampingkan"),
            run=_dismiss,
            permission="notifications.change_bulletin",
            shown=lambda bulletin: bulletin.state == "new",
            danger=True,
        ),
    )
    at = staticmethod(moment("happened_at", _("waktu")))
    until = staticmethod(moment("expires_at", _("tampil sampai")))
    first_seen = staticmethod(moment("first_seen_at", _("pertama dilihat")))
    changed = staticmethod(moment("changed_at", _("diubah BMKG")))
    decided = staticmethod(moment("decided_at", _("diputuskan")))

    def page_context(self, request: HttpRequest, obj: Bulletin) -> dict[str, Any]:
        matrix = IncidentType.objects.filter(key=QUAKE_TYPE, active=True).first()
        page = {
            "g_tells_all": obj.kind == "quake" and matrix is not None and matrix.notice == "all"
        }
        return super().page_context(request, obj) | page

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        feeds = OutsideFeed.objects.order_by("name") if settings.GERAK_BMKG else []
        context = {"g_feeds": [_feed(row) for row in feeds], "g_watched": settings.GERAK_BMKG}
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description=_("status"), ordering="state")
    def look(self, bulletin: Bulletin) -> SafeString:
        if bulletin.state == "new" and bulletin.expires_at <= timezone.now():
            return badge("quiet", "clock", _("lewat"))
        return badge(*LOOKS[bulletin.state], bulletin.get_state_display())

    @admin.display(description=_("wilayah"))
    def touched(self, bulletin: Bulletin) -> str:
        return ", ".join(area.name for area in bulletin.areas.order_by("code")) or "–"


def _feed(row: OutsideFeed) -> dict[str, Any]:
    """Return one feed with the age of its last good answer, in words."""
    if row.last_good_at is None:
        return {"name": row.name, "look": badge("warn", "clock", _("belum pernah menjawab"))}
    age_s = (timezone.now() - row.last_good_at).total_seconds()
    tone = ("alarm", "alert") if age_s > BMKG.stale_s else ("ok", "check")
    words = _("jawaban baik terakhir %(minutes)d menit lalu") % {"minutes": age_s // 60}
    return {"name": row.name, "look": badge(*tone, words), "problem": row.problem}
