"""What anybody may read: the CAP feed and its documents. No sign-in, no personal data."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from notifications.cap import CAP_TYPE, Entry, atom_feed
from notifications.models import PublicAlert
from notifications.selectors import alerts_in_force

ATOM_TYPE = "application/atom+xml"
BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
FEED_AGE_S = 30
DOCUMENT_AGE_S = 86_400


class WhateverIsAsked(BaseContentNegotiation):
    """Answer in the one form there is, whatever `Accept` says: readers of feeds say anything."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class OpenFeed(APIView):
    """A door without lock."""

    authentication_classes = []
    permission_classes = [AllowAny]
    content_negotiation_class = WhateverIsAsked


class CapFeed(OpenFeed):
    @extend_schema(
        operation_id="feeds_cap",
        responses={(200, ATOM_TYPE): OpenApiTypes.STR, 304: OpenApiResponse()},
    )
    def get(self, request: Request) -> HttpResponse:
        """Return the warnings in force as an Atom feed, newest first."""
        entries = [_entry(request, alert) for alert in alerts_in_force(timezone.now())]
        url = request.build_absolute_uri("/feeds/cap/")
        body = atom_feed(
            entries,
            feed_id=url,
            title="Gerak 112: peringatan publik",
            url=url,
            author="Gerak 112",
            began_at=BEGAN_AT,
        )
        return _answer(request, body, ATOM_TYPE, age_s=FEED_AGE_S)


class CapDocument(OpenFeed):
    @extend_schema(
        operation_id="feeds_cap_document",
        responses={(200, CAP_TYPE): OpenApiTypes.STR, 304: OpenApiResponse()},
    )
    def get(self, request: Request, alert_id: UUID) -> HttpResponse:
        """Return one CAP 1.2 document, byte for byte as it was sent."""
        alert = PublicAlert.objects.filter(pk=alert_id).first()
        if alert is None:
            raise Http404
        answer = _answer(request, bytes(alert.document), CAP_TYPE, age_s=DOCUMENT_AGE_S)
        answer["Last-Modified"] = http_date(alert.sent_at.timestamp())
        return answer


def _entry(request: Request, alert: PublicAlert) -> Entry:
    return Entry(
        identifier=alert.identifier,
        title=alert.headline,
        summary=alert.headline_en,
        url=request.build_absolute_uri(f"/feeds/cap/{alert.pk}.xml"),
        sent_at=alert.sent_at,
        expires_at=alert.expires_at,
    )


def _answer(request: Request, body: bytes, content_type: str, *, age_s: int) -> HttpResponse:
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    answer: HttpResponse = HttpResponse(body, content_type=f"{content_type}; charset=utf-8")
    plain: HttpRequest = request._request
    answer = get_conditional_response(plain, etag=etag, response=answer) or answer
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={age_s}"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
