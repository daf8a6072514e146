"""Proofs at the desk: every one issued of an assignment, as the signed file and on paper."""

from uuid import UUID

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from incidents.errors import IncidentError
from incidents.models import Assignment, MovementProof
from incidents.proofs.paper import paper_bytes
from incidents.selectors.access import assignments_visible_to
from incidents.selectors.proofs import bytes_of, document_of
from incidents.services.proofs import issue_proof
from responders.models import User
from responders.requests import address_of, staff_of
from responders.services.access import record_access

FORMATS = ("json", "pdf")
TRACKS = _("posisi petugas dalam bukti pergerakan")


@require_GET
@permission_required("incidents.view_movementverdict", raise_exception=True)
def _file(request: HttpRequest, proof_id: UUID, file_format: str) -> HttpResponse:
    """Hand out one proof, superseded ones too. The look is on record before it is shown."""
    if file_format not in FORMATS:
        raise Http404
    user = staff_of(request)
    visible = MovementProof.objects.filter(assignment__in=assignments_visible_to(user))
    proof = get_object_or_404(visible.select_related("verdict", "assignment"), pk=proof_id)
    _log(request, user, proof)
    name = f"bukti-{proof.document['incident_number']}-{proof.pk}.{file_format}"
    if file_format == "json":
        return _attached(bytes_of(proof), "application/json", name)
    url = request.build_absolute_uri(reverse("proof-file", args=[proof.pk, "json"]))
    paper = paper_bytes(document_of(proof), zone=timezone.get_default_timezone(), url=url)
    return _attached(paper, "application/pdf", name)


@require_GET
@permission_required("incidents.view_movementverdict", raise_exception=True)
def _newest(request: HttpRequest, assignment_id: UUID, file_format: str) -> HttpResponse:
    """Hand out the proof of the verdict in force, issued now if it was not; 404 while pending."""
    visible = assignments_visible_to(staff_of(request))
    assignment: Assignment = get_object_or_404(visible, pk=assignment_id)
    try:
        proof = issue_proof(assignment=assignment, now=timezone.now())
    except IncidentError as refusal:
        raise Http404(str(refusal)) from refusal
    return _file(request, proof.pk, file_format)


def _log(request: HttpRequest, user: User, proof: MovementProof) -> None:
    record_access(
        actor=user,
        action="export",
        subject=proof,
        what=TRACKS,
        address=address_of(request),
        now=timezone.now(),
    )


def _attached(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


proof_file = admin.site.admin_view(_file)
newest_proof = admin.site.admin_view(_newest)
