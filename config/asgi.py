"""The ASGI door: check-ins by the short way, the rest of HTTP by Django, sockets by their routes.

`/ws/stream/` comes bare, for phones: cookies count for nothing there and no Origin is needed.
Every other socket comes with the session of its cookie, from pages of our own alone.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.core.asgi import get_asgi_application
from django.urls import re_path

import config.bootstrap  # noqa: F401  (first of ours: it sets Django up for what follows)
from config.problems import problem_body
from config.process import ServerProcess
from config.same_origin import SameOrigin
from notifications.routing import websocket_urlpatterns
from responders.ingest.asgi import CheckInApplication

STREAM_PATH = "/ws/stream/"
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


async def refuse_socket(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a socket to nowhere with the handshake's 403."""
    await receive()
    await send({"type": "websocket.close"})


http = CheckInApplication(get_asgi_application(), problem_body=problem_body)
# `re_path` takes any callable; the stubs know of Django's views alone.
nowhere = re_path("", refuse_socket)  # type: ignore[arg-type]
sockets = URLRouter([*websocket_urlpatterns, nowhere])
page_sockets = SameOrigin(AuthMiddlewareStack(sockets))


async def route(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a connection to its door."""
    if scope["type"] == "http":
        await http(scope, receive, send)
    elif scope["path"] == STREAM_PATH:
        await sockets(scope, receive, send)
    else:
        await page_sockets(scope, receive, send)


application = ServerProcess(route)
