"""The crew's doors: their assignments, and the steps they take."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from incidents.errors import IllegalStep
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, AssignmentState, Observation
from incidents.models import Assignment
from incidents.selectors.access import assignments_visible_to
from incidents.selectors.assignments import for_wire
from incidents.serializers import assignment_out
from incidents.serializers_in import DeclineIn, StateFilter, StepIn, open_only
from incidents.services.observations import observe
from incidents.services.response import take_step
from incidents.shapes import AssignmentPage, AssignmentShape
from incidents.views.paging import NewestDispatch
from responders.permissions import IsCrew
from responders.requests import DeviceRequest


class CrewView(APIView):
    """What crew alone may ask, of the assignments they may see."""

    permission_classes = [IsCrew]

    def assignment(self, request: DeviceRequest, assignment_id: UUID) -> Assignment:
        """Return the assignment if it is theirs; 404 otherwise."""
        return get_object_or_404(for_wire(assignments_visible_to(request.user)), pk=assignment_id)


class AssignmentList(CrewView):
    @extend_schema(
        operation_id="assignments_list",
        parameters=[OpenApiParameter("state", str, enum=["open", "closed", "all"])],
        responses=AssignmentPage,
    )
    def get(self, request: DeviceRequest) -> Response:
        """List the assignments of the caller's unit, newest first."""
        query = StateFilter(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = assignments_visible_to(request.user)
        rows = open_only(rows, query.validated_data["state"], OPEN_ASSIGNMENT_STATES)
        pages = NewestDispatch()
        page = pages.paginate_queryset(for_wire(rows), request, view=self)
        return pages.get_paginated_response([assignment_out(a, for_crew=True) for a in page or []])


class AssignmentDetail(CrewView):
    @extend_schema(operation_id="assignments_retrieve", responses={200: AssignmentShape})
    def get(self, request: DeviceRequest, assignment_id: UUID) -> Response:
        """Return one assignment."""
        return Response(assignment_out(self.assignment(request, assignment_id), for_crew=True))


class StepView(CrewView):
    """One button of the crew: acknowledge, en-route, on-scene, complete, decline."""

    step = AssignmentState.ACKNOWLEDGED

    @extend_schema(request=StepIn, responses={200: AssignmentShape})
    def post(self, request: DeviceRequest, assignment_id: UUID) -> Response:
        """Take the step. Taken before: 200 and nothing changes; impossible: 409 illegal_step."""
        assignment = self.assignment(request, assignment_id)
        shape = DeclineIn if self.step == AssignmentState.DECLINED else StepIn
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        self.take(assignment, request, body.validated_data)
        return Response(assignment_out(self.assignment(request, assignment_id), for_crew=True))

    def take(self, assignment: Assignment, request: DeviceRequest, body: dict[str, Any]) -> None:
        """Call the service; a refusal carries the assignment as it stands."""
        try:
            take_step(
                assignment=assignment,
                step=self.step,
                at=body["at"],
                actor=request.user,
                now=timezone.now(),
                clock=request.auth.clock,
                note=body.get("note") or "",
                reason=body.get("reason") or "",
            )
        except IllegalStep as refusal:
            current = self.assignment(request, assignment.pk)
            refusal.extra["assignment"] = assignment_out(current, for_crew=True)
            raise


class ObservationView(CrewView):
    """What the crew saw itself do: first action, departure, arrival at the destination."""

    observation = Observation.FIRST_ACTION

    @extend_schema(request=StepIn, responses={200: AssignmentShape})
    def post(self, request: DeviceRequest, assignment_id: UUID) -> Response:
        """Record it. Recorded before: 200 and nothing changes; never went: 409 illegal_step."""
        assignment = self.assignment(request, assignment_id)
        body = StepIn(data=request.data)
        body.is_valid(raise_exception=True)
        observe(
            assignment=assignment,
            observation=self.observation,
            at=body.validated_data["at"],
            actor=request.user,
            now=timezone.now(),
            clock=request.auth.clock,
        )
        return Response(assignment_out(self.assignment(request, assignment_id), for_crew=True))
