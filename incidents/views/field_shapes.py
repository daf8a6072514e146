"""What comes in and goes out at the doors for notes, photos and calls for help."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents.models import CrewAlert, Note, Photo
from incidents.policy import FIELD
from responders.serializers import ClientId, Coordinate, Measure, PlainText, WireTime
from responders.wire_time import to_wire, to_wire_or_none

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?")


class FormNumber(Coordinate):
    """A number in a form, where all is text: written as JSON writes it."""

    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, str) or not _NUMBER.fullmatch(data):
            raise serializers.ValidationError(_("Harus berupa angka."), code="not_a_number")
        return super().to_internal_value(float(data))


class BothOrNone(serializers.Serializer):
    """A place that is whole or absent."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs.get("lat") is None) != (attrs.get("lon") is None):
            missing = "lat" if attrs.get("lat") is None else "lon"
            raise serializers.ValidationError(
                {missing: serializers.ErrorDetail(str(_("Wajib diisi.")), code="required")}
            )
        return attrs


class NoteIn(serializers.Serializer):
    id = ClientId()
    at = WireTime()
    text = PlainText(max_length=FIELD.note_max_characters)


class NoteOut(serializers.Serializer):
    id = serializers.UUIDField()
    author = serializers.CharField()
    at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    text = serializers.CharField()


class NotesOut(serializers.Serializer):
    results = NoteOut(many=True)
    next = serializers.CharField(allow_null=True)


class PhotoIn(BothOrNone):
    id = ClientId()
    at = WireTime()
    file = serializers.FileField(max_length=200, allow_empty_file=False)
    lat = FormNumber(required=False, min_value=-90, max_value=90)
    lon = FormNumber(required=False, min_value=-180, max_value=180)


class PhotoOut(serializers.Serializer):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class AlertIn(BothOrNone):
    id = ClientId()
    kind = serializers.ChoiceField(CrewAlert.Kind.choices)
    at = WireTime()
    assignment = serializers.UUIDField(required=False, allow_null=True)
    text = PlainText(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=FIELD.alert_text_max_characters,
    )
    lat = Measure(required=False, allow_null=True, min_value=-90, max_value=90)
    lon = Measure(required=False, allow_null=True, min_value=-180, max_value=180)
    accuracy_m = Measure(required=False, allow_null=True, min_value=0, max_value=1e7)


class WithdrawIn(serializers.Serializer):
    at = WireTime()


class AlertOut(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(CrewAlert.Kind.values)
    at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    state = serializers.ChoiceField(CrewAlert.State.values)
    answered_at = serializers.DateTimeField(allow_null=True)
    assignment = serializers.UUIDField(allow_null=True)


def note_out(note: Note) -> dict[str, Any]:
    """Return a note; its author is a name."""
    return {
        "id": str(note.pk),
        "author": str(note.author),
        "at": to_wire(note.claimed_at),
        "received_at": to_wire(note.received_at),
        "text": note.text,
    }


def photo_out(photo: Photo) -> dict[str, Any]:
    """Return what is said of a photo; the picture itself is seen at the desk."""
    return {
        "id": str(photo.pk),
        "at": to_wire(photo.claimed_at),
        "received_at": to_wire(photo.received_at),
        "width": photo.width,
        "height": photo.height,
    }


def alert_out(alert: CrewAlert) -> dict[str, Any]:
    """Return a call for help as its crew sees it."""
    return {
        "id": str(alert.pk),
        "kind": alert.kind,
        "at": to_wire(alert.claimed_at),
        "received_at": to_wire(alert.received_at),
        "state": alert.state,
        "answered_at": to_wire_or_none(alert.answered_at),
        "assignment": str(alert.assignment_id) if alert.assignment_id else None,
    }
