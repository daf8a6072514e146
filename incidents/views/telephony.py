"""The telephone exchange's webhook: signed, idempotent, in any order."""

import hmac
import time
from hashlib import sha256

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from incidents.policy import TELEPHONY
from incidents.serializers_in import RingIn
from incidents.services.calls import Ring, note_ring
from incidents.shapes import CallShape

REFUSED = _("Tanda tangan tidak cocok atau terlalu lama.")


class SignatureAuthentication(BaseAuthentication):
    """X-Gerak-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">."""

    def authenticate(self, request: Request) -> tuple[None, str]:
        header = request.headers.get("X-Gerak-Signature", "")
        if not is_signed(header, request.body, now_s=time.time()):
            raise AuthenticationFailed(REFUSED)
        return None, "exchange"

    def authenticate_header(self, request: Request) -> str:
        return "Signature"


def is_signed(header: str, body: bytes, *, now_s: float) -> bool:
    """Say whether a body was signed with our secret within the last five minutes."""
    parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
    at, given = parts.get("t", ""), parts.get("v1", "")
    if not (at.isascii() and at.isdigit() and len(at) < 15 and given.isascii()):
        return False
    if abs(now_s - int(at)) > TELEPHONY.signature_age_s:
        return False
    key = settings.GERAK_TELEPHONY_SECRET.encode()
    expected = hmac.new(key, at.encode() + b"." + body, sha256).hexdigest()
    return hmac.compare_digest(expected, given)


class CallEvents(APIView):
    authentication_classes = [SignatureAuthentication]
    permission_classes = [AllowAny]

    @extend_schema(operation_id="telephony_calls", request=RingIn, responses={200: CallShape})
    def post(self, request: Request) -> Response:
        """Note what happened to a call. Late, twice or out of order is fine."""
        body = RingIn(data=request.data)
        body.is_valid(raise_exception=True)
        told = body.validated_data
        call = note_ring(
            ring=Ring(
                call_id=told["call_id"],
                event=told["event"],
                at=told["at"],
                caller=told.get("caller"),
                line=told.get("line") or "",
                agent=told.get("agent") or "",
            ),
            now=timezone.now(),
        )
        return Response(
            {"call_id": call.call_id, "state": call.state, "class": call.call_class or None}
        )
