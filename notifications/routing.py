"""The doors for sockets."""

from django.urls import path

from notifications.consumers.board import board_application
from notifications.consumers.stream import stream_application

# `path` takes any callable; the stubs know of Django's views alone.
websocket_urlpatterns = [
    path("ws/stream/", stream_application),  # type: ignore[arg-type]
    path("ws/board/", board_application),  # type: ignore[arg-type]
]
