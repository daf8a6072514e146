"""The short way in: an ASGI application before Django that takes `POST /api/v1/check-ins` alone.

Django's own request cycle costs 20 to 80 times what this route needs. Everything else goes on to
the application behind; the DRF view there defines what is right, and one suite of tests holds both
to it. The setting `GERAK_SHORT_WAY` turns this off. A query is no part of this door: what has one
goes the plain way, which looks whether a token leaked in it.

Not here, and not needed for a bearer-only JSON route: sessions, CSRF, host check.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import translation

from responders.check_in_batches import decode_body
from responders.ingest.bearers import BEARER_DESK, Bearer
from responders.ingest.intake import submit_check_ins
from responders.ingest.refusals import (
    Refused,
    not_authenticated,
    refusal_of,
    server_error,
    timeout,
    too_large,
    wrong_role,
)
from responders.messages import language_of
from responders.other_callers import is_other_caller
from responders.policy import CHECK_INS
from responders.tokens import bearer_of, is_device_token

logger = logging.getLogger(__name__)

PATH = "/api/v1/check-ins"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
ProblemBody = Callable[..., dict[str, Any]]


class CheckInApplication:
    """Answer check-in uploads; hand every other request to `inner`.

    `problem_body(status, code, detail, extra=…)` makes the body of a refusal.
    """

    def __init__(self, inner: Application, *, problem_body: ProblemBody) -> None:
        self._inner = inner
        self._problem_body = problem_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_ours(scope):
            await self._inner(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if settings.SECURE_SSL_REDIRECT and not _is_secure(scope, headers):
            await self._inner(scope, receive, send)  # which redirects
            return
        language = language_of(headers.get(b"accept-language", ""))
        with translation.override(language):
            answer = await _answer(headers, receive)
            if isinstance(answer, Refused):
                content = self._problem_body(
                    answer.status, answer.code, answer.text, extra=answer.extra
                )
                await _send(answer.status, content, send, language, extra=answer.headers())
            elif answer is not None:
                await _send(200, answer, send, language)


def _is_ours(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["path"] == PATH
        and scope["method"] == "POST"
        and not scope.get("query_string")
        and settings.GERAK_SHORT_WAY
    )


def _is_secure(scope: Scope, headers: Mapping[bytes, str]) -> bool:
    """Say whether the request came by TLS, here or at a proxy that the settings trust."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, wanted = settings.SECURE_PROXY_SSL_HEADER
        told = headers.get(name.removeprefix("HTTP_").replace("_", "-").lower().encode())
        if told is not None:
            return told.split(",")[0].strip() == wanted
    return scope.get("scheme") == "https"


async def _answer(
    headers: Mapping[bytes, str], receive: Receive
) -> dict[str, Any] | Refused | None:
    """Return what to answer; `None` where the phone went away."""
    try:
        bearer = await _bearer(headers)
        if bearer is None:
            return wrong_role() if await _is_other(headers) else not_authenticated()
        if bearer.role != "crew":
            return wrong_role()
        body = await _body(headers, receive)
        if body is None or isinstance(body, Refused):
            return body
        received_at = datetime.now(UTC)
        return await submit_check_ins(
            device_id=bearer.device_id, envelope=decode_body(body), received_at=received_at
        )
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            logger.exception("an upload of check-ins failed")
        return refusal or server_error()


async def _bearer(headers: Mapping[bytes, str]) -> Bearer | None:
    token = bearer_of(headers.get(b"authorization", ""))
    if token is None or not is_device_token(token):
        return None
    return await BEARER_DESK.bearer(token)


async def _is_other(headers: Mapping[bytes, str]) -> bool:
    """Say whether a stranger to phones is known elsewhere: another system at the desk."""
    token = bearer_of(headers.get(b"authorization", ""))
    if token is None or is_device_token(token):
        return False
    return await database_sync_to_async(is_other_caller, thread_sensitive=False)(token)


async def _body(headers: Mapping[bytes, str], receive: Receive) -> bytes | Refused | None:
    """Read the body, within its size and time; `None` where the phone went away."""
    declared = headers.get(b"content-length", "")
    if declared.isdecimal() and int(declared[:20]) > CHECK_INS.body_max_bytes:
        return too_large()
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body = message.get("body", b"")
        return too_large() if len(body) > CHECK_INS.body_max_bytes else body
    try:
        async with asyncio.timeout(CHECK_INS.body_timeout_s):
            return await _rest_of_body(message, receive)
    except TimeoutError:
        return timeout()


async def _rest_of_body(message: Mapping[str, Any], receive: Receive) -> bytes | Refused | None:
    chunks: list[bytes] = []
    size = 0
    while message["type"] == "http.request":
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > CHECK_INS.body_max_bytes:
            return too_large()
        if not message.get("more_body"):
            return b"".join(chunks)
        message = await receive()
    return None


async def _send(
    status: int,
    content: dict[str, Any],
    send: Send,
    language: str,
    *,
    extra: Mapping[str, str] | None = None,
) -> None:
    """Send a JSON answer."""
    body = msgspec.json.encode(content)
    media_type = b"application/json" if status == 200 else b"application/problem+json"
    headers = [
        (b"content-type", media_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-language", language.encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    headers += [(name.lower().encode(), value.encode()) for name, value in (extra or {}).items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
