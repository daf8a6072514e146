"""What speaks for a misuse, for those who look into it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from responders.admin.buttons import Button
from responders.admin.desk import LookOnlyAdmin
from responders.admin.shown import badge, moment
from responders.models import SecurityFinding
from responders.services.findings import settle_finding


@admin.register(SecurityFinding)
class SecurityFindingAdmin(LookOnlyAdmin):
    """Suspicions, the open ones first; looking into one ends with a press."""

    agency_path = "device__user__agency"
    list_display = ("found", "kind", "device", "person", "last", "look")
    list_filter = ("kind", "found_at")
    list_select_related = ("device__user", "person")
    search_fields = ("device__name", "person__username", "person__name")
    ordering = ("-found_at", "-pk")
    fields = ("kind", "device", "person", "found", "last", "look", "settled", "settled_by")
    buttons = (
        Button(
            "settle",
            _("Sudah diperiksa"),
            lambda finding, *, actor, now: settle_finding(finding=finding, actor=actor, now=now),
            "responders.change_securityfinding",
            lambda finding: finding.settled_at is None,
        ),
    )
    found = staticmethod(moment("found_at", _("ditemukan")))
    last = staticmethod(moment("last_at", _("terakhir terlihat")))
    settled = staticmethod(moment("settled_at", _("selesai diperiksa")))

    @admin.display(description=_("keadaan"), ordering="settled_at")
    def look(self, finding: SecurityFinding) -> str:
        if finding.settled_at is None:
            return badge("warn", "alert", _("terbuka"))
        return badge("quiet", "check", _("selesai diperiksa"))
