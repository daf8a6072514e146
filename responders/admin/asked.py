"""What an address may ask of a list: what its own filters ask.

A filter's question that cannot be answered leads to the plain list; any other is refused.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpRequest

# A year that no calendar has, a text for bytes, a number beyond every column: told while reading.
IMPOSSIBLE = (ValueError, TypeError, OverflowError, DataError)

# What Django's own filters and its calendar put behind the name of a field.
BEHIND_THE_NAME = re.compile(
    r"(__(id|code))?(__(exact|in|isnull|isempty|gte|gt|lte|lt|year|month|day))?"
)


def is_a_filters_own(lookup: str, filters: Iterable[Any], calendar: str | None) -> bool:
    """Say whether a question in an address is one that a filter beside the list asks.

    filters: as in `list_filter`; calendar: `date_hierarchy`. Django lets an address ask anything of
    a list's own columns: what is covered or digested could be spelt out by `…__startswith=`.
    """
    names = [str(one[0] if isinstance(one, tuple) else one) for one in filters]
    return any(
        lookup.startswith(name) and BEHIND_THE_NAME.fullmatch(lookup.removeprefix(name))
        for name in (*names, calendar)
        if name
    )


class AskedList(ChangeList):
    """Django's list, which takes an impossible value for what it is: a bad address."""

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        try:
            return super().get_queryset(request, exclude_parameters)
        except IMPOSSIBLE as error:
            raise IncorrectLookupParameters(error) from error

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except IMPOSSIBLE as error:
            raise IncorrectLookupParameters(error) from error
