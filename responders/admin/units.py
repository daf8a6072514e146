"""Agencies, their units, and who is on them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin
from responders.admin.enrolment import code_for, code_page
from responders.admin.shown import MISSING, badge, clock_text, moment
from responders.models import Agency, CrewShift, Device, DutyStatus, Unit
from responders.selectors import crew_of
from responders.services.duty import set_duty_status

DUTY_LOOK = {
    DutyStatus.AVAILABLE: ("ok", "check"),
    DutyStatus.OUT_OF_SERVICE: ("warn", "alert"),
    DutyStatus.OFF_DUTY: ("quiet", "cross"),
}


@admin.register(Agency)
class AgencyAdmin(DeskAdmin):
    """Agencies: renamed, merged and closed, never deleted."""

    keeps_values = True
    agency_path = "pk"
    list_display = ("short_name", "name", "kind", "duty_phone", "merged_into", "closed_at")
    list_filter = ("kind",)
    list_select_related = ("merged_into",)
    search_fields = ("key", "name", "short_name")
    ordering = ("short_name",)


def phone_line(phone: Device) -> str:
    """Return a phone in a line: whose, how full its battery is, how much it could not send yet."""
    battery = MISSING if phone.battery_pct is None else f"{phone.battery_pct:.0f} %"
    unsent = MISSING if phone.unsent is None else str(phone.unsent)
    seen = clock_text(phone.last_seen_at)
    words = (_("baterai"), battery, _("belum terkirim"), unsent, _("terakhir terlihat"), seen)
    return f"{phone} · " + "{} {} · {} {} · {} {}".format(*words)


def _duty(status: str) -> Any:
    def run(unit: Unit, *, actor: Any, now: Any) -> None:
        set_duty_status(unit=unit, status=status, actor=actor, now=now)

    return run


def _other_than(status: str) -> Callable[[Unit], bool]:
    """Return whether a unit stands elsewhere, as a question about one."""
    return lambda unit: unit.duty_status != status


@admin.register(Unit)
class UnitAdmin(DeskAdmin):
    """Units. The duty status is a button, for it wakes the board and is refused while assigned."""

    keeps_values = True
    agency_path = "agency"
    word_lists = ("capabilities",)
    list_display = ("call_sign", "agency", "kind", "duty", "duty_since", "active")
    list_filter = ("duty_status", "kind", "active", "agency")
    list_select_related = ("agency",)
    search_fields = ("call_sign", "agency__short_name")
    ordering = ("call_sign",)
    readonly_fields = ("duty_status", "duty_changed_at", "phones")
    buttons = tuple(
        Button(
            name=status.value.replace("_", "-"),
            label=status.label,
            run=_duty(status),
            permission="responders.change_unit",
            shown=_other_than(status),
            danger=status != DutyStatus.AVAILABLE,
        )
        for status in DutyStatus
    )
    duty_since = staticmethod(moment("duty_changed_at", _("sejak")))

    @admin.display(description=_("ponsel yang piket"))
    def phones(self, unit: Unit) -> str:
        """Return each phone of who is on the unit: its person, battery, and what it still holds."""
        people = crew_of(unit, timezone.now())
        rows = Device.objects.filter(user__in=people, revoked_at=None, signed_out_at=None)
        lines = ((phone_line(phone),) for phone in rows.select_related("user").order_by("name"))
        return format_html_join("", "<div>{}</div>", lines) or MISSING

    @admin.display(description=_("status piket"), ordering="duty_status")
    def duty(self, unit: Unit) -> str:
        tone, icon = DUTY_LOOK[DutyStatus(unit.duty_status)]
        return badge(tone, icon, unit.get_duty_status_display())


def _end_shift(shift: CrewShift, *, actor: Any, now: Any) -> None:
    CrewShift.objects.filter(pk=shift.pk).update(
        ends_at=max(now, shift.starts_at + timedelta(seconds=1))
    )


@admin.register(CrewShift)
class CrewShiftAdmin(DeskAdmin):
    """Who is on which unit. An operator enrols the phones of the own crew from here."""

    keeps_values = True
    agency_path = "unit__agency"
    list_display = ("user", "unit", "agency", "starts", "ends")
    list_filter = ("unit__agency",)
    list_select_related = ("user", "unit__agency")
    search_fields = ("user__name", "user__username", "unit__call_sign")
    ordering = ("unit__call_sign", "user__name")
    buttons = (
        Button(
            name="code",
            label=_("Buat kode pendaftaran ponsel"),
            run=lambda shift, *, actor, now: code_for(shift.user, actor=actor, now=now),
            permission="responders.add_enrolmentcode",
            page="admin/secret.html",
            present=code_page,
        ),
        Button(
            name="end",
            label=_("Akhiri piket sekarang"),
            run=_end_shift,
            permission="responders.change_crewshift",
            shown=lambda shift: shift.ends_at is None or shift.ends_at > timezone.now(),
            danger=True,
        ),
    )
    starts = staticmethod(moment("starts_at", _("mulai")))
    ends = staticmethod(moment("ends_at", _("selesai")))

    @admin.display(description=_("instansi"), ordering="unit__agency__short_name")
    def agency(self, shift: CrewShift) -> str:
        return str(shift.unit.agency)
