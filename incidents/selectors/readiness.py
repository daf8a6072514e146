"""Which units an alarm would reach, before there is one: read for the desk in two queries."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.conf import settings

from incidents.selectors.recommendation import is_reachable
from responders.models import Device, DutyStatus, ReadinessReport, Unit
from responders.readiness import PhoneState, UnitReadiness, unit_readiness
from responders.selectors import checks_of_report, newest_reports, probed_at


def readiness_of(
    units: Iterable[Unit],
    *,
    crewed: set[int],
    phones: Mapping[int, Sequence[Device]],
    now: datetime,
) -> dict[int, UnitReadiness | None]:
    """Return unit id → its readiness; None for a unit that is not on duty.

    crewed: the ids of units with somebody on shift; phones: their trusted phones by unit id.
    """
    units = list(units)
    states = phone_states([phone for unit in units for phone in phones.get(unit.pk, ())], now)
    return {
        unit.pk: unit_readiness(
            [states[phone] for phone in phones.get(unit.pk, ())], crewed=unit.pk in crewed
        )
        if unit.duty_status == DutyStatus.AVAILABLE
        else None
        for unit in units
    }


def phone_states(phones: Iterable[Device], now: datetime) -> dict[Device, PhoneState]:
    """Return what is known of each phone now, judged by its newest report."""
    phones = list(phones)
    reports, probed = newest_reports(phones), probed_at(phones)
    return {
        phone: _state(phone, reports.get(phone.pk), probed.get(phone.pk), now) for phone in phones
    }


def unsent_of(phones: Iterable[Device]) -> int | None:
    """Return how much the phones of a unit could not send yet; None where none has said."""
    told = [phone.unsent for phone in phones if phone.unsent is not None]
    return sum(told) if told else None


def battery_of(phones: Iterable[Device]) -> float | None:
    """Return the battery of the best phone, in percent; None where none has said."""
    return max((p.battery_pct for p in phones if p.battery_pct is not None), default=None)


def _state(
    phone: Device, report: ReadinessReport | None, probed: datetime | None, now: datetime
) -> PhoneState:
    live = phone.online_until is not None and phone.online_until > now
    failing: tuple[str, ...] = ()
    if report is not None:
        checks = checks_of_report(
            report,
            phone,
            push_configured=bool(settings.GERAK_FCM_CREDENTIALS),
            probed=probed,
            now=now,
        )
        failing = tuple(check.code for check in checks if not check.ok)
    return PhoneState(
        live=live,
        pushable=not live and is_reachable(phone, now),
        report_age_s=None if report is None else (now - report.received_at).total_seconds(),
        failing=failing,
        battery_pct=phone.battery_pct,
        unsent=phone.unsent,
    )
