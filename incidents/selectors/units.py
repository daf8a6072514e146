"""Units as the desk sees them: derived status, crew, newest position, reachable or not."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import Assignment
from incidents.selectors.readiness import battery_of, readiness_of, unsent_of
from incidents.selectors.recommendation import is_reachable
from responders.models import CrewShift, Device, Unit, User
from responders.readiness import UnitReadiness
from responders.readiness_words import reason_text
from responders.selectors import newest_position, on_shift
from responders.wire_time import to_wire

ASSIGNED = "assigned"


def status_of(unit: Unit, *, has_open_assignment: bool) -> str:
    """Return the unit's status: `assigned` is derived, the others are its own word."""
    return ASSIGNED if has_open_assignment else unit.duty_status


def has_open_assignment(unit: Unit) -> bool:
    """Say whether a unit is on an assignment now."""
    return Assignment.objects.filter(unit=unit, state__in=OPEN_ASSIGNMENT_STATES).exists()


def units_at_the_desk(units: list[Unit], now: datetime) -> list[dict[str, Any]]:
    """Return the desk's form of some units in six queries, however many they are."""
    busy = set(
        Assignment.objects.filter(state__in=OPEN_ASSIGNMENT_STATES).values_list(
            "unit_id", flat=True
        )
    )
    crew: dict[int, list[User]] = defaultdict(list)
    for shift in CrewShift.objects.filter(on_shift(now)).select_related("user").order_by("user_id"):
        crew[shift.unit_id].append(shift.user)
    phones: dict[int, list[Device]] = defaultdict(list)
    for phone in Device.objects.filter(revoked_at=None, signed_out_at=None):
        phones[phone.user_id].append(phone)
    by_unit = {
        unit.pk: [phone for user in crew[unit.pk] for phone in phones[user.pk]] for unit in units
    }
    crewed = {unit_id for unit_id, people in crew.items() if people}
    readiness = readiness_of(units, crewed=crewed, phones=by_unit, now=now)
    return [
        _desk_unit(
            unit,
            crew=crew[unit.pk],
            phones=by_unit[unit.pk],
            busy=unit.pk in busy,
            readiness=readiness[unit.pk],
            now=now,
        )
        for unit in units
    ]


def _desk_unit(
    unit: Unit,
    *,
    crew: list[User],
    phones: list[Device],
    busy: bool,
    readiness: UnitReadiness | None,
    now: datetime,
) -> dict[str, Any]:
    newest = newest_position(phones)
    position = newest and {
        "lat": newest.lat,
        "lon": newest.lon,
        "recorded_at": to_wire(newest.recorded_at),
    }
    return {
        "id": unit.pk,
        "call_sign": unit.call_sign,
        "agency": unit.agency.key,
        "kind": unit.kind,
        "status": status_of(unit, has_open_assignment=busy),
        "crew": [{"username": user.username, "name": user.name} for user in crew],
        "position": position,
        "reachable": any(is_reachable(phone, now) for phone in phones),
        "readiness": readiness
        and {
            "state": readiness.state,
            "reasons": [{"code": code, "message": reason_text(code)} for code in readiness.reasons],
        },
        "unsent": unsent_of(phones),
        "battery_pct": battery_of(phones),
    }
