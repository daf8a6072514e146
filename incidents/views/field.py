"""The crew's doors for what they send from the field: notes, photos, calls for help."""

import hashlib
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from incidents.errors import TooLarge
from incidents.models import Assignment, CrewAlert, Note, Photo
from incidents.photos import BadPhoto, Drawn, draw_anew
from incidents.policy import FIELD
from incidents.selectors.access import alerts_visible_to, assignments_visible_to, notes_visible_to
from incidents.services.alerts import raise_alert, withdraw_alert
from incidents.services.field import add_note, add_photo, drop_file, store_file
from incidents.services.repeats import known_object, once
from incidents.views.assignments import CrewView
from incidents.views.field_shapes import (
    AlertIn,
    AlertOut,
    NoteIn,
    NoteOut,
    NotesOut,
    PhotoIn,
    PhotoOut,
    WithdrawIn,
    alert_out,
    note_out,
    photo_out,
)
from incidents.views.multipart import StrictMultiPartParser
from responders.requests import DeviceRequest
from responders.serializers import meant

NOTES_MAX = 500


class Notes(CrewView):
    """What the crew writes about an assignment."""

    @extend_schema(operation_id="assignment_notes_list", responses=NotesOut)
    def get(self, request: DeviceRequest, assignment_id: UUID) -> Response:
        """List the notes, oldest first; the newest 500."""
        assignment = self.assignment(request, assignment_id)
        rows = notes_visible_to(request.user).filter(assignment=assignment).select_related("author")
        newest = rows.order_by("-received_at", "-pk")[:NOTES_MAX]
        return Response({"results": [note_out(note) for note in reversed(newest)], "next": None})

    @extend_schema(
        operation_id="assignment_notes_add",
        request=NoteIn,
        responses={200: NoteOut, 201: NoteOut},
    )
    def post(self, request: DeviceRequest, assignment_id: UUID) -> Response:
        """Add a note, also to an ended assignment; a repeat finds it again."""
        assignment = self.assignment(request, assignment_id)
        body = NoteIn(data=request.data)
        body.is_valid(raise_exception=True)
        told, now = body.validated_data, timezone.now()

        def make(note_id: UUID) -> UUID:
            return add_note(
                note_id=note_id,
                assignment=assignment,
                text=told["text"],
                at=told["at"],
                actor=request.user,
                now=now,
            ).pk

        note_id, is_new = once(
            user=request.user,
            client_id=told["id"],
            body={"note": meant(body), "assignment": str(assignment.pk)},
            now=now,
            make=make,
            is_free=lambda id_: not Note.objects.filter(pk=id_).exists(),
        )
        note = Note.objects.select_related("author").get(pk=note_id)
        return Response(note_out(note), 201 if is_new else 200)


class Photos(CrewView):
    """Photos from the scene."""

    parser_classes = [StrictMultiPartParser]

    @extend_schema(
        operation_id="assignment_photos_add",
        request={"multipart/form-data": PhotoIn},
        responses={200: PhotoOut, 201: PhotoOut},
    )
    def post(self, request: DeviceRequest, assignment_id: UUID) -> Response:
        """Add a JPEG, PNG or WebP of at most 8 MiB; it is drawn anew, without its metadata."""
        assignment = self.assignment(request, assignment_id)
        form = PhotoIn(data=request.data)
        form.is_valid(raise_exception=True)
        told = form.validated_data
        if told["file"].size > FIELD.photo_max_bytes:
            raise TooLarge
        sent = told["file"].read()
        digest = hashlib.sha256(sent).hexdigest()
        body = {
            "photo": digest,
            "assignment": str(assignment.pk),
            **{name: form.initial_data[name] for name in ("at", "lat", "lon") if name in told},
        }
        photo_id = known_object(user=request.user, client_id=told["id"], body=body)
        if photo_id is not None:
            return Response(photo_out(Photo.objects.get(pk=photo_id)))
        return self._keep(request, assignment, told, body, drawn=_drawn(sent), digest=digest)

    def _keep(
        self,
        request: DeviceRequest,
        assignment: Assignment,
        told: dict[str, Any],
        body: dict[str, Any],
        *,
        drawn: Drawn,
        digest: str,
    ) -> Response:
        """Write the file, then its row; of two equal uploads at once one file is dropped again."""
        now, is_new = timezone.now(), False
        name = store_file(drawn, key=told["id"], now=now)

        def make(photo_id: UUID) -> UUID:
            return add_photo(
                photo_id=photo_id,
                assignment=assignment,
                name=name,
                drawn=drawn,
                digest=digest,
                lat=told.get("lat"),
                lon=told.get("lon"),
                at=told["at"],
                actor=request.user,
                now=now,
            ).pk

        try:
            photo_id, is_new = once(
                user=request.user,
                client_id=told["id"],
                body=body,
                now=now,
                make=make,
                is_free=lambda id_: not Photo.objects.filter(pk=id_).exists(),
            )
        finally:
            if not is_new:
                drop_file(name)
        return Response(photo_out(Photo.objects.get(pk=photo_id)), 201 if is_new else 200)


