"""A dead man's switch: a watcher outside is told while all is well, and misses us when it is not.

Silence means that the server, the machine or its line is down, or that something red stands on the
board. In a thread of its own: a watcher that hangs delays nothing here.
"""

import logging
import threading
from datetime import UTC, datetime

import httpx
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from config.threads import SupervisedThread
from notifications.engine_watch import RED, engine_problems
from notifications.policy import WATCH

logger = logging.getLogger(__name__)


def run(stopping: threading.Event) -> None:
    """Tell the watcher every minute until told to stop. A watcher that fails is logged once."""
    failing = False
    try:
        while not stopping.wait(WATCH.heartbeat_every_s):
            close_old_connections()
            if is_well(datetime.now(UTC)):
                worked = ping(settings.GERAK_HEARTBEAT_URL)
                if not worked and not failing:
                    logger.warning("the watcher outside does not answer; trying on")
                failing = not worked
    finally:
        connections.close_all()


def is_well(now: datetime) -> bool:
    """Say whether nothing red stands on the board."""
    try:
        return all(problem.level != RED for problem in engine_problems(now))
    except DatabaseError:
        return False


def ping(url: str) -> bool:
    """Tell the watcher once; say whether it answered. Never raises."""
    try:
        answer = httpx.get(url, timeout=WATCH.heartbeat_timeout_s, follow_redirects=True)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return answer.is_success


HEARTBEAT_THREAD = SupervisedThread("heartbeat", run)
