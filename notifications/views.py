"""The stream by polling, and the notices of camat and lurah."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from incidents.serializers import assignment_out
from incidents.shapes import AssignmentShape
from incidents.views.assignments import CrewView
from notifications.errors import Reset
from notifications.models import DeliveryAttempt, Notice
from notifications.paging import page_of, read_number
from notifications.policy import STREAM
from notifications.selectors import notices_of
from notifications.serializers import (
    AnswerIn,
    AnswerOut,
    EventsOut,
    NoticeListOut,
    NoticeOut,
    ReadIn,
    SeenIn,
    answer_out,
    notice_out,
)
from notifications.services.answers import answer_notice, read_notice
from notifications.services.receipts import confirm_received, note_sent
from notifications.services.seen import assignment_seen
from notifications.stream import read_stream, standing_of
from responders.limits import read_limit
from responders.permissions import IsOfficial
from responders.requests import DeviceRequest

POLL = DeliveryAttempt.Channel.POLL


class EventsView(APIView):
    """The event stream for a phone that cannot hold a socket."""

    @extend_schema(
        operation_id="events",
        parameters=[
            OpenApiParameter("after", int, description="all up to here was received; default 0"),
            OpenApiParameter("epoch", str),
            OpenApiParameter("limit", int, description="1 to 500; above: clamped"),
        ],
        responses={200: EventsOut},
    )
    def get(self, request: DeviceRequest) -> Response:
        """List what comes after a number. Asking so confirms all that was sent up to it."""
        query, now = request.query_params, datetime.now(UTC)
        after = read_number("after", query.get("after", "0"))
        limit = read_limit(
            query.get("limit"), default=STREAM.events_default, maximum=STREAM.events_max
        )
        standing = standing_of(request.user.pk, after=after, epoch=query.get("epoch") or None)
        if standing.lost:
            raise Reset(epoch=standing.head.epoch, last_seq=standing.head.seq)
        confirm_received(device=request.auth, seq=after, channel=POLL, now=now)
        page = read_stream(request.user.pk, after=after, limit=limit, now=now)
        note_sent(device=request.auth, deliveries=[row for row, _ in page], channel=POLL, now=now)
        events, previous = [], after
        for _delivery, event in page:
            events.append(msgspec.json.decode(event.frame(previous=previous)))
            previous = event.seq
        return Response(
            {
                "epoch": standing.head.epoch,
                "events": events,
                "last_seq": max(standing.newest, previous if page else 0),
            },
            headers={"Cache-Control": "no-store"},
        )


class AssignmentSeen(CrewView):
    """That the alarm of an assignment was shown to a crew member."""

    @extend_schema(operation_id="assignment_seen", request=SeenIn, responses={200: AssignmentShape})
    def post(self, request: DeviceRequest, assignment_id: UUID) -> Response:
        """Say so; the ledger keeps the first time. Twice changes nothing."""
        assignment = self.assignment(request, assignment_id)
        _body(SeenIn, request)
        assignment_seen(assignment=assignment, device=request.auth, now=datetime.now(UTC))
        return Response(assignment_out(self.assignment(request, assignment_id), for_crew=True))


class NoticesView(APIView):
    """The notices of the areas an official heads."""

    permission_classes = [IsOfficial]

    @extend_schema(
        operation_id="notices",
        parameters=[
            OpenApiParameter("state", str, enum=["open", *Notice.State.values]),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        responses={200: NoticeListOut},
    )
    def get(self, request: DeviceRequest) -> Response:
        """List them, newest first."""
        rows = notices_of(request.user, now=datetime.now(UTC))
        states = _states(request.query_params.get("state"))
        if states is not None:
            rows = rows.filter(state__in=states)
        page, following = page_of(
            rows,
            by="issued_at",
            cursor=request.query_params.get("cursor"),
            limit=request.query_params.get("limit"),
        )
        results = [notice_out(notice, request.user) for notice in page]
        return Response({"results": results, "next": following})


class NoticeView(APIView):
    """One notice."""

    permission_classes = [IsOfficial]

    @extend_schema(operation_id="notice", responses={200: NoticeOut})
    def get(self, request: DeviceRequest, notice_id: UUID) -> Response:
        """Return it."""
        return Response(notice_out(_own(request, notice_id), request.user))


class ReadView(APIView):
    """That an official opened a notice."""

    permission_classes = [IsOfficial]

    @extend_schema(operation_id="notice_read", request=ReadIn, responses={200: NoticeOut})
    def post(self, request: DeviceRequest, notice_id: UUID) -> Response:
        """Record it, once."""
        notice = _own(request, notice_id)
        body = _body(ReadIn, request)
        read_notice(
            notice=notice,
            person=request.user,
            device=request.auth,
            at=body["at"],
            now=datetime.now(UTC),
        )
        return Response(notice_out(_own(request, notice_id), request.user))


class AnswerView(APIView):
    """How an official's area fares."""

    permission_classes = [IsOfficial]

    @extend_schema(
        operation_id="notice_answer",
        request=AnswerIn,
        responses={201: AnswerOut, 200: AnswerOut},
    )
    def post(self, request: DeviceRequest, notice_id: UUID) -> Response:
        """Record an answer; a repeat finds it again."""
        notice = _own(request, notice_id)
        body = _body(AnswerIn, request)
        answer, new = answer_notice(
            notice=notice,
            person=request.user,
            device=request.auth,
            answer_id=body["id"],
            condition=body["condition"],
            text=body["text"] or "",
            needs=body["needs"] or "",
            at=body["at"],
            now=datetime.now(UTC),
        )
        return Response(answer_out(answer), status=201 if new else 200)


def _own(request: DeviceRequest, notice_id: UUID) -> Notice:
    return get_object_or_404(notices_of(request.user, now=datetime.now(UTC)), pk=notice_id)


def _body(shape: type[Any], request: DeviceRequest) -> dict[str, Any]:
    reader = shape(data=request.data)
    reader.is_valid(raise_exception=True)
    return reader.validated_data


def _states(text: str | None) -> list[str] | None:
    """Read `state`: open is issued or updated."""
    if not text:
        return None
    if text == "open":
        return [Notice.State.ISSUED, Notice.State.UPDATED]
    if text not in Notice.State.values:
        raise ValidationError({"state": [_("Status tidak dikenal.")]}, code="unknown")
    return [text]
