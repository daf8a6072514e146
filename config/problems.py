"""Errors on the wire: RFC 9457 problem+json, one table from exceptions to statuses.

Belongs here: the shape of an error's body. Not here: what is refused.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from responders.errors import Refusal

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_BUSY_S = 2
# One word for one fault at every door, whatever the library calls it.
WIRE_CODES = {"max_value": "out_of_range", "min_value": "out_of_range"}
CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "wrong_role",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    429: "throttled",
    503: "busy",
}


def problem_body(
    status: int,
    code: str,
    detail: str = "",
    *,
    errors: list[dict[str, str]] | None = None,
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the body of an error: type, title, status, detail, code, and what else belongs."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _title(status),
        "status": status,
        "detail": detail or _title(status),
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return body | (extra or {})


def problem_response(status: int, code: str, detail: str = "") -> JsonResponse:
    """Return an error outside DRF."""
    return JsonResponse(
        problem_body(status, code, detail), status=status, content_type=CONTENT_TYPE
    )


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into a problem; unforeseen exceptions go on to Django."""
    answer = _refusal(error) or _rest_framework_error(error)
    if answer is None:
        return None
    set_rollback()
    answer.content_type = CONTENT_TYPE
    return answer


def _refusal(error: Exception) -> Response | None:
    if isinstance(error, RequestDataTooBig):
        return Response(problem_body(413, "too_large"), 413)
    if isinstance(error, OperationalError | InterfaceError):
        response = Response(
            problem_body(503, "busy", _("Server sedang sibuk. Tidak ada yang tersimpan.")), 503
        )
        response["Retry-After"] = str(RETRY_AFTER_BUSY_S)
        return response
    if not isinstance(error, Refusal):
        return None
    body = problem_body(error.status, error.code, str(error), extra=dict(error.extra))
    response = Response(body, error.status)
    if error.retry_after_s is not None:
        response["Retry-After"] = str(error.retry_after_s)
    return response


def _rest_framework_error(error: Exception) -> Response | None:
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    status = error.status_code
    errors = None
    if isinstance(error, exceptions.ValidationError):
        errors = list(_field_errors(error.get_full_details()))
        detail = _("Ada isian yang tidak sah.")
        code = errors[0]["code"] if len(errors) == 1 and not errors[0]["field"] else "invalid"
    else:
        own_words = status in (405, 406, 415)
        detail = _title(status) if own_words else str(error.detail)
        code = CODES.get(status, "error")
        if isinstance(error, exceptions.ParseError):
            code = "bad_form" if error.get_codes() == "bad_form" else "bad_json"
    response = Response(problem_body(status, code, detail, errors=errors), status)
    if isinstance(error, exceptions.Throttled):  # its `wait` is missing from the stubs
        response["Retry-After"] = str(int(error.wait or 1) + 1)  # type: ignore[attr-defined]
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _field_errors(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested details into field paths such as check_ins.3.lat."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        field = path.removesuffix("non_field_errors").rstrip(".")
        yield {
            "field": field,
            "code": WIRE_CODES.get(str(details["code"]), str(details["code"])),
            "message": str(details["message"]),
        }
    elif isinstance(details, dict):
        for key, value in details.items():
            yield from _field_errors(value, f"{path}.{key}" if path else str(key))
    elif isinstance(details, list):
        for number, value in enumerate(details):
            leaf = isinstance(value, dict) and set(value) == {"message", "code"}
            yield from _field_errors(value, path if leaf else f"{path}.{number}")


def _title(status: int) -> str:
    return {
        400: _("Permintaan tidak sah"),
        401: _("Belum masuk"),
        403: _("Tidak diizinkan"),
        404: _("Tidak ditemukan"),
        405: _("Cara ini tidak dilayani di sini"),
        406: _("Hanya JSON yang dilayani di sini"),
        409: _("Bertentangan dengan keadaan sekarang"),
        413: _("Terlalu besar"),
        415: _("Isi permintaan harus JSON"),
        429: _("Terlalu banyak permintaan"),
        503: _("Sedang sibuk"),
    }.get(status, _("Kesalahan"))
