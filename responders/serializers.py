"""What comes in and goes out at the doors of phones."""

import math
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from responders.models import Device, User
from responders.wire_time import from_wire

PUSH_TOKEN_MAX = 4096


class PlainText(serializers.CharField):
    """Text only: a number or a truth value is not turned into text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


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


class Measure(Coordinate):
    """A finite number."""

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            raise serializers.ValidationError(
                _("Di luar nilai yang diperbolehkan."), code="out_of_range"
            )
        return value


class Whole(serializers.IntegerField):
    """A whole number; text and truth values are refused."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError(_("Harus berupa angka."), code="not_a_number")
        return data


class Truth(serializers.BooleanField):
    """True or false, and nothing that merely looks like them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class EnrolIn(serializers.Serializer):
    code = PlainText(max_length=200, allow_blank=True)
    name = PlainText(max_length=80)
    platform = serializers.ChoiceField(Device.Platform.choices)


class PersonOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField(User.Role.choices)


class EnrolOut(serializers.Serializer):
    device_id = serializers.UUIDField()
    token = serializers.CharField()
    person = PersonOut()


class PushTokenIn(serializers.Serializer):
    push_token = PlainText(max_length=PUSH_TOKEN_MAX)
    kind = serializers.ChoiceField(Device.PushKind.choices, required=False, allow_null=True)


def person_out(user: User) -> dict[str, Any]:
    """Return {"id", "name", "role"}."""
    return {"id": user.pk, "name": user.name or user.username, "role": user.role}


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
