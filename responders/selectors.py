"""Reads over people, units and phones that others need."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from responders.models import (
    CheckIn,
    CrewShift,
    Device,
    ReadinessReport,
    SecurityFinding,
    Unit,
    User,
)
from responders.readiness import Check, PushWay, Told, checks_of


@dataclass(frozen=True)
class Position:
    """Where a phone was last, and when by its own clock."""

    lat: float | None
    lon: float | None
    recorded_at: datetime


class Phone(Protocol):
    """Where a phone was last: a Device, or what was read of one."""

    @property
    def last_lat(self) -> float | None: ...
    @property
    def last_lon(self) -> float | None: ...
    @property
    def last_recorded_at(self) -> datetime | None: ...


def newest_position(phones: Iterable[Phone]) -> Position | None:
    """Return the newest position of some phones; None where none has sent one."""
    newest: Position | None = None
    for phone in phones:
        at = phone.last_recorded_at
        if at is not None and (newest is None or at > newest.recorded_at):
            newest = Position(phone.last_lat, phone.last_lon, at)
    return newest


def open_findings() -> QuerySet[SecurityFinding]:
    """Return what nobody has looked into, of phones that are still trusted, the newest first."""
    gone = Q(device__revoked_at__isnull=False) | Q(device__signed_out_at__isnull=False)
    rows = SecurityFinding.objects.filter(settled_at__isnull=True).exclude(gone)
    return rows.select_related("device__user", "person").order_by("-last_at", "-pk")


def on_shift(now: datetime) -> Q:
    """Return the condition that a CrewShift holds at a moment."""
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def crew_of(unit: Unit, now: datetime) -> QuerySet[User]:
    """Return the active crew of a unit at a moment, by id."""
    return (
        User.objects.filter(
            Q(shifts__ends_at__isnull=True) | Q(shifts__ends_at__gt=now),
            shifts__unit=unit,
            shifts__starts_at__lte=now,
            is_active=True,
        )
        .distinct()
        .order_by("pk")
    )


def on_shift_people(units: Q, now: datetime) -> list[int]:
    """Return the ids of the active people on shifts that a further condition names, in order."""
    rows = CrewShift.objects.filter(on_shift(now), units, user__is_active=True)
    return sorted(set(rows.values_list("user_id", flat=True)))


def units_of(user: User, now: datetime) -> QuerySet[Unit]:
    """Return the units a crew member is on at a moment (none, or one)."""
    return Unit.objects.filter(
        Q(shifts__ends_at__isnull=True) | Q(shifts__ends_at__gt=now),
        shifts__user=user,
        shifts__starts_at__lte=now,
    )


def unit_of(user: User, now: datetime) -> Unit | None:
    """Return the unit a crew member is on, if any; the latest shift's where there are two."""
    return units_of(user, now).select_related("agency").order_by("-shifts__starts_at").first()


def track(user_ids: Iterable[int], *, since: datetime, until: datetime) -> QuerySet[CheckIn]:
    """Return the check-ins of some people's phones in a window of phone or receipt time.

    Revoked phones are included: what they sent while trusted stays evidence.
    """
    return (
        CheckIn.objects.filter(device__user_id__in=list(user_ids), lat__isnull=False)
        .filter(
            Q(recorded_at__gte=since, recorded_at__lte=until)
            | Q(received_at__gte=since, received_at__lte=until)
        )
        .order_by("received_at", "pk")
    )


def newest_reports(devices: Iterable[Device]) -> dict[UUID, ReadinessReport]:
    """Return device id → its newest report of readiness, in one query."""
    ids = [device.pk for device in devices]
    newest = ReadinessReport.objects.filter(device=OuterRef("pk")).order_by("-received_at", "-pk")
    wanted = Device.objects.filter(pk__in=ids).values(newest=Subquery(newest.values("pk")[:1]))
    return {row.device_id: row for row in ReadinessReport.objects.filter(pk__in=wanted)}


def probed_at(devices: Iterable[Device]) -> dict[UUID, datetime]:
    """Return device id → when it last answered a probe, in one query."""
    rows = ReadinessReport.objects.filter(
        device__in=[device.pk for device in devices], probe_received_at__isnull=False
    )
    newest = rows.order_by().values_list("device_id").annotate(at=Max("probe_received_at"))
    return {device_id: at for device_id, at in newest if at is not None}


def checks_of_report(
    report: ReadinessReport,
    device: Device,
    *,
    push_configured: bool,
    probed: datetime | None,
    now: datetime,
) -> list[Check]:
    """Return the checks of a stored report as they stand now."""
    told = Told(
        claimed_at=report.claimed_at,
        received_at=report.received_at,
        app_version=report.app_version,
        socket=report.socket,
        push=report.push,
        location_permission=report.location_permission,
        fix_recorded_at=report.fix_recorded_at,
        fix_accuracy_m=report.fix_accuracy_m,
        battery_pct=report.battery_pct,
        battery_saver=report.battery_saver,
    )
    has_address = bool(device.push_token) and device.push_dead_at is None
    way = PushWay(configured=push_configured, has_address=has_address, probed_at=probed)
    return checks_of(told, way, now=now)


def rights_of(user: User) -> QuerySet[Permission]:
    """Return the rights of an account, its groups' with them, also while it is inactive."""
    if user.is_superuser:
        return Permission.objects.all()
    by_group = Group.objects.filter(user=user).values("permissions")
    own = user.user_permissions.values("pk")
    return Permission.objects.filter(Q(pk__in=by_group) | Q(pk__in=own))


def people_beyond(actor: User) -> QuerySet[User]:
    """Return the accounts that hold a right which `actor` does not."""
    if actor.is_superuser:
        return User.objects.none()
    lacking = _lacking(actor)
    beyond = (
        Q(is_superuser=True)
        | Q(pk__in=User.objects.filter(user_permissions__in=lacking).values("pk"))
        | Q(pk__in=User.objects.filter(groups__permissions__in=lacking).values("pk"))
    )
    return User.objects.filter(beyond)


def is_beyond(user: User, *, actor: User) -> bool:
    """Say whether `user` holds a right which `actor` does not."""
    return people_beyond(actor).filter(pk=user.pk).exists()


def groups_within(actor: User) -> QuerySet[Group]:
    """Return the groups that `actor` may put somebody into: those of rights that they hold."""
    return Group.objects.exclude(
        pk__in=Group.objects.filter(permissions__in=_lacking(actor)).values("pk")
    )


def _lacking(actor: User) -> QuerySet[Permission]:
    return Permission.objects.exclude(pk__in=rights_of(actor).values("pk"))
