"""The doors of a drill: what one was called to, and the one press that answers."""

from datetime import UTC, datetime
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from incidents.serializers_in import StateFilter
from notifications.models import Drill, DrillReply
from notifications.selectors_drill import drills_of
from notifications.serializers import (
    DrillListOut,
    DrillReplyIn,
    MyDrillOut,
    drill_out,
)
from notifications.services.drills import reply_to_drill
from responders.requests import DeviceRequest
from responders.wire_time import to_wire, to_wire_or_none

LISTED_MAX = 50


class MyDrills(APIView):
    """The drills a phone's person was called to."""

    @extend_schema(
        operation_id="drills",
        parameters=[OpenApiParameter("state", str, enum=["open", "closed", "all"])],
        responses=DrillListOut,
    )
    def get(self, request: DeviceRequest) -> Response:
        """List them, newest first; the last 50."""
        query = StateFilter(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows, wanted = drills_of(request.user), query.validated_data["state"]
        if wanted != "all":
            is_open = wanted == "open"
            rows = rows.filter(state=Drill.State.OPEN if is_open else Drill.State.ENDED)
        drills = list(rows[:LISTED_MAX])
        replies = DrillReply.objects.filter(drill__in=drills, person=request.user)
        replied = dict(replies.values_list("drill_id", "received_at"))
        results = [
            drill_out(drill) | {"replied_at": to_wire_or_none(replied.get(drill.pk))}
            for drill in drills
        ]
        return Response({"results": results, "next": None})


class ReplyToDrill(APIView):
    """That a person heard the drill's alarm and answered it."""

    @extend_schema(operation_id="drill_reply", request=DrillReplyIn, responses={200: MyDrillOut})
    def post(self, request: DeviceRequest, drill_id: UUID) -> Response:
        """Answer; the first press counts, a repeat finds it again."""
        drill = get_object_or_404(drills_of(request.user), pk=drill_id)
        body = DrillReplyIn(data=request.data)
        body.is_valid(raise_exception=True)
        reply = reply_to_drill(
            drill=drill,
            person=request.user,
            device=request.auth,
            reply_id=body.validated_data["id"],
            at=body.validated_data["at"],
            now=datetime.now(UTC),
        )
        return Response(drill_out(drill) | {"replied_at": to_wire(reply.received_at)})
