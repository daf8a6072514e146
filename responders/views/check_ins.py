"""Check-ins over Django: the reference of the short way, and the list of what was stored."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http.request import UnreadablePostError
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.parsers import BaseParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from responders.auth import REFUSED
from responders.check_in_batches import ShapeError, decode_body
from responders.ingest.commit import Revoked
from responders.ingest.intake import record_upload
from responders.ingest.refusals import bad_shape, timeout, too_large
from responders.limits import read_limit
from responders.models import CheckIn
from responders.permissions import IsCrew
from responders.policy import CHECK_INS
from responders.requests import DeviceRequest
from responders.views.check_in_shapes import (
    CheckInListOut,
    CheckInsIn,
    CheckInsOut,
    check_in_out,
)


class AnyBody(BaseParser):
    """Leave the body alone: like the short way, the view decodes it whatever it is called."""

    media_type = "*/*"

    def parse(  # type: ignore[override]
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> bytes:
        """Return the bytes."""
        return stream.read()


class CheckInsView(APIView):
    """Take a phone's check-ins; list those that are stored."""

    parser_classes = [AnyBody]
    permission_classes = [IsAuthenticated, IsCrew]

    @extend_schema(
        operation_id="check_ins_send",
        request={"application/json": CheckInsIn},
        responses={200: CheckInsOut},
    )
    def post(self, request: DeviceRequest) -> Response:
        """Store up to 500 check-ins; a `stored` in the answer is durable."""
        try:
            answer = record_upload(
                device_id=request.auth.pk,
                envelope=decode_body(body_of(request)),
                received_at=datetime.now(UTC),
            )
        except Revoked as error:
            raise AuthenticationFailed(REFUSED) from error
        except ShapeError as error:
            raise bad_shape(error) from error
        return Response(answer, headers={"Cache-Control": "no-store"})

    @extend_schema(
        operation_id="check_ins_list",
        parameters=[OpenApiParameter("limit", int, description="1 to 10,000; above: clamped")],
        responses={200: CheckInListOut},
    )
    def get(self, request: DeviceRequest) -> Response:
        """List this phone's last check-ins, newest first."""
        limit = read_limit(
            request.query_params.get("limit"),
            default=CHECK_INS.listed_default,
            maximum=CHECK_INS.listed_max,
        )
        rows = last_check_ins(request.auth.pk, limit=limit)
        return Response({"check_ins": [check_in_out(row) for row in rows]})


def last_check_ins(device_id: UUID, *, limit: int) -> list[CheckIn]:
    """Return the check-ins of one phone in the reverse order of receipt."""
    return list(CheckIn.objects.filter(device_id=device_id).order_by("-pk")[:limit])


def body_of(request: Request) -> bytes:
    """Return the body as sent, within the limit."""
    try:
        body = request._request.body
    except RequestDataTooBig as error:
        raise too_large() from error
    except UnreadablePostError as error:
        raise timeout() from error
    if len(body) > CHECK_INS.body_max_bytes:
        raise too_large()
    return body
