"""The shapes of check-ins on the wire: for the OpenAPI document, and for the list of stored ones.

Reading is `responders.check_ins`'s job, 350 times faster than a serializer; these describe it.
"""

from typing import Any

from rest_framework import serializers

from responders.check_ins import SOURCES
from responders.models import CheckIn
from responders.policy import CHECK_INS
from responders.wire_time import to_wire


class _CheckInShape(serializers.Serializer):
    id = serializers.UUIDField(help_text="UUID version 4 or 7, made by the phone.")
    recorded_at = serializers.DateTimeField(help_text="The phone's clock when the fix was made.")
    lat = serializers.FloatField(min_value=-CHECK_INS.lat_max_deg, max_value=CHECK_INS.lat_max_deg)
    lon = serializers.FloatField(min_value=-CHECK_INS.lon_max_deg, max_value=CHECK_INS.lon_max_deg)
    accuracy_m = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=CHECK_INS.accuracy_max_m
    )
    speed_mps = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=CHECK_INS.speed_max_mps
    )
    heading_deg = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=360
    )
    altitude_m = serializers.FloatField(
        required=False,
        allow_null=True,
        min_value=CHECK_INS.altitude_min_m,
        max_value=CHECK_INS.altitude_max_m,
    )
    battery_pct = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=100
    )
    is_mock = serializers.BooleanField(required=False, allow_null=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=SOURCES, required=False, allow_null=True
    )


class CheckInIn(_CheckInShape):
    """One GPS fix as a phone sends it."""


class ServerTimeSeenIn(serializers.Serializer):
    """A server time, and the phone's clock when it was heard."""

    server_time = serializers.DateTimeField()
    at = serializers.DateTimeField()


class CheckInsIn(serializers.Serializer):
    """An upload."""

    check_ins = serializers.ListField(child=CheckInIn(), max_length=CHECK_INS.batch_max_items)
    sent_at = serializers.DateTimeField(required=False, allow_null=True)
    server_time_seen = ServerTimeSeenIn(required=False, allow_null=True)


class CheckInErrorOut(serializers.Serializer):
    """What is wrong with one field of one item."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class CheckInResultOut(serializers.Serializer):
    """The verdict on one item."""

    id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=("stored", "duplicate", "rejected"))
    errors = CheckInErrorOut(many=True, required=False)  # type: ignore[assignment]


class CheckInsOut(serializers.Serializer):
    """The verdicts in the order sent."""

    results = CheckInResultOut(many=True)
    server_time = serializers.DateTimeField()


class CheckInOut(_CheckInShape):
    """One check-in as stored; its position is null once it was erased."""

    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    received_at = serializers.DateTimeField()
    hash = serializers.CharField()


class CheckInListOut(serializers.Serializer):
    """A phone's last check-ins, newest first."""

    check_ins = CheckInOut(many=True)


def check_in_out(row: CheckIn) -> dict[str, Any]:
    """Return a stored check-in as the wire has it; what was not sent is null."""
    return {
        "id": str(row.client_id),
        "recorded_at": to_wire(row.recorded_at),
        "received_at": to_wire(row.received_at),
        "lat": row.lat,
        "lon": row.lon,
        "accuracy_m": row.accuracy_m,
        "speed_mps": row.speed_mps,
        "heading_deg": row.heading_deg,
        "altitude_m": row.altitude_m,
        "battery_pct": row.battery_pct,
        "is_mock": row.is_mock,
        "source": row.source or None,
        "hash": row.hash,
    }
