"""Lists by cursor: newest first by one unique key, no count, no page numbers."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from responders.limits import read_limit


class NewestFirst(CursorPagination):
    """{"results", "next"}: next is the cursor to ask for, or null."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering: str | tuple[str, ...] = "-pk"

    def get_page_size(self, request: Request) -> int:
        return read_limit(
            request.query_params.get("limit"), default=self.page_size, maximum=self.max_page_size
        )

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return where to go on. Raises ValidationError for what was never one of our cursors."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                datetime.fromisoformat(str(cursor.position)).astimezone(UTC)
        except (NotFound, ValueError, OverflowError):
            raise ValidationError(
                {"cursor": [_("Kursor tidak dikenal.")]}, code="bad_cursor"
            ) from None
        return cursor

    def get_paginated_response(self, data: list[Any]) -> Response:
        link = self.get_next_link()
        cursor = parse_qs(urlsplit(link).query)[self.cursor_query_param][0] if link else None
        return Response({"results": data, "next": cursor})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": "string", "nullable": True},
            },
        }


class NewestDispatch(NewestFirst):
    ordering = ("-dispatched_at", "-pk")


class NewestIncident(NewestFirst):
    ordering = ("-opened_at", "-pk")
