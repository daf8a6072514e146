"""GET /me: who the phone is, what it is on, what its person heads."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from incidents.models import Area
from incidents.selectors.units import has_open_assignment, status_of
from incidents.serializers import area_out, unit_out
from incidents.shapes import AreaShape, MyUnitShape
from notifications.models import Official
from responders.models import User
from responders.requests import DeviceRequest
from responders.selectors import unit_of
from responders.serializers import PersonOut, person_out
from responders.wire_time import to_wire


class MyDeviceShape(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    platform = serializers.CharField()
    push = serializers.BooleanField()


class MeShape(serializers.Serializer):
    person = PersonOut()
    device = MyDeviceShape()
    unit = MyUnitShape(allow_null=True)
    areas = AreaShape(many=True)
    server_time = serializers.DateTimeField()
    movement_target_s = serializers.IntegerField()


class Me(APIView):
    @extend_schema(operation_id="me", responses=MeShape)
    def get(self, request: DeviceRequest) -> Response:
        """Return the caller's person, phone, unit and areas, and our clock."""
        now = timezone.now()
        device = request.auth
        return Response(
            {
                "person": person_out(request.user),
                "device": {
                    "id": str(device.pk),
                    "name": device.name,
                    "platform": device.platform,
                    "push": bool(device.push_token) and device.push_dead_at is None,
                },
                "unit": _unit(request.user, now),
                "areas": [area_out(area) for area in _areas(request.user, now)],
                "server_time": to_wire(now),
                "movement_target_s": settings.GERAK_MOVEMENT_TARGET_S,
            }
        )


def _unit(user: User, now: datetime) -> dict[str, Any] | None:
    unit = unit_of(user, now) if user.role == User.Role.CREW else None
    if unit is None:
        return None
    return unit_out(unit) | {
        "status": status_of(unit, has_open_assignment=has_open_assignment(unit))
    }


def _areas(user: User, now: datetime) -> list[Area]:
    offices = Official.objects.filter(user=user, starts_at__lte=now).exclude(ends_at__lte=now)
    return list(Area.objects.filter(pk__in=offices.values("area")).order_by("code"))
