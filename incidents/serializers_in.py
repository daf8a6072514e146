"""What comes in: bodies of the crew's steps, of the exchange and of other systems at the desk."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents.lifecycle import CallClass, Disposition
from incidents.models import Area, IncidentType
from responders.models import Unit
from responders.serializers import PlainText
from responders.wire_time import from_wire

Row = TypeVar("Row", bound=Model)


class WireTime(serializers.CharField):
    """An RFC 3339 time with an offset, as an aware datetime in UTC."""

    def to_internal_value(self, data: Any) -> datetime:  # type: ignore[override]
        try:
            return from_wire(data)
        except (ValueError, OverflowError):
            raise serializers.ValidationError(
                _("Harus berupa waktu RFC 3339 dengan zona waktu."), code="bad_time"
            ) from None

    def to_representation(self, value: Any) -> Any:
        return value


class Coordinate(serializers.FloatField):
    """A number in degrees; text and truth values are refused."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise serializers.ValidationError(_("Harus berupa angka."), code="not_a_number")
        try:
            return float(data)
        except OverflowError:
            raise serializers.ValidationError(
                _("Di luar nilai yang diperbolehkan."), code="out_of_range"
            ) from None


class ClientId(serializers.UUIDField):
    """An identifier that a client made: a UUID of version 4 or 7, as text."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise serializers.ValidationError(_("Harus berupa UUID versi 4 atau 7."), code="bad_id")
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError:
            value = None
        if value is None or value.version not in (4, 7):
            raise serializers.ValidationError(_("Harus berupa UUID versi 4 atau 7."), code="bad_id")
        return value


class StepIn(serializers.Serializer):
    at = WireTime()
    note = PlainText(required=False, allow_null=True, allow_blank=True, max_length=500)


class DeclineIn(serializers.Serializer):
    at = WireTime()
    reason = PlainText(max_length=300)


CALL_EVENTS = ["ringing", "answered", "ended", "abandoned"]


class RingIn(serializers.Serializer):
    call_id = PlainText(max_length=120)
    event = serializers.ChoiceField(CALL_EVENTS)
    at = WireTime()
    caller = PlainText(allow_null=True, allow_blank=True, max_length=64, required=False)
    line = PlainText(required=False, allow_null=True, allow_blank=True, max_length=40)
    agent = PlainText(required=False, allow_null=True, allow_blank=True, max_length=150)


class CallerIn(serializers.Serializer):
    name = PlainText(required=False, allow_null=True, allow_blank=True, max_length=120)
    phone = PlainText(required=False, allow_null=True, allow_blank=True, max_length=64)


class IncidentIn(serializers.Serializer):
    id = ClientId()
    type = serializers.SlugRelatedField(
        slug_field="key", queryset=IncidentType.objects.filter(active=True)
    )
    summary = PlainText(max_length=500, allow_blank=True)
    call_id = PlainText(required=False, allow_null=True, max_length=120)
    priority = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=4)
    address = PlainText(required=False, allow_null=True, allow_blank=True, max_length=300)
    landmark = PlainText(required=False, allow_null=True, allow_blank=True, max_length=200)
    lat = Coordinate(required=False, allow_null=True, min_value=-90, max_value=90)
    lon = Coordinate(required=False, allow_null=True, min_value=-180, max_value=180)
    areas = serializers.SlugRelatedField(
        slug_field="code", queryset=Area.objects.all(), many=True, required=False, allow_null=True
    )
    caller = CallerIn(required=False, allow_null=True)
    answered_at = WireTime(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs.get("lat") is None) != (attrs.get("lon") is None):
            missing = "lat" if attrs.get("lat") is None else "lon"
            raise serializers.ValidationError(
                {missing: serializers.ErrorDetail(str(_("Wajib diisi.")), code="required")}
            )
        return attrs


class AssignmentIn(serializers.Serializer):
    id = ClientId()
    unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.filter(active=True))


class ReasonIn(serializers.Serializer):
    reason = PlainText(max_length=300)


class CloseIn(serializers.Serializer):
    disposition = serializers.ChoiceField(Disposition.choices)
    note = PlainText(required=False, allow_null=True, allow_blank=True, max_length=2000)


ClassifyIn = type(
    "ClassifyIn",
    (serializers.Serializer,),
    {
        "class": serializers.ChoiceField(CallClass.choices),
        "note": PlainText(required=False, allow_null=True, allow_blank=True, max_length=2000),
    },
)


def meant(body: serializers.Serializer) -> dict[str, Any]:
    """Return what a valid body says: its known fields without those that say nothing.

    Two bodies that mean the same are equal here, whatever unknown fields and nulls they carry.
    """
    said = body.initial_data
    return {
        name: meant_in(field, said[name])
        for name, field in body.fields.items()
        if said.get(name) is not None
    }


def meant_in(field: serializers.Field, value: Any) -> Any:
    """Return the meaning of one field, of a nested body by the same rule."""
    if isinstance(field, serializers.Serializer) and isinstance(value, dict):
        return {name: value[name] for name in field.fields if value.get(name) is not None}
    return value


class StateFilter(serializers.Serializer):
    """The query of a list."""

    state = serializers.ChoiceField(["open", "closed", "all"], required=False, default="all")


def open_only(rows: QuerySet[Row], wanted: str, open_states: Collection[str]) -> QuerySet[Row]:
    """Narrow a list to what is open or over; `all` leaves it whole."""
    if wanted == "open":
        return rows.filter(state__in=open_states)
    return rows.exclude(state__in=open_states) if wanted == "closed" else rows
