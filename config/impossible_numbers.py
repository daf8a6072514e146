"""Answer a number that no database can hold as what it is: a bad request, not our failure.

Django checks single look-ups against the column's range, but not lists of them: a choice of
several rows takes any whole number from a form or an address and hands it to the database.
"""

import logging

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from config.refusal_pages import bad_request

logger = logging.getLogger(__name__)


class RefuseImpossibleNumbers(MiddlewareMixin):
    """Turn what SQLite (OverflowError) and PostgreSQL (DataError) say of it into a 400."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OverflowError | DataError):
            return None
        logger.warning("refused %s %s: %s", request.method, request.path, exception)
        return bad_request(request, exception)
