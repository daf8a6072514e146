"""The few units worth a close look for an incident, found by the database among all."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, FloatField, IntegerField, Q, TextField, Value, When, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, RowNumber

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from incidents.models import Assignment, Routing
from incidents.policy import RECOMMENDATION
from incidents.suitability import SENT_ROLES
from responders.models import CrewShift, Device, DutyStatus, Unit
from responders.selectors import on_shift

Point = tuple[float, float]  # latitude, longitude, in degrees


class UnitSearch:
    """The units worth a close look: of each agency the nearest ready, and the nearest not ready."""

    def __init__(
        self,
        scene: Point | None,
        routing: Mapping[int, Routing],
        agency_id: int | None,
        now: datetime,
    ) -> None:
        self._scene, self._routing, self._now = scene, routing, now
        self._scope = Q() if agency_id is None else Q(agency=agency_id)

    def units(self) -> list[Unit]:
        """Return them with their agencies, in four queries at most."""
        ids = set(self._nearest_by_base()) | set(self._nearest_by_phone())
        return list(Unit.objects.filter(pk__in=ids).select_related("agency").order_by("pk"))

    def count(self) -> int:
        """Return how many there are in all."""
        return Unit.objects.filter(self._scope, active=True).count()

    def _nearest_by_base(self) -> Iterable[int]:
        rows = Unit.objects.filter(self._scope, active=True)
        ranked = self._ranked(rows, "", F("home_lat"), F("home_lon"))
        return ranked.values_list("pk", flat=True)

    def _nearest_by_phone(self) -> Iterable[int]:
        if self._scene is None:
            return ()
        fresh = self._now - timedelta(seconds=RECOMMENDATION.position_fresh_s)
        rows = CrewShift.objects.filter(
            on_shift(self._now),
            unit__in=Unit.objects.filter(self._scope, active=True),
            user__devices__revoked_at=None,
            user__devices__signed_out_at=None,
            user__devices__last_recorded_at__gte=fresh,
            user__devices__last_lat__isnull=False,
        )
        lat, lon = F("user__devices__last_lat"), F("user__devices__last_lon")
        return self._ranked(rows, "unit__", lat, lon).values_list("unit_id", flat=True)

    def _ranked(self, rows: Any, path: str, lat: Combinable, lon: Combinable) -> Any:
        """Keep the first few rows of each agency and readiness by nearness to the scene."""
        key = "unit_id" if path else "pk"
        order: list[Any] = [F("away").asc(nulls_last=True), key]
        ready = Case(When(self._ready(path), then=1), default=0, output_field=IntegerField())
        return (
            rows.annotate(words=Cast(f"{path}capabilities", TextField()), away=self._away(lat, lon))
            .annotate(ready=ready)
            .annotate(
                place=Window(
                    RowNumber(), partition_by=[F(f"{path}agency_id"), F("ready")], order_by=order
                )
            )
            .filter(place__lte=RECOMMENDATION.looked_at_each)
        )

    def _away(self, lat: Combinable, lon: Combinable) -> Any:
        """Return the square of the distance in degrees: enough to put places in order."""
        if self._scene is None:
            return Value(None, output_field=FloatField())
        north = lat - Value(self._scene[0])
        east = (lon - Value(self._scene[1])) * Value(math.cos(math.radians(self._scene[0])))
        return Cast(north * north + east * east, FloatField())

    def _ready(self, path: str) -> Q:
        """Return roughly who could go; the close look decides."""
        rung = self._now - timedelta(seconds=RECOMMENDATION.push_fresh_s)
        phones = Device.objects.filter(
            Q(online_until__gt=self._now)
            | Q(push_token_at__gt=rung, push_dead_at=None) & ~Q(push_token=""),
            revoked_at=None,
            signed_out_at=None,
        )
        manned = CrewShift.objects.filter(on_shift(self._now), user__in=phones.values("user"))
        busy = Assignment.objects.filter(state__in=OPEN_ASSIGNMENT_STATES)
        return (
            Q(**{f"{path}duty_status": DutyStatus.AVAILABLE})
            & ~Q(**{f"{path}pk__in": busy.values("unit")})
            & Q(**{f"{path}pk__in": manned.values("unit")})
            & self._able(path)
        )

    def _able(self, path: str) -> Q:
        """Return who can do what is needed of the own agency."""
        able = Q(pk__in=[])
        for agency_id, row in self._routing.items():
            words = needs_of(row)
            capable = Q(**{f"{path}kind__in": words}) if words else Q()
            for word in words:
                capable |= Q(words__contains=f'"{word}"')
            if row.role in SENT_ROLES:
                able |= Q(**{f"{path}agency": agency_id}) & capable
        return able


def needs_of(row: Routing | None) -> tuple[str, ...]:
    """Return what a cell of the matrix asks of a unit."""
    return words_of(row.needs) if row is not None else ()


def words_of(value: Any) -> tuple[str, ...]:
    """Return the words of a list as an administrator typed it; nothing of any other shape."""
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()
