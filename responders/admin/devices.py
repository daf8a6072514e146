"""Phones and the fixes they sent."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from responders.admin.buttons import Button
from responders.admin.desk import LookOnlyAdmin
from responders.admin.enrolment import drawing
from responders.admin.filters import by_revocation
from responders.admin.shown import badge, clock_text, moment
from responders.app_settings import settings_for
from responders.models import CheckIn, Device, User
from responders.readiness_words import check_text, maker_hint
from responders.selectors import checks_of_report, newest_reports, open_findings, probed_at
from responders.services.enrolment import revoke_device
from responders.services.tracking import issue_tracking_id, revoke_tracking_id


def tracking_page(tracking_id: str, origin: str) -> dict[str, Any]:
    """Return what the page shows of a tracking id, once: what to type into each app, and QRs."""
    return {
        "secret": tracking_id,
        "apps": [
            {"settings": app, "qr": drawing(app.link) if app.link else ""}
            for app in settings_for(origin=origin, tracking_id=tracking_id)
        ],
        "explanation": _(
            "Hanya untuk lapor posisi. "
            "Id yang lama tidak berlaku lagi, dan halaman ini tidak dapat dibuka lagi."
        ),
    }


def may_track(device: Device) -> bool:
    """Say whether a phone may have a tracking id: one of a crew member, still trusted."""
    return device.is_trusted and device.user.role == User.Role.CREW


@admin.register(Device)
class DeviceAdmin(LookOnlyAdmin):
    """Enrolled phones. Tokens are never shown; revoking is the one act."""

    agency_path = "user__agency"
    personal_page = _("posisi terakhir petugas")
    list_display = ("name", "user", "agency", "platform", "trust", "reach", "seen", "enrolled")
    list_filter = ("platform", by_revocation)
    list_select_related = ("user__agency",)
    search_fields = ("name", "user__name", "user__username")
    ordering = ("-enrolled_at",)
    fields = (
        "name",
        "user",
        "platform",
        "trust",
        "doubts",
        "reach",
        "seen",
        "enrolled",
        "push",
        "position",
        "unsent_look",
        "battery",
        "report",
        "revoked_at",
        "revoked_by",
        "signed_out_at",
    )
    buttons = (
        Button(
            name="revoke",
            label=_("Cabut perangkat"),
            run=lambda device, *, actor, now: revoke_device(device=device, actor=actor, now=now),
            permission="responders.change_device",
            shown=lambda device: device.revoked_at is None,
            danger=True,
        ),
        Button(
            name="track",
            label=_("Pakai aplikasi lain: buat id pelacakan"),
            run=lambda device, *, actor, now: issue_tracking_id(
                device=device, actor=actor, now=now
            ),
            permission="responders.change_device",
            shown=may_track,
            page="admin/tracking.html",
            present=tracking_page,
        ),
        Button(
            name="untrack",
            label=_("Cabut id pelacakan"),
            run=lambda device, *, actor, now: revoke_tracking_id(
                device=device, actor=actor, now=now
            ),
            permission="responders.change_device",
            shown=lambda device: device.tracking_digest is not None,
            danger=True,
        ),
    )
    seen = staticmethod(moment("last_seen_at", _("terakhir terlihat")))
    enrolled = staticmethod(moment("enrolled_at", _("didaftarkan")))

    @admin.display(description=_("instansi"), ordering="user__agency__short_name")
    def agency(self, device: Device) -> str:
        return str(device.user.agency or "–")

    @admin.display(description=_("kepercayaan"), ordering="revoked_at")
    def trust(self, device: Device) -> str:
        if device.revoked_at is not None:
            return badge("alarm", "cross", _("dicabut"))
        if device.signed_out_at is not None:
            return badge("quiet", "cross", _("keluar"))
        return badge("ok", "check", _("dipercaya"))

    @admin.display(description=_("temuan keamanan"))
    def doubts(self, device: Device) -> str:
        found = open_findings().filter(device=device)
        looks = [(badge("warn", "alert", row.get_kind_display()),) for row in found]
        return format_html_join(" ", "{}", looks) or "–"

    @admin.display(description=_("jangkauan"), ordering="online_until")
    def reach(self, device: Device) -> str:
        if device.online_until is not None and device.online_until > timezone.now():
            return badge("ok", "online", _("tersambung"))
        if device.push_token and device.push_dead_at is None:
            return badge("info", "phone", _("lewat push"))
        return badge("warn", "offline", _("tidak terjangkau"))

    @admin.display(description=_("push"))
    def push(self, device: Device) -> Promise | str:
        if device.push_dead_at is not None:
            return badge("warn", "cross", _("alamat push mati"))
        return _("ada alamat") if device.push_token else _("belum ada alamat")

    @admin.display(description=_("belum terkirim"))
    def unsent_look(self, device: Device) -> Promise | str:
        if device.unsent is None:
            return "–"
        since = f" · {clock_text(device.unsent_since)}" if device.unsent_since else ""
        return f"{device.unsent}{since} ({clock_text(device.status_at)})"

    @admin.display(description=_("baterai"))
    def battery(self, device: Device) -> str:
        return "–" if device.battery_pct is None else f"{device.battery_pct:.0f} %"

    @admin.display(description=_("laporan kesiapan"))
    def report(self, device: Device) -> str:
        """Return the newest report: each check with its sentence, and the maker's hint."""
        report = newest_reports([device]).get(device.pk)
        if report is None:
            return str(_("belum pernah"))
        checks = checks_of_report(
            report,
            device,
            push_configured=bool(settings.GERAK_FCM_CREDENTIALS),
            probed=probed_at([device]).get(device.pk),
            now=timezone.now(),
        )
        lines: list[str] = [
            badge(*(("ok", "check") if c.ok else ("warn", "alert")), check_text(c.code, ok=c.ok))
            for c in checks
        ]
        hint = maker_hint(report.model, report.platform, device.name)
        about = f"{clock_text(report.received_at)} · {report.app_version} · {report.platform}"
        lines = [about, *lines, *([hint] if hint else [])]
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines))

    @admin.display(description=_("posisi terakhir"))
    def position(self, device: Device) -> str:
        if device.last_lat is None or device.last_lon is None:
            return "–"
        at = clock_text(device.last_recorded_at)
        return f"{device.last_lat:.5f}, {device.last_lon:.5f} · {at}"


@admin.register(CheckIn)
class CheckInAdmin(LookOnlyAdmin):
    """Fixes as phones sent them: evidence, so only to be read, and every reader is written down."""

    agency_path = "device__user__agency"
    personal_list = personal_page = _("jejak posisi petugas")
    list_display = ("recorded", "received", "person", "lat", "lon", "accuracy_m", "speed_mps")
    list_select_related = ("device__user",)
    list_filter = ("source", "source_auth")
    search_fields = ("device__user__username", "device__name")
    ordering = ("-id",)
    exclude = ("salt",)
    recorded = staticmethod(moment("recorded_at", _("waktu di ponsel")))
    received = staticmethod(moment("received_at", _("diterima")))

    @admin.display(description=_("petugas"))
    def person(self, check_in: CheckIn) -> Any:
        return check_in.device.user
