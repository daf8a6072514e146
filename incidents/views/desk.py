"""The desk for other systems: what its buttons do, through the same services."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from incidents.auth import MayWorkAtTheDesk, ServiceAuthentication
from incidents.lifecycle import OPEN_INCIDENT_STATES
from incidents.models import Assignment, Call, Incident
from incidents.requests import ServiceRequest
from incidents.selectors.access import (
    assignments_visible_to,
    calls_visible_to,
    incidents_visible_to,
    units_visible_to,
)
from incidents.selectors.assignments import for_wire, incidents_for_wire
from incidents.selectors.recommendation import recommend_units
from incidents.serializers import (
    assignment_out,
    desk_incident_out,
    event_out,
    recommendation_out,
)
from incidents.serializers_in import (
    AssignmentIn,
    ClassifyIn,
    CloseIn,
    IncidentIn,
    ReasonIn,
    StateFilter,
    open_only,
)
from incidents.services.calls import classify_call
from incidents.services.closure import close_incident
from incidents.services.dispatch import cancel_assignment, dispatch_unit
from incidents.services.intake import Report, open_incident
from incidents.services.repeats import once
from incidents.shapes import (
    AssignmentShape,
    CallShape,
    DeskIncidentPage,
    DeskIncidentShape,
    RecommendationShape,
    TimelineShape,
)
from incidents.views.paging import NewestIncident
from responders.serializers import meant


class DeskView(APIView):
    """Signed in by a service token, with the rights of its staff user."""

    authentication_classes = [ServiceAuthentication]
    permission_classes = [MayWorkAtTheDesk]
    permissions: dict[str, str] = {}

    def incident(self, request: ServiceRequest, incident_id: UUID) -> Incident:
        return get_object_or_404(
            incidents_for_wire(incidents_visible_to(request.user)), pk=incident_id
        )

    def incident_body(self, request: ServiceRequest, incident_id: UUID) -> dict[str, Any]:
        incident = self.incident(request, incident_id)
        calls = sorted(incident.calls.all(), key=lambda call: (call.received_at, call.pk))
        return desk_incident_out(incident, call_id=calls[0].call_id if calls else None)

    def assignment_body(self, request: ServiceRequest, assignment_id: UUID) -> dict[str, Any]:
        rows = for_wire(assignments_visible_to(request.user))
        return assignment_out(get_object_or_404(rows, pk=assignment_id), for_crew=False)


class Incidents(DeskView):
    permissions = {"POST": "incidents.add_incident"}

    @extend_schema(
        operation_id="desk_incidents_list",
        parameters=[OpenApiParameter("state", str, enum=["open", "closed", "all"])],
        responses=DeskIncidentPage,
    )
    def get(self, request: ServiceRequest) -> Response:
        """List incidents, newest first."""
        query = StateFilter(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = incidents_for_wire(incidents_visible_to(request.user))
        rows = open_only(rows, query.validated_data["state"], OPEN_INCIDENT_STATES)
        pages = NewestIncident()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response([_listed(incident) for incident in page or []])

    @extend_schema(
        operation_id="desk_incidents_create",
        request=IncidentIn,
        responses={200: DeskIncidentShape, 201: DeskIncidentShape},
    )
    def post(self, request: ServiceRequest) -> Response:
        """Open an incident and link its call; without one, record a call in the same commit."""
        body = IncidentIn(data=request.data)
        body.is_valid(raise_exception=True)
        told = body.validated_data
        call = _call_of(request, told.get("call_id"))
        now = timezone.now()

        def make(incident_id: UUID) -> UUID:
            incident = open_incident(
                report=_report(told),
                actor=request.user,
                now=now,
                call=call,
                incident_id=incident_id,
            )
            return incident.pk

        incident_id, is_new = once(
            user=request.user,
            client_id=told["id"],
            body={"incident": meant(body)},
            now=now,
            make=make,
            is_free=lambda id_: not Incident.objects.filter(pk=id_).exists(),
        )
        return Response(self.incident_body(request, incident_id), 201 if is_new else 200)


class IncidentDetail(DeskView):
    @extend_schema(operation_id="desk_incidents_retrieve", responses=DeskIncidentShape)
    def get(self, request: ServiceRequest, incident_id: UUID) -> Response:
        """Return one incident."""
        return Response(self.incident_body(request, incident_id))


class Timeline(DeskView):
    @extend_schema(operation_id="desk_incidents_timeline", responses=TimelineShape)
    def get(self, request: ServiceRequest, incident_id: UUID) -> Response:
        """Return the journal of one incident, in order."""
        visible = assignments_visible_to(request.user).values("pk")
        events = (
            self.incident(request, incident_id)
            .events.filter(Q(assignment=None) | Q(assignment__in=visible))
            .select_related("actor")
            .prefetch_related("texts")
            .order_by("seq")
        )
        return Response({"results": [event_out(event) for event in events], "next": None})


class RecommendationView(DeskView):
    @extend_schema(operation_id="desk_incidents_recommendation", responses=RecommendationShape)
    def get(self, request: ServiceRequest, incident_id: UUID) -> Response:
        """Propose units with reasons, and say what is short."""
        incident = self.incident(request, incident_id)
        agency_id = request.user.bound_agency_id
        proposal = recommend_units(incident, timezone.now(), agency_id=agency_id)
        return Response(recommendation_out(proposal))


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
        return Response(self.assignment_body(request, assignment_id), 201 if is_new else 200)


class IncidentClose(DeskView):
    permissions = {"POST": "incidents.change_incident"}

    @extend_schema(
        operation_id="desk_incidents_close", request=CloseIn, responses=DeskIncidentShape
    )
    def post(self, request: ServiceRequest, incident_id: UUID) -> Response:
        """Close an incident with its disposition."""
        incident = self.incident(request, incident_id)
        body = CloseIn(data=request.data)
        body.is_valid(raise_exception=True)
        close_incident(
            incident=incident,
            disposition=body.validated_data["disposition"],
            actor=request.user,
            now=timezone.now(),
            note=body.validated_data.get("note") or "",
        )
        return Response(self.incident_body(request, incident_id))


class AssignmentDetail(DeskView):
    @extend_schema(operation_id="desk_assignments_retrieve", responses=AssignmentShape)
    def get(self, request: ServiceRequest, assignment_id: UUID) -> Response:
        """Return one assignment, without the caller."""
        return Response(self.assignment_body(request, assignment_id))


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
        return Response(self.assignment_body(request, assignment_id))


class CallClassify(DeskView):
    permissions = {"POST": "incidents.change_call"}

    @extend_schema(
        operation_id="desk_calls_classify", request=ClassifyIn, responses={200: CallShape}
    )
    def post(self, request: ServiceRequest, call_id: str) -> Response:
        """Give a call its final class, or revise it."""
        call = get_object_or_404(calls_visible_to(request.user), call_id=call_id)
        body = ClassifyIn(data=request.data)
        body.is_valid(raise_exception=True)
        call = classify_call(
            call=call,
            call_class=body.validated_data["class"],
            actor=request.user,
            now=timezone.now(),
            note=body.validated_data.get("note") or "",
        )
        return Response({"call_id": call.call_id, "state": call.state, "class": call.call_class})


def _call_of(request: ServiceRequest, call_id: str | None) -> Call | None:
    if not call_id:
        return None
    call = calls_visible_to(request.user).filter(call_id=call_id).first()
    if call is None:
        raise NotFound
    return call


def _listed(incident: Incident) -> dict[str, Any]:
    calls = sorted(incident.calls.all(), key=lambda call: (call.received_at, call.pk))
    return desk_incident_out(incident, call_id=calls[0].call_id if calls else None)


def _report(told: dict[str, Any]) -> Report:
    caller = told.get("caller") or {}
    return Report(
        type=told["type"],
        summary=told["summary"],
        priority=told.get("priority"),
        address=told.get("address") or "",
        landmark=told.get("landmark") or "",
        lat=told.get("lat"),
        lon=told.get("lon"),
        areas=told.get("areas") or [],
        caller_name=caller.get("name") or "",
        caller_phone=caller.get("phone") or "",
        answered_at=told.get("answered_at"),
    )
