"""What comes in and goes out at the doors of phones."""

from typing import Any

from rest_framework import serializers

from responders.models import Device, User

PUSH_TOKEN_MAX = 4096


class PlainText(serializers.CharField):
    """Text only: a number or a truth value is not turned into text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


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
