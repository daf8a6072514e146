"""The doors for sockets."""

from django.urls import path

from notifications.consumers.board import board_application
from notifications.consumers.stream import stream_application

websocket_urlpatterns = [
    path("ws/stream/", stream_application),
    path("ws/board/", board_application),
]