class Alerts(CrewView):
    """A call for help."""

    @extend_schema(
        operation_id="alerts_raise", request=AlertIn, responses={200: AlertOut, 201: AlertOut}
    )
    def post(self, request: DeviceRequest) -> Response:
        """Ask for backup, or say that the crew is in danger; a repeat finds it again."""
        body = AlertIn(data=request.data)
        body.is_valid(raise_exception=True)
        told, now = body.validated_data, timezone.now()
        assignment = self._assignment(request, told.get("assignment"))

        def make(alert_id: UUID) -> UUID:
            return raise_alert(
                alert_id=alert_id,
                kind=told["kind"],
                at=told["at"],
                actor=request.user,
                now=now,
                assignment=assignment,
                text=told.get("text") or "",
                lat=told.get("lat"),
                lon=told.get("lon"),
                accuracy_m=told.get("accuracy_m"),
            ).pk

        alert_id, is_new = once(
            user=request.user,
            client_id=told["id"],
            body={"alert": meant(body)},
            now=now,
            make=make,
            is_free=lambda id_: not CrewAlert.objects.filter(pk=id_).exists(),
        )
        return Response(alert_out(CrewAlert.objects.get(pk=alert_id)), 201 if is_new else 200)

    def _assignment(self, request: DeviceRequest, wanted: UUID | None) -> Assignment | None:
        """Return the assignment it is about; one that is not theirs holds up no call for help."""
        if wanted is None:
            return None
        rows = assignments_visible_to(request.user).select_related("incident", "unit")
        return rows.filter(pk=wanted).first()


class AlertDetail(CrewView):
    @extend_schema(operation_id="alerts_retrieve", responses=AlertOut)
    def get(self, request: DeviceRequest, alert_id: UUID) -> Response:
        """Return it, with whether the desk has answered."""
        alert = get_object_or_404(alerts_visible_to(request.user), pk=alert_id)
        return Response(alert_out(alert))


class AlertWithdraw(CrewView):
    @extend_schema(operation_id="alerts_withdraw", request=WithdrawIn, responses={200: AlertOut})
    def post(self, request: DeviceRequest, alert_id: UUID) -> Response:
        """Take it back; twice changes nothing."""
        alert = get_object_or_404(alerts_visible_to(request.user), pk=alert_id)
        body = WithdrawIn(data=request.data)
        body.is_valid(raise_exception=True)
        alert = withdraw_alert(
            alert=alert, at=body.validated_data["at"], actor=request.user, now=timezone.now()
        )
        return Response(alert_out(alert))


def _drawn(sent: bytes) -> Drawn:
    try:
        return draw_anew(sent)
    except BadPhoto as error:
        texts = {
            "not_an_image": _("Bukan foto JPEG, PNG, atau WebP yang utuh."),
            "too_many_pixels": _("Foto memuat terlalu banyak piksel."),
        }
        detail = ErrorDetail(texts[error.code], code=error.code)
        raise ValidationError({"file": [detail]}) from None
