"""Name what keeps an upload from being stored, the same at every door of the check-ins.

The body that carries it (RFC 9457) is made by `config.problems`: the DRF view raises a `Refused`
and its handler does the rest; the short way is given the function.
"""

from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError

from responders.check_in_batches import ShapeError
from responders.check_ins import FieldError
from responders.errors import ResponderError
from responders.ingest.commit import Revoked
from responders.ingest.queue import Busy
from responders.messages import text_of
from responders.policy import FLUSH


class Refused(ResponderError):
    """An upload is not stored. Its words are in the language in force when it is made."""

    def __init__(
        self,
        status: int,
        code: str,
        errors: list[FieldError] | None = None,
        *,
        retry_after_s: int | None = None,
    ) -> None:
        self.status = int(status)
        self.code = code
        self.text = str(text_of(code))
        self.retry_after_s = retry_after_s
        extra: dict[str, Any] = {"errors": errors_out(errors)} if errors else {}
        super().__init__(**extra)

    def headers(self) -> dict[str, str]:
        """Return the headers that belong to it."""
        headers = {}
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(self.retry_after_s)
        return headers


def errors_out(errors: list[FieldError]) -> list[dict[str, str]]:
    """Return the fields at fault as the wire has them."""
    return [{"field": name, "code": code, "message": str(text_of(code))} for name, code in errors]


def not_authenticated() -> Refused:
    """No token, an unknown or a revoked one."""
    return Refused(HTTPStatus.UNAUTHORIZED, "not_authenticated")


def wrong_role() -> Refused:
    """Somebody who is known but no crew."""
    return Refused(HTTPStatus.FORBIDDEN, "wrong_role")


def bad_shape(error: ShapeError) -> Refused:
    """A body that is no upload, or a list asked for wrongly."""
    return Refused(HTTPStatus.BAD_REQUEST, error.code, error.errors)


def too_large() -> Refused:
    """A body beyond the limit."""
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")


def timeout() -> Refused:
    """A body that never ended."""
    return Refused(HTTPStatus.REQUEST_TIMEOUT, "timeout")


def server_error() -> Refused:
    """A fault of ours."""
    return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "server_error")


def refusal_of(error: Exception) -> Refused | None:
    """Return the refusal that an error of the intake means; `None` for a fault of ours."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, ShapeError):
        return bad_shape(error)
    if isinstance(error, Revoked):
        return not_authenticated()
    if isinstance(error, Busy | OperationalError | InterfaceError):
        return Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", retry_after_s=FLUSH.retry_after_s)
    return None
