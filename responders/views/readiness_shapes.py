"""What phones say of themselves, and what they are told of it."""

from typing import Any

from rest_framework import serializers

from responders.models import ReadinessReport
from responders.policy import CHECK_INS, READINESS
from responders.serializers import ClientId, Measure, PlainText, Truth, Whole, WireTime


class StatusIn(serializers.Serializer):
    unsent = Whole(min_value=0, max_value=READINESS.unsent_most)
    oldest_at = WireTime(required=False, allow_null=True)
    battery_pct = Measure(required=False, allow_null=True, min_value=0, max_value=100)


class FixIn(serializers.Serializer):
    lat = Measure(min_value=-90, max_value=90)
    lon = Measure(min_value=-180, max_value=180)
    accuracy_m = Measure(
        required=False, allow_null=True, min_value=0, max_value=CHECK_INS.accuracy_max_m
    )
    recorded_at = WireTime()


class ReadinessIn(serializers.Serializer):
    id = ClientId()
    at = WireTime()
    app_version = PlainText(max_length=40)
    platform = PlainText(max_length=200)
    model = PlainText(required=False, allow_null=True, allow_blank=True, max_length=120)
    socket = Truth()
    push = serializers.ChoiceField(ReadinessReport.Push.choices)
    location_permission = serializers.ChoiceField(ReadinessReport.Permission.choices)
    fix = FixIn(allow_null=True)
    battery_pct = Measure(required=False, allow_null=True, min_value=0, max_value=100)
    battery_saver = Truth(required=False, allow_null=True)
    unsent = Whole(required=False, allow_null=True, min_value=0, max_value=READINESS.unsent_most)


class CheckOut(serializers.Serializer):
    code = serializers.CharField()
    ok = serializers.BooleanField()
    message = serializers.CharField()


class ReadinessOut(serializers.Serializer):
    ready = serializers.BooleanField()
    checks = CheckOut(many=True)
    hint = serializers.CharField(allow_blank=True)
    server_time = serializers.DateTimeField()
    probe = serializers.UUIDField(allow_null=True)


def report_fields(said: dict[str, Any]) -> dict[str, Any]:
    """Return a valid body by the names of the report's fields."""
    fix = said["fix"] or {}
    return {
        "claimed_at": said["at"],
        "app_version": said["app_version"],
        "platform": said["platform"],
        "model": said.get("model") or "",
        "socket": said["socket"],
        "push": said["push"],
        "location_permission": said["location_permission"],
        "fix_recorded_at": fix.get("recorded_at"),
        "fix_accuracy_m": fix.get("accuracy_m"),
        "battery_pct": said.get("battery_pct"),
        "battery_saver": said.get("battery_saver"),
        "unsent": said.get("unsent"),
    }
