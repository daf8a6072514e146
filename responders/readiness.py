"""Whether an alarm would reach a phone, and a unit: judged from what was reported. Pure.

The clock and the numbers are arguments; words for the codes are in readiness_words.py.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from responders.policy import READINESS, ReadinessPolicy

READY, WARNING, UNREACHABLE = "ready", "warning", "unreachable"


@dataclass(frozen=True)
class Told:
    """What a phone said of itself, and when we heard it."""

    claimed_at: datetime
    received_at: datetime
    app_version: str
    socket: bool
    push: str
    location_permission: str
    fix_recorded_at: datetime | None = None
    fix_accuracy_m: float | None = None
    battery_pct: float | None = None
    battery_saver: bool | None = None


@dataclass(frozen=True)
class PushWay:
    """What is known of the way by push: can it be used here, and was it ever walked to the end?"""

    configured: bool
    has_address: bool
    probed_at: datetime | None  # when a phone last answered a probe


@dataclass(frozen=True)
class Check:
    """One thing that must hold for an alarm to reach the phone."""

    code: str
    ok: bool


@dataclass(frozen=True)
class PhoneState:
    """One phone of a unit's crew: can it be rung now, and what speaks against relying on it?"""

    live: bool
    pushable: bool
    report_age_s: float | None
    failing: Sequence[str] = ()
    battery_pct: float | None = None
    unsent: int | None = None


@dataclass(frozen=True)
class UnitReadiness:
    """Whether an alarm would reach a unit, and the codes of what speaks against it."""

    state: str
    reasons: tuple[str, ...] = ()


def checks_of(
    told: Told, way: PushWay, *, now: datetime, policy: ReadinessPolicy = READINESS
) -> list[Check]:
    """Return what was checked, in the order in which a person would mend it.

    The push is left out where this server has none: nobody on a phone can mend that.
    """
    checks = [Check("socket", told.socket)]
    if way.configured:
        checks.append(Check("push", _is_proven(way, now, policy)))
    return [
        *checks,
        Check("location_permission", told.location_permission == "granted"),
        Check("fix", _has_fresh_fix(told, policy)),
        Check("clock", abs(clock_error_s(told)) <= policy.clock_error_max_s),
        Check("battery", told.battery_pct is None or told.battery_pct >= policy.battery_min_pct),
        Check("battery_saver", told.battery_saver is not True),
        Check("app_version", _is_recent(told.app_version, policy.app_version_min)),
    ]


def clock_error_s(told: Told) -> float:
    """Return how far the phone's clock is behind ours, in seconds; the way here counts as error."""
    return (told.received_at - told.claimed_at).total_seconds()


def unit_readiness(
    phones: Iterable[PhoneState], *, crewed: bool, policy: ReadinessPolicy = READINESS
) -> UnitReadiness:
    """Judge a unit by the best of its crew's phones: one that works is enough to hear an alarm."""
    phones = list(phones)
    if not crewed:
        return UnitReadiness(UNREACHABLE, ("no_crew",))
    if not phones:
        return UnitReadiness(UNREACHABLE, ("no_phone",))
    reachable = [phone for phone in phones if phone.live or phone.pushable]
    if not reachable:
        return UnitReadiness(UNREACHABLE, ("unreachable",))
    reasons = min((_reasons(phone, policy) for phone in reachable), key=len)
    return UnitReadiness(WARNING if reasons else READY, reasons)


def _reasons(phone: PhoneState, policy: ReadinessPolicy) -> tuple[str, ...]:
    if phone.report_age_s is None:
        reasons = ["no_report"]
    elif phone.report_age_s > policy.report_age_max_s:
        reasons = ["old_report"]
    else:
        reasons = list(phone.failing)
    low = phone.battery_pct is not None and phone.battery_pct < policy.battery_min_pct
    if low and "battery" not in reasons:
        reasons.append("battery")
    if (phone.unsent or 0) > policy.unsent_max:
        reasons.append("unsent")
    # What the report said of the socket is over; whether one lives is known better now.
    if "socket" in reasons and phone.live:
        reasons.remove("socket")
    return tuple(reasons)


def _is_proven(way: PushWay, now: datetime, policy: ReadinessPolicy) -> bool:
    if not way.has_address or way.probed_at is None:
        return False
    return (now - way.probed_at).total_seconds() <= policy.report_age_max_s


def _has_fresh_fix(told: Told, policy: ReadinessPolicy) -> bool:
    """Both times are the phone's: its clock's error is another check."""
    if told.fix_recorded_at is None:
        return False
    age_s = (told.claimed_at - told.fix_recorded_at).total_seconds()
    accurate = told.fix_accuracy_m is None or told.fix_accuracy_m <= policy.fix_accuracy_max_m
    return accurate and abs(age_s) <= policy.fix_age_max_s


def _is_recent(version: str, least: str) -> bool:
    return not least or _numbers(version) >= _numbers(least)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"[0-9]{1,9}", version)[:6]]
