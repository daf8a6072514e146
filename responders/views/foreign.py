"""The doors for apps that crews already have. Each answers what its app takes for "stored".

Understood: 200, even without a position, because these apps send a refused message again for ever
and nothing after it. Unreadable: 400. Unknown sender: 401. Busy: 503, and nothing was stored.
Secrets in a query are kept out of our logs: we log paths only.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from responders.auth import REFUSED
from responders.ingest.commit import Revoked
from responders.ingest.foreign import store_positions
from responders.ingest.queue import Busy
from responders.ingest.refusals import Refused, refusal_of
from responders.permissions import IsCrew
from responders.views.check_ins import AnyBody, body_of
from responders.views.foreign_auth import ForeignAuthentication, Sender
from responders.wire import gpslogger, osmand, overland, owntracks
from responders.wire.message import Message, WireRequest

_FORM = {
    "application/x-www-form-urlencoded": OpenApiTypes.OBJECT,
    "application/json": OpenApiTypes.OBJECT,
}
_JSON = {"application/json": OpenApiTypes.OBJECT}
_QUERY = [
    OpenApiParameter("id", str, description="The tracking id, where nothing else says who sends."),
    OpenApiParameter("lat", str, description="Degrees, WGS 84."),
    OpenApiParameter("lon", str, description="Degrees, WGS 84."),
    OpenApiParameter("timestamp", str, description="Seconds or milliseconds since 1970, or ISO."),
]
_EMPTY_ARRAY = {"type": "array", "items": {}, "maxItems": 0}


class AnyAnswer(BaseContentNegotiation):
    """Answer what the app takes, whatever it says it accepts; `format` is no field of ours."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class ForeignDoor(APIView):
    """Take the positions of one app. `read` is its reader, `answer` what it takes for "stored"."""

    authentication_classes = [ForeignAuthentication]
    permission_classes = [IsAuthenticated, IsCrew]
    parser_classes = [AnyBody]
    content_negotiation_class = AnyAnswer

    read: ClassVar[Callable[..., Message]]
    takes_id: ClassVar[bool] = False
    answer: ClassVar[Any] = {"result": "ok"}
    _message: Message | None = None  # a view serves one request

    def take(self, request: Request) -> Response:
        """Store what a request holds and give the app its answer."""
        message, sender = self.message(request), cast(Sender, request.auth)
        try:
            store_positions(
                device_id=sender.pk,
                positions=message.positions,
                received_at=datetime.now(UTC),
                source_auth=sender.source_auth,
            )
        except Revoked as error:
            raise AuthenticationFailed(REFUSED) from error
        except Busy as error:
            raise (refusal_of(error) or error) from error
        return Response(self.answer, headers={"Cache-Control": "no-store"})

    def told_id(self, request: Request) -> str | None:
        """Return how the sender calls itself, where this door takes that for a credential."""
        return self.message(request).device if self.takes_id else None

    def message(self, request: Request) -> Message:
        """Read the request, once. Raises `Refused`: 400 for what is not this app's, 413, 408."""
        if self._message is None:
            self._message = self._read(request)
        if not self._message.readable:
            raise Refused(400, "unreadable")
        return self._message

    def _read(self, request: Request) -> Message:
        headers = {name.lower(): value for name, value in request.headers.items()}
        sent = WireRequest(
            query=request.META.get("QUERY_STRING", ""), body=body_of(request), headers=headers
        )
        return type(self).read(sent, signed_in="authorization" in headers)


class OsmAnd(ForeignDoor):
    read = staticmethod(osmand.read)
    takes_id = True

    @extend_schema(operation_id="osmand_get", parameters=_QUERY, responses={200: dict})
    def get(self, request: Request) -> Response:
        """Take a position as OsmAnd and Traccar Client to 8.x send it. Speed in knots."""
        return self.take(request)

    @extend_schema(
        operation_id="osmand_post", parameters=_QUERY, request=_FORM, responses={200: dict}
    )
    def post(self, request: Request) -> Response:
        """Take the same as a form, or the JSON of Traccar Client 9 and background-geolocation."""
        return self.take(request)


class GPSLogger(ForeignDoor):
    read = staticmethod(gpslogger.read)
    takes_id = True

    @extend_schema(operation_id="gpslogger_get", parameters=_QUERY, responses={200: dict})
    def get(self, request: Request) -> Response:
        """Take a position as GPSLogger's custom URL. Speed in metres a second."""
        return self.take(request)

    @extend_schema(
        operation_id="gpslogger_post", parameters=_QUERY, request=_FORM, responses={200: dict}
    )
    def post(self, request: Request) -> Response:
        """Take the same as a body."""
        return self.take(request)


class OwnTracks(ForeignDoor):
    read = staticmethod(owntracks.read)
    answer: ClassVar[Any] = []

    @extend_schema(operation_id="owntracks_post", request=_JSON, responses={200: _EMPTY_ARRAY})
    def post(self, request: Request) -> Response:
        """Take a message of OwnTracks in HTTP mode; answers an empty array."""
        return self.take(request)


class Overland(ForeignDoor):
    read = staticmethod(overland.read)

    @extend_schema(operation_id="overland_post", request=_JSON, responses={200: dict})
    def post(self, request: Request) -> Response:
        """Take a batch of GeoJSON features of Overland; answers {"result": "ok"}."""
        return self.take(request)
