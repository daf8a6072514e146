"""The desk for other systems: whose a call is, its class, and which incidents are one."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from incidents.models import Call
from incidents.requests import ServiceRequest
from incidents.selectors.access import calls_visible_to, incidents_visible_to
from incidents.serializers_in import ClaimIn, ClassifyIn, JoinIn, MergeIn
from incidents.services.call_desk import claim_call, join_call, leave_incident, release_call
from incidents.services.calls import classify_call
from incidents.services.merging import merge_incident, unmerge_incident
from incidents.shapes import CallShape, ClaimedCallShape, DeskIncidentShape
from incidents.views.desk import DeskView
from responders.wire_time import to_wire_or_none


class CallDeskView(DeskView):
    """One visible call, by the exchange's own id."""

    permissions = {"POST": "incidents.change_call"}

    def call(self, request: ServiceRequest, call_id: str) -> Call:
        return get_object_or_404(calls_visible_to(request.user), call_id=call_id)


class CallClaim(CallDeskView):
    @extend_schema(
        operation_id="desk_calls_claim", request=ClaimIn, responses={200: ClaimedCallShape}
    )
    def post(self, request: ServiceRequest, call_id: str) -> Response:
        """Take a ringing call. The first wins: 409 `call_claimed` names who has it."""
        body = ClaimIn(data=request.data)
        body.is_valid(raise_exception=True)
        take_over = bool(body.validated_data.get("take_over"))
        if take_over and not request.user.has_perm("incidents.take_over_call"):
            raise PermissionDenied
        call = claim_call(
            call=self.call(request, call_id),
            actor=request.user,
            now=timezone.now(),
            take_over=take_over,
        )
        return Response(claimed_call_out(call))


class CallRelease(CallDeskView):
    @extend_schema(
        operation_id="desk_calls_release", request=None, responses={200: ClaimedCallShape}
    )
    def post(self, request: ServiceRequest, call_id: str) -> Response:
        """Give a call back to the room."""
        call = self.call(request, call_id)
        call = release_call(call=call, actor=request.user, now=timezone.now())
        return Response(claimed_call_out(call))


class CallClassify(CallDeskView):
    @extend_schema(
        operation_id="desk_calls_classify", request=ClassifyIn, responses={200: CallShape}
    )
    def post(self, request: ServiceRequest, call_id: str) -> Response:
        """Give a call its final class, or revise it."""
        call = self.call(request, call_id)
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


class CallJoin(CallDeskView):
    @extend_schema(
        operation_id="desk_calls_join", request=JoinIn, responses={200: ClaimedCallShape}
    )
    def post(self, request: ServiceRequest, call_id: str) -> Response:
        """Say that a call reports an incident already known."""
        call = self.call(request, call_id)
        body = JoinIn(data=request.data)
        body.is_valid(raise_exception=True)
        incident = self.incident(request, body.validated_data["incident"])
        call = join_call(call=call, incident=incident, actor=request.user, now=timezone.now())
        return Response(claimed_call_out(call))


class CallLeave(CallDeskView):
    @extend_schema(operation_id="desk_calls_leave", request=None, responses={200: ClaimedCallShape})
    def post(self, request: ServiceRequest, call_id: str) -> Response:
        """Take a call out of its incident; it waits for a class again."""
        call = self.call(request, call_id)
        call = leave_incident(call=call, actor=request.user, now=timezone.now())
        return Response(claimed_call_out(call))


class IncidentMerge(DeskView):
    permissions = {"POST": "incidents.change_incident"}

    @extend_schema(
        operation_id="desk_incidents_merge", request=MergeIn, responses={200: DeskIncidentShape}
    )
    def post(self, request: ServiceRequest, incident_id: UUID) -> Response:
        """Tell an incident with another open one; 409 `open_assignment` while units are on it."""
        incident = self.incident(request, incident_id)
        body = MergeIn(data=request.data)
        body.is_valid(raise_exception=True)
        into = get_object_or_404(incidents_visible_to(request.user), pk=body.validated_data["into"])
        merge_incident(incident=incident, into=into, actor=request.user, now=timezone.now())
        return Response(self.incident_body(request, incident_id))


class IncidentUnmerge(DeskView):
    permissions = {"POST": "incidents.change_incident"}

    @extend_schema(
        operation_id="desk_incidents_unmerge", request=None, responses={200: DeskIncidentShape}
    )
    def post(self, request: ServiceRequest, incident_id: UUID) -> Response:
        """Part a merged incident: it stands again where it stood."""
        incident = self.incident(request, incident_id)
        unmerge_incident(incident=incident, actor=request.user, now=timezone.now())
        return Response(self.incident_body(request, incident_id))


def claimed_call_out(call: Call) -> dict[str, Any]:
    """Return a call as the desk's doors tell it: no number, no name of the caller."""
    by = call.claimed_by
    return {
        "call_id": call.call_id,
        "state": call.state,
        "class": call.call_class or None,
        "incident": None if call.incident_id is None else str(call.incident_id),
        "claimed_by": by and {"username": by.username, "name": by.get_full_name() or by.username},
        "claimed_at": to_wire_or_none(call.claimed_at),
    }
