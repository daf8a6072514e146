"""Kesiapan: which units an alarm would reach, seen before there is one."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incidents.selectors.access import units_visible_to
from incidents.selectors.readiness import battery_of, phone_states, readiness_of, unsent_of
from responders.admin.shown import MISSING, badge, clock_text
from responders.models import CrewShift, Device, Unit, User
from responders.readiness import READY, UNREACHABLE, WARNING, PhoneState, UnitReadiness
from responders.readiness_words import STATE_WORDS, maker_hint, reason_text
from responders.requests import staff_of
from responders.selectors import newest_reports, on_shift

LOOKS = {READY: ("ok", "check"), WARNING: ("warn", "alert"), UNREACHABLE: ("alarm", "offline")}
WORST_FIRST = (UNREACHABLE, WARNING, READY, None)


@require_GET
@permission_required("responders.view_unit", raise_exception=True)
def _page(request: HttpRequest) -> HttpResponse:
    rows = readiness_rows(staff_of(request), timezone.now())
    on_duty = [row for row in rows if row["state"] is not None]
    context = admin.site.each_context(request) | {
        "title": _("Kesiapan"),
        "rows": rows,
        "summary": _("%(ready)d dari %(on_duty)d regu yang siaga terbukti siap.")
        % {"ready": sum(row["state"] == READY for row in on_duty), "on_duty": len(on_duty)},
    }
    return TemplateResponse(request, "admin/readiness.html", context)


# Staff who may see units; strangers are sent to the sign-in page.
readiness = admin.site.admin_view(_page)


def readiness_rows(user: User, now: datetime) -> list[dict[str, Any]]:
    """Return the units a person may see, those that need somebody first, with their phones."""
    units = list(units_visible_to(user).select_related("agency").order_by("call_sign"))
    crew: dict[int, list[User]] = defaultdict(list)
    shifts = CrewShift.objects.filter(on_shift(now), unit__in=units, user__is_active=True)
    for shift in shifts.select_related("user").order_by("user__name", "user_id"):
        crew[shift.unit_id].append(shift.user)
    owned: dict[int, list[Device]] = defaultdict(list)
    people = [person.pk for mates in crew.values() for person in mates]
    rows = Device.objects.filter(user__in=people, revoked_at=None, signed_out_at=None)
    for phone in rows.select_related("user").order_by("-last_seen_at"):
        owned[phone.user_id].append(phone)
    phones = {
        unit.pk: [phone for person in crew[unit.pk] for phone in owned[person.pk]] for unit in units
    }
    crewed = {unit_id for unit_id, mates in crew.items() if mates}
    found = readiness_of(units, crewed=crewed, phones=phones, now=now)
    everyone = [phone for mine in phones.values() for phone in mine]
    states, reports = phone_states(everyone, now), newest_reports(everyone)
    shown = [
        _row(unit, found[unit.pk], phones[unit.pk])
        | {
            "crew": [str(person) for person in crew[unit.pk]],
            "phones": [
                _phone(phone, states[phone], reports.get(phone.pk)) for phone in phones[unit.pk]
            ],
        }
        for unit in units
    ]
    return sorted(shown, key=lambda row: WORST_FIRST.index(row["state"]))


def _row(unit: Unit, found: UnitReadiness | None, phones: list[Device]) -> dict[str, Any]:
    state = found.state if found else None
    battery, unsent = battery_of(phones), unsent_of(phones)
    return {
        "unit": unit,
        "state": state,
        "look": badge(*LOOKS[state], STATE_WORDS[state])
        if state is not None
        else badge("quiet", "cross", unit.get_duty_status_display()),
        "reasons": [reason_text(code) for code in found.reasons] if found else [],
        "battery": MISSING if battery is None else f"{battery:.0f} %",
        "unsent": MISSING if unsent is None else str(unsent),
    }


def _phone(phone: Device, state: PhoneState, report: Any) -> dict[str, Any]:
    if state.live:
        reach = badge("ok", "online", _("tersambung"))
    elif state.pushable:
        reach = badge("info", "phone", _("lewat push"))
    else:
        reach = badge("warn", "offline", _("tidak terjangkau"))
    described = (report.model, report.platform, phone.name) if report else (phone.name,)
    return {
        "phone": phone,
        "reach": reach,
        "reported": clock_text(report.received_at) if report else MISSING,
        "version": report.app_version if report else MISSING,
        "failing": [reason_text(code) for code in state.failing],
        "hint": maker_hint(*described) if "battery_saver" in state.failing else "",
    }
