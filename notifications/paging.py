"""Pages of a list: newest first, by a cursor that names the last row shown."""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from responders.limits import read_limit

LIMIT_DEFAULT, LIMIT_MAX = 50, 200


def page_of(
    rows: QuerySet[Any], *, by: str, cursor: str | None, limit: str | None
) -> tuple[list[Any], str | None]:
    """Return one page of rows ordered by `-by`, `-pk` (a UUID), and the next page's cursor.

    Raises ValidationError for a cursor or limit that cannot be read; above the maximum a limit is
    clamped.
    """
    size = read_limit(limit, default=LIMIT_DEFAULT, maximum=LIMIT_MAX)
    if cursor:
        moment, pk = _read(cursor)
        rows = rows.filter(Q(**{f"{by}__lt": moment}) | Q(**{by: moment, "pk__lt": pk}))
    found = list(rows.order_by(f"-{by}", "-pk")[: size + 1])
    following = _write(found[size - 1], by) if len(found) > size else None
    return found[:size], following


def read_number(name: str, text: str | None) -> int:
    """Read a whole number from 0 of a query string. Raises ValidationError."""
    if text is None or not (text.isascii() and text.isdecimal() and len(text) <= 19):
        raise ValidationError({name: [_("Harus bilangan bulat mulai 0.")]}, code="not_a_number")
    return int(text)


def _write(row: Model, by: str) -> str:
    text = f"{getattr(row, by).isoformat()} {row.pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, UUID]:
    read: Callable[[str], datetime] = datetime.fromisoformat
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment, pk = base64.urlsafe_b64decode(padded.encode("ascii")).decode().split(" ")
        return read(moment).astimezone(UTC), UUID(pk)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise ValidationError(
            {"cursor": [_("Kursor tidak dikenal.")]}, code="bad_cursor"
        ) from error
