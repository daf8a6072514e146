"""What an address may ask of a list: anything; what cannot be answered leads to the plain list."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpRequest

# A year that no calendar has, a text for bytes, a number beyond every column: told while reading.
IMPOSSIBLE = (ValueError, TypeError, OverflowError, DataError)


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
