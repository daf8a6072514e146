"""What every door of the desk for other systems shares."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework.views import APIView

from incidents.auth import MayWorkAtTheDesk, ServiceAuthentication
from incidents.models import Incident
from incidents.requests import ServiceRequest
from incidents.selectors.access import incidents_visible_to
from incidents.selectors.assignments import incidents_for_wire
from incidents.serializers import desk_incident_out


class DeskView(APIView):
    """Signed in by a service token, with the rights of its staff user."""

    authentication_classes = [ServiceAuthentication]
    permission_classes = [MayWorkAtTheDesk]
    permissions: dict[str, str] = {}

    def incident(self, request: ServiceRequest, incident_id: UUID) -> Incident:
        return get_object_or_404(incidents_visible_to(request.user), pk=incident_id)

    def incident_body(self, request: ServiceRequest, incident_id: UUID) -> dict[str, Any]:
        rows = incidents_for_wire(incidents_visible_to(request.user))
        return desk_body(get_object_or_404(rows, pk=incident_id))


def desk_body(incident: Incident) -> dict[str, Any]:
    """Return an incident as the desk's doors tell it, with the id of its first call."""
    calls = sorted(incident.calls.all(), key=lambda call: (call.received_at, call.pk))
    return desk_incident_out(incident, call_id=calls[0].call_id if calls else None)
