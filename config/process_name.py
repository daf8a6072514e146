"""What this process is called in the engine watch."""

import socket

from django.conf import settings

EMBEDDED_NAME = "server"


def process_name() -> str:
    """Return a name that the process keeps over a restart, and that no other running one has.

    The embedded server is the only one; elsewhere GERAK_PROCESS_NAME, or host and port.
    """
    if settings.GERAK_PROCESS_NAME:
        return settings.GERAK_PROCESS_NAME
    if settings.EMBEDDED:
        return EMBEDDED_NAME
    return f"{socket.gethostname()}:{settings.PORT}"
