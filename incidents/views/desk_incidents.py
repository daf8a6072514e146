"""The desk for other systems: what its buttons do to an incident, through the same services."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from incidents.lifecycle import OPEN_INCIDENT_STATES
from incidents.models import Call, Incident
from incidents.requests import ServiceRequest
from incidents.selectors.access import (
    assignments_visible_to,
    calls_visible_to,
    incidents_visible_to,
)
from incidents.selectors.assignments import incidents_for_wire
from incidents.selectors.recommendation import recommend_units
from incidents.serializers import event_out, recommendation_out
from incidents.serializers_in import CloseIn, IncidentIn, StateFilter, open_only
from incidents.services.closure import close_incident
from incidents.services.intake import Report, open_incident
from incidents.services.repeats import once
from incidents.shapes import (
    DeskIncidentPage,
    DeskIncidentShape,
    RecommendationShape,
    TimelineShape,
)
from incidents.views.desk import DeskView, desk_body
from incidents.views.paging import NewestIncident
from responders.serializers import meant


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
        return pages.get_paginated_response([desk_body(incident) for incident in page or []])

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


def _call_of(request: ServiceRequest, call_id: str | None) -> Call | None:
    if not call_id:
        return None
    call = calls_visible_to(request.user).filter(call_id=call_id).first()
    if call is None:
        raise NotFound
    return call


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
