"""What comes in: bodies of the crew's steps, of the exchange and of other systems at the desk."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents.lifecycle import CallClass, Disposition
from incidents.models import Area, IncidentType
from responders.models import Unit
from responders.serializers import ClientId, Coordinate, PlainText, WireTime

Row = TypeVar("Row", bound=Model)


class StepIn(serializers.Serializer):
    at = WireTime()
    note = PlainText(required=False, allow_null=True, allow_blank=True, max_length=500)


class DeclineIn(serializers.Serializer):
    at = WireTime()
    reason = PlainText(max_length=300)


CALL_EVENTS = ["ringing", "answered", "ended", "abandoned"]


class RingIn(serializers.Serializer):
    call_id = PlainText(max_length=120)
    event = serializers.ChoiceField(CALL_EVENTS)
    at = WireTime()
    caller = PlainText(allow_null=True, allow_blank=True, max_length=64, required=False)
    line = PlainText(required=False, allow_null=True, allow_blank=True, max_length=40)
    agent = PlainText(required=False, allow_null=True, allow_blank=True, max_length=150)


class CallerIn(serializers.Serializer):
    name = PlainText(required=False, allow_null=True, allow_blank=True, max_length=120)
    phone = PlainText(required=False, allow_null=True, allow_blank=True, max_length=64)


class IncidentIn(serializers.Serializer):
    id = ClientId()
    type = serializers.SlugRelatedField(
        slug_field="key", queryset=IncidentType.objects.filter(active=True)
    )
    summary = PlainText(max_length=500, allow_blank=True)
    call_id = PlainText(required=False, allow_null=True, max_length=120)
    priority = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=4)
    address = PlainText(required=False, allow_null=True, allow_blank=True, max_length=300)
    landmark = PlainText(required=False, allow_null=True, allow_blank=True, max_length=200)
    lat = Coordinate(required=False, allow_null=True, min_value=-90, max_value=90)
    lon = Coordinate(required=False, allow_null=True, min_value=-180, max_value=180)
    areas = serializers.SlugRelatedField(
        slug_field="code", queryset=Area.objects.all(), many=True, required=False, allow_null=True
    )
    caller = CallerIn(required=False, allow_null=True)
    answered_at = WireTime(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs.get("lat") is None) != (attrs.get("lon") is None):
            missing = "lat" if attrs.get("lat") is None else "lon"
            raise serializers.ValidationError(
                {missing: serializers.ErrorDetail(str(_("Wajib diisi.")), code="required")}
            )
        return attrs


class AssignmentIn(serializers.Serializer):
    id = ClientId()
    unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.filter(active=True))


class ReasonIn(serializers.Serializer):
    reason = PlainText(max_length=300)


class CloseIn(serializers.Serializer):
    disposition = serializers.ChoiceField(Disposition.choices)
    note = PlainText(required=False, allow_null=True, allow_blank=True, max_length=2000)


ClassifyIn = type(
    "ClassifyIn",
    (serializers.Serializer,),
    {
        "class": serializers.ChoiceField(CallClass.choices),
        "note": PlainText(required=False, allow_null=True, allow_blank=True, max_length=2000),
    },
)


class ClaimIn(serializers.Serializer):
    """A call is taken; `take_over`: from whoever has it."""

    take_over = serializers.BooleanField(required=False, default=False)


class JoinIn(serializers.Serializer):
    """The incident that a call reports."""

    incident = serializers.UUIDField()


class MergeIn(serializers.Serializer):
    """The incident that another is told with."""

    into = serializers.UUIDField()


class StateFilter(serializers.Serializer):
    """The query of a list."""

    state = serializers.ChoiceField(["open", "closed", "all"], required=False, default="all")


def open_only(rows: QuerySet[Row], wanted: str, open_states: Collection[str]) -> QuerySet[Row]:
    """Narrow a list to what is open or over; `all` leaves it whole."""
    if wanted == "open":
        return rows.filter(state__in=open_states)
    return rows.exclude(state__in=open_states) if wanted == "closed" else rows
