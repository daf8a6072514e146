"""Doors of the movement proofs: for the crew, for the desk, and the keys for everybody."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema

from incidents.models import Assignment
from incidents.proofs.signing import published_keys
from incidents.requests import ServiceRequest
from incidents.selectors.access import assignments_visible_to
from incidents.selectors.proofs import bytes_of
from incidents.services.proofs import issue_proof
from incidents.shapes_proof import MovementProofShape
from incidents.views.assignments import CrewView
from incidents.views.desk import DeskView
from responders.requests import DeviceRequest


class MovementProofView(CrewView):
    @extend_schema(operation_id="assignments_movement_proof", responses=MovementProofShape)
    def get(self, request: DeviceRequest, assignment_id: UUID) -> HttpResponse:
        """Return the signed proof of the verdict in force; 409 not_judged while pending."""
        return _proof(self.assignment(request, assignment_id))


class DeskMovementProofView(DeskView):
    @extend_schema(operation_id="desk_assignments_movement_proof", responses=MovementProofShape)
    def get(self, request: ServiceRequest, assignment_id: UUID) -> HttpResponse:
        """Return the signed proof of the verdict in force; 409 not_judged while pending."""
        visible = assignments_visible_to(request.user)
        return _proof(get_object_or_404(visible, pk=assignment_id))


@require_safe
@cache_control(public=True, max_age=300)
def published_keys_view(request: HttpRequest) -> JsonResponse:
    """Return the public keys of all proofs, old ones too, as a JWK set. Open to everybody."""
    return JsonResponse(published_keys())


def _proof(assignment: Assignment) -> HttpResponse:
    proof = issue_proof(assignment=assignment, now=timezone.now())
    return HttpResponse(bytes_of(proof), content_type="application/json")
