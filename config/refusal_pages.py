"""Errors outside DRF: problem+json for machines, a page with a way back for people.

Belongs here: Django's handlers. Not here: the shape of a problem.
"""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from config.problems import problem_response

MACHINE_PATHS = ("/api/", "/ws/", "/.well-known/", "/healthz", "/readyz", "/metrics")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django itself found suspicious, a body beyond every limit among it."""
    if isinstance(exception, RequestDataTooBig):
        return problem_response(413, "too_large")
    return problem_response(400, "invalid")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form, or a stranger, without the token that ties it to a page of ours."""
    return _answer(request, 403, "csrf")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what this account may not see or do."""
    return _answer(request, 403, "wrong_role")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown path."""
    return _answer(request, 404, "not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what nobody foresaw; Django has logged it."""
    return _answer(request, 500, "server_error")


def _answer(request: HttpRequest, status: int, code: str) -> HttpResponse:
    """Return a problem or a page. The page asks no database: it may be the database that failed."""
    if request.path.startswith(MACHINE_PATHS):
        return problem_response(status, code)
    return HttpResponse(render_to_string(f"{status}.html"), status=status)
