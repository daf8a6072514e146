"""Lists by cursor: newest first by one unique key, no count, no page numbers."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class NewestFirst(CursorPagination):
    """{"results", "next"}: next is the cursor to ask for, or null."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering: str | tuple[str, ...] = "-pk"

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
