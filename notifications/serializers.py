"""The shapes of notices on the wire; `notice_out` is shared by HTTP and the stream."""

from typing import Any

from rest_framework import serializers

from notifications.models import Drill, Notice, NoticeAnswer, NoticeReceipt
from responders.models import User
from responders.serializers import ClientId, PlainText, WireTime
from responders.wire_time import to_wire, to_wire_or_none

TEXT_MAX = 2_000


def notice_out(notice: Notice, person: User | int) -> dict[str, Any]:
    """Return a notice as one official sees it; no caller, no address."""
    own = getattr(notice, "own_receipts", None)
    if own is None:
        own = list(NoticeReceipt.objects.filter(notice=notice, person=person))
    return {
        "id": str(notice.pk),
        "state": notice.state,
        "incident_number": notice.incident.number,
        "type": notice.incident.type.key,
        "areas": [
            {"code": area.code, "name": area.name}
            for area in sorted(notice.areas.all(), key=lambda area: area.code)
        ],
        "basis": notice.basis,
        "basis_text": notice.basis_text,
        "headline": notice.headline,
        "text": notice.text,
        "issued_at": to_wire(notice.issued_at),
        "updated_at": to_wire(notice.updated_at),
        "read_at": to_wire_or_none(own[0].read_at if own else None),
    }


class AreaOut(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class NoticeOut(serializers.Serializer):
    """A notice, for the OpenAPI document."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Notice.State.values)
    incident_number = serializers.CharField()
    type = serializers.CharField()
    areas = AreaOut(many=True)
    basis = serializers.ChoiceField(choices=Notice.Basis.values)
    basis_text = serializers.CharField()
    headline = serializers.CharField()
    text = serializers.CharField()
    issued_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NoticeListOut(serializers.Serializer):
    results = NoticeOut(many=True)
    next = serializers.CharField(allow_null=True)


class ReadIn(serializers.Serializer):
    at = WireTime()


class SeenIn(serializers.Serializer):
    at = WireTime()


class AnswerIn(serializers.Serializer):
    id = ClientId()
    at = WireTime()
    condition = serializers.ChoiceField(choices=NoticeAnswer.Condition.values)
    text = PlainText(
        required=False, allow_blank=True, allow_null=True, max_length=TEXT_MAX, default=""
    )
    needs = PlainText(
        required=False, allow_blank=True, allow_null=True, max_length=TEXT_MAX, default=""
    )


class AnswerOut(serializers.Serializer):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    condition = serializers.CharField()
    text = serializers.CharField()
    needs = serializers.CharField()
    received_at = serializers.DateTimeField()


def answer_out(answer: NoticeAnswer) -> dict[str, Any]:
    """Return an official's answer as stored."""
    return {
        "id": str(answer.client_id),
        "at": to_wire_or_none(answer.claimed_at),
        "condition": answer.condition,
        "text": answer.text,
        "needs": answer.needs,
        "received_at": to_wire(answer.received_at),
    }


class EventsOut(serializers.Serializer):
    """The stream by polling, for the OpenAPI document."""

    epoch = serializers.CharField()
    events = serializers.ListField(child=serializers.JSONField())
    last_seq = serializers.IntegerField()


class DrillReplyIn(serializers.Serializer):
    id = ClientId()
    at = WireTime()


class DrillOut(serializers.Serializer):
    """A drill, for the OpenAPI document."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    text = serializers.CharField()
    called_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(choices=Drill.State.values)


class MyDrillOut(DrillOut):
    replied_at = serializers.DateTimeField(allow_null=True)


class DrillListOut(serializers.Serializer):
    results = MyDrillOut(many=True)
    next = serializers.CharField(allow_null=True)


def drill_out(drill: Drill) -> dict[str, Any]:
    """Return a drill; the same for everybody it went to."""
    return {
        "id": str(drill.pk),
        "title": drill.title,
        "text": drill.text,
        "called_at": to_wire(drill.called_at),
        "ended_at": to_wire_or_none(drill.ended_at),
        "state": drill.state,
    }
