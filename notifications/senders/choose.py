"""Picks the sender that the settings ask for, once a process."""

import logging
from functools import lru_cache

from django.conf import settings

from notifications.senders.account import PushMisconfigured
from notifications.senders.base import Sender
from notifications.senders.console import ConsoleSender
from notifications.senders.push import PushSender

logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def current_sender() -> Sender:
    """Return the process's sender. Never raises.

    No `GERAK_FCM_CREDENTIALS`: the console sender. A key that cannot be used: a console sender
    whose every outcome is a configuration fault and says what is wrong.
    """
    if not settings.GERAK_FCM_CREDENTIALS:
        return ConsoleSender()
    try:
        return PushSender.from_file(
            settings.GERAK_FCM_CREDENTIALS, stand_in_url=settings.GERAK_FCM_URL
        )
    except PushMisconfigured as error:
        logger.error("Push cannot be used: %s", error)  # noqa: TRY400  (the cause may hold the key)
        return ConsoleSender(reason=f"push is misconfigured: {error}", configuration_fault=True)


def reset_sender() -> None:
    """Forget the chosen sender, so that the next call reads the settings again (for tests)."""
    current_sender.cache_clear()
