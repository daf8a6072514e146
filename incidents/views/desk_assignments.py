"""The desk for other systems: sending a unit, looking at it, calling it back."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from incidents.models import Assignment
from incidents.requests import ServiceRequest
from incidents.selectors.access import assignments_visible_to, units_visible_to
from incidents.selectors.assignments import for_wire
from incidents.serializers import assignment_out
from incidents.serializers_in import AssignmentIn, ReasonIn
from incidents.services.dispatch import cancel_assignment, dispatch_unit
from incidents.services.repeats import once
from incidents.shapes import AssignmentShape
from incidents.views.desk import DeskView
from responders.serializers import meant


class Assignments(DeskView):
    permissions = {"POST": "incidents.add_assignment"}

    @extend_schema(
        operation_id="desk_incidents_dispatch",
        request=AssignmentIn,
        responses={200: AssignmentShape, 201: AssignmentShape},
    )
    def post(self, request: ServiceRequest, incident_id: UUID) -> Response:
        """Send a unit."""
        incident = self.incident(request, incident_id)
        body = AssignmentIn(data=request.data)
        body.is_valid(raise_exception=True)
        unit = body.validated_data["unit"]
        if not units_visible_to(request.user).filter(pk=unit.pk).exists():
            raise ValidationError({"unit": [_("Regu tidak dikenal.")]}, code="does_not_exist")
        now = timezone.now()

        def make(assignment_id: UUID) -> UUID:
            assignment = dispatch_unit(
                incident=incident,
                unit=unit,
                actor=request.user,
                now=now,
                assignment_id=assignment_id,
            )
            return assignment.pk

        assignment_id, is_new = once(
            user=request.user,
            client_id=body.validated_data["id"],
            body={"incident": str(incident.pk), "assignment": meant(body)},
            now=now,
            make=make,
            is_free=lambda id_: not Assignment.objects.filter(pk=id_).exists(),
        )
        return Response(_body(request, assignment_id), 201 if is_new else 200)


class AssignmentDetail(DeskView):
    @extend_schema(operation_id="desk_assignments_retrieve", responses=AssignmentShape)
    def get(self, request: ServiceRequest, assignment_id: UUID) -> Response:
        """Return one assignment, without the caller."""
        return Response(_body(request, assignment_id))


class AssignmentCancel(DeskView):
    permissions = {"POST": "incidents.change_assignment"}

    @extend_schema(
        operation_id="desk_assignments_cancel", request=ReasonIn, responses=AssignmentShape
    )
    def post(self, request: ServiceRequest, assignment_id: UUID) -> Response:
        """Call a unit back."""
        assignment = get_object_or_404(assignments_visible_to(request.user), pk=assignment_id)
        body = ReasonIn(data=request.data)
        body.is_valid(raise_exception=True)
        cancel_assignment(
            assignment=assignment,
            reason=body.validated_data["reason"],
            actor=request.user,
            now=timezone.now(),
        )
        return Response(_body(request, assignment_id))


def _body(request: ServiceRequest, assignment_id: UUID) -> dict[str, Any]:
    rows = for_wire(assignments_visible_to(request.user))
    return assignment_out(get_object_or_404(rows, pk=assignment_id), for_crew=False)
