"""Let sockets in from pages of this very host alone.

Channels' own validator switches itself off where every host is allowed, as in the embedded default,
and compares no port.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


class SameOrigin:
    """Refuse a handshake whose Origin is missing, another host, or another port."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        application = self._inner if is_same_origin(scope) else WebsocketDenier()
        await application(scope, receive, send)


def is_same_origin(scope: Scope) -> bool:
    """Compare the Origin with the Host of the same handshake, and with the trusted origins.

    The Host must be a name of ours: another site's name may lead to our address.
    """
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    domain, _port = split_domain_port(headers.get(b"host", ""))
    if not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    origin = headers.get(b"origin", "")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    scheme = {"ws": "http", "wss": "https"}.get(scope.get("scheme", "ws"))
    if settings.SECURE_PROXY_SSL_HEADER and headers.get(b"x-forwarded-proto") == "https":
        scheme = "https"
    return parts.scheme == scheme and parts.netloc == headers.get(b"host")
