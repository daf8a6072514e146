"""The units on the board: what each is doing, where it was last, how it can be reached."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import Assignment
from incidents.selectors.readiness import battery_of, readiness_of, unsent_of
from incidents.selectors.recommendation import is_reachable
from responders.models import CrewShift, Device, Unit
from responders.readiness import UnitReadiness
from responders.selectors import newest_position, on_shift
from responders.wire_time import to_wire

Row = dict[str, Any]


def board_units(
    agency_id: int | None, now: datetime, only: Collection[int] | None = None
) -> list[Row]:
    """Return the active units by call sign, all of them or `only` some."""
    units = list(_active_units(agency_id, only).select_related("agency"))
    ids = [unit.pk for unit in units]
    busy = busy_units(ids)
    crewed, phones = _phones_by_unit(ids, now)
    readiness = readiness_of(units, crewed=crewed, phones=phones, now=now)
    return [
        _unit_row(unit, phones[unit.pk], unit.pk in busy, readiness[unit.pk], now) for unit in units
    ]


def active_unit_ids(agency_id: int | None) -> list[int]:
    """Return which units the board holds, by call sign."""
    return list(_active_units(agency_id, None).values_list("pk", flat=True))


def busy_units(unit_ids: Collection[int]) -> set[int]:
    """Return those of some units that are on an assignment now."""
    rows = Assignment.objects.filter(unit__in=unit_ids, state__in=OPEN_ASSIGNMENT_STATES)
    return set(rows.values_list("unit_id", flat=True))


def _active_units(agency_id: int | None, only: Collection[int] | None) -> QuerySet[Unit]:
    rows = Unit.objects.filter(active=True).order_by("call_sign")
    if only is not None:
        rows = rows.filter(pk__in=only)
    return rows if agency_id is None else rows.filter(agency_id=agency_id)


def _phones_by_unit(
    unit_ids: Collection[int], now: datetime
) -> tuple[set[int], dict[int, list[Device]]]:
    """Return the units that have a crew, and the trusted phones of who is on each unit now."""
    units_of: dict[int, list[int]] = defaultdict(list)
    shifts = CrewShift.objects.filter(on_shift(now), unit__in=unit_ids, user__is_active=True)
    for unit_id, user_id in shifts.values_list("unit", "user"):
        units_of[user_id].append(unit_id)
    phones: dict[int, list[Device]] = defaultdict(list)
    for phone in Device.objects.filter(revoked_at=None, signed_out_at=None, user__in=units_of):
        for unit_id in units_of[phone.user_id]:
            phones[unit_id].append(phone)
    return {unit_id for unit_ids in units_of.values() for unit_id in unit_ids}, phones


def _unit_row(
    unit: Unit,
    phones: list[Device],
    is_busy: bool,
    readiness: UnitReadiness | None,
    now: datetime,
) -> Row:
    newest = newest_position(phones)
    live = any(phone.online_until is not None and phone.online_until > now for phone in phones)
    reachable = live or any(is_reachable(phone, now) for phone in phones)
    return {
        "id": unit.pk,
        "call_sign": unit.call_sign,
        "agency": unit.agency.short_name,
        "kind": unit.kind,
        "status": "assigned" if is_busy else unit.duty_status,
        "reach": "socket" if live else "push" if reachable else "none",
        "readiness": readiness and readiness.state,
        "readiness_reasons": list(readiness.reasons) if readiness else [],
        "unsent": unsent_of(phones),
        "battery_pct": battery_of(phones),
        "home": _place(unit.home_lat, unit.home_lon),
        "position": newest
        and {
            "lat": newest.lat,
            "lon": newest.lon,
            "recorded_at": to_wire(newest.recorded_at),
        },
    }


def _place(lat: float | None, lon: float | None) -> Row | None:
    return None if lat is None or lon is None else {"lat": lat, "lon": lon}
