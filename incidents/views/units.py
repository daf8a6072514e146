"""Units at the desk, and the crew's own word on duty."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from incidents.requests import ServiceRequest
from incidents.selectors.access import units_visible_to
from incidents.selectors.units import has_open_assignment, status_of, units_at_the_desk
from incidents.serializers import unit_out
from incidents.shapes import DeskUnitPage, DutyShape
from incidents.views.desk import DeskView
from responders.errors import NotOnUnit
from responders.models import DutyStatus
from responders.permissions import IsCrew
from responders.requests import DeviceRequest
from responders.selectors import unit_of
from responders.services.duty import set_duty_status


class DutyIn(serializers.Serializer):
    status = serializers.ChoiceField(DutyStatus.choices)


class MyDutyStatus(APIView):
    permission_classes = [IsCrew]

    @extend_schema(operation_id="me_duty_status", request=DutyIn, responses=DutyShape)
    def put(self, request: DeviceRequest) -> Response:
        """Set the duty status of the caller's unit; 409 unit_busy while it is assigned."""
        body = DutyIn(data=request.data)
        body.is_valid(raise_exception=True)
        now = timezone.now()
        unit = unit_of(request.user, now)
        if unit is None:
            raise NotOnUnit
        status = body.validated_data["status"]
        unit = set_duty_status(unit=unit, status=status, actor=request.user, now=now)
        shown = status_of(unit, has_open_assignment=has_open_assignment(unit))
        return Response({"unit": unit_out(unit) | {"status": shown}})


class DeskUnits(DeskView):
    @extend_schema(operation_id="desk_units", responses=DeskUnitPage)
    def get(self, request: ServiceRequest) -> Response:
        """List units with status, crew, newest position and whether they can be reached."""
        units = list(
            units_visible_to(request.user).select_related("agency").order_by("call_sign", "pk")
        )
        return Response({"results": units_at_the_desk(units, timezone.now()), "next": None})
