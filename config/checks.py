"""System checks: refuse shapes that cannot work, warn of those that are less than they seem."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from notifications.quiet import BadQuietHours, read_quiet_hours

CAP_SENDER = re.compile(r"[^\s,<&]+")  # CAP 1.2, 3.2.1: no spaces, commas or restricted characters
MEMORY_LAYER = "channels.layers.InMemoryChannelLayer"


@register()
def check_shape(app_configs: Any, **_options: Any) -> Sequence[CheckMessage]:
    """Several processes need a channel layer and a broker that reach them all."""
    if settings.EMBEDDED:
        return []
    found: list[CheckMessage] = []
    if settings.CHANNEL_LAYERS["default"]["BACKEND"] == MEMORY_LAYER:
        found.append(
            Error(
                "PostgreSQL with the in-memory channel layer: a change made in one process wakes "
                "no socket in another.",
                hint="Set REDIS_URL, or unset DATABASE_URL to run the embedded default.",
                id="gerak.E001",
            )
        )
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        found.append(
            Error(
                "PostgreSQL with the in-memory Celery broker: workers of their own hear nothing.",
                hint="Set REDIS_URL or CELERY_BROKER_URL.",
                id="gerak.E002",
            )
        )
    return found


@register()
def check_reports_copy(app_configs: Any, **_options: Any) -> Sequence[CheckMessage]:
    """A copy for the reports that is none: nothing to copy, or the database itself."""
    url = settings.GERAK_REPORTS_DATABASE_URL
    if not url or not (settings.EMBEDDED or url == settings.DATABASE_URL):
        return []
    return [
        Warning(
            "GERAK_REPORTS_DATABASE_URL takes no load off the database: "
            + ("SQLite has no copy." if settings.EMBEDDED else "it names the same one."),
            hint="Name a standby that follows it, or leave it empty.",
            id="gerak.W006",
        )
    ]


@register()
def check_cap_sender(app_configs: Any, **_options: Any) -> Sequence[CheckMessage]:
    """A name that CAP forbids makes every public alert invalid."""
    sender = settings.GERAK_CAP_SENDER
    if not sender or CAP_SENDER.fullmatch(sender):
        return []
    return [
        Error(
            f"GERAK_CAP_SENDER={sender!r} holds what CAP forbids: a space, a comma, < or &.",
            hint="Give the domain that speaks to the public, such as 112.city.example.",
            id="gerak.E006",
        )
    ]


@register()
def check_push(app_configs: Any, **_options: Any) -> Sequence[CheckMessage]:
    """Without a key no phone with a closed socket is woken."""
    file = settings.GERAK_FCM_CREDENTIALS
    if not file:
        return [
            Warning(
                "No push key: phones whose socket is closed are not woken; pushes are only logged.",
                hint="Set GERAK_FCM_CREDENTIALS to the Firebase service-account file.",
                id="gerak.W001",
            )
        ]
    if not os.access(file, os.R_OK):
        return [Error(f"The push key {file} cannot be read.", id="gerak.E003")]
    return []


@register()
def check_delivery(app_configs: Any, **_options: Any) -> Sequence[CheckMessage]:
    """Quiet hours that say nothing, and a gateway that could not tell us from anybody else."""
    found: list[CheckMessage] = []
    try:
        read_quiet_hours(settings.GERAK_QUIET_HOURS)
    except BadQuietHours:
        found.append(
            Error(
                "GERAK_QUIET_HOURS names no hours.",
                hint="Write it as 22:00-05:00, or leave it empty.",
                id="gerak.E004",
            )
        )
    if settings.GERAK_GATEWAY_URL and not settings.GERAK_GATEWAY_SECRET:
        found.append(
            Error(
                "A gateway without GERAK_GATEWAY_SECRET: it could not check who speaks.",
                hint="Set the secret that the gateway knows.",
                id="gerak.E005",
            )
        )
    return found


@register()
def check_data_folder(app_configs: Any, **_options: Any) -> Sequence[CheckMessage]:
    """The data folder holds keys and personal data: it belongs to the owner alone."""
    folder = Path(settings.DATA_DIR)
    if settings.EMBEDDED and folder.exists() and folder.stat().st_mode & 0o077:
        return [
            Warning(
                f"Others on this machine can open the data folder {folder}.",
                hint=f"chmod 700 {folder}",
                id="gerak.W002",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def check_proxy(app_configs: Any, **_options: Any) -> Sequence[CheckMessage]:
    """Behind a proxy that is not told of, everybody has the proxy's address and no TLS."""
    if settings.BEHIND_PROXY or not settings.SECURE_SSL_REDIRECT:
        return []
    return [
        Warning(
            "Nothing says that a proxy stands in front: its requests are redirected for ever.",
            hint="Set GERAK_BEHIND_PROXY=1 where nginx ends TLS.",
            id="gerak.W005",
        )
    ]


@register(Tags.security, deploy=True)
def check_hosts(app_configs: Any, **_options: Any) -> Sequence[CheckMessage]:
    """In production a server answers to its own names."""
    if "*" in settings.ALLOWED_HOSTS:
        return [
            Warning(
                "Every host name is answered.",
                hint="Set GERAK_ALLOWED_HOSTS to the names of this server.",
                id="gerak.W003",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def check_second_factor(app_configs: Any, **_options: Any) -> Sequence[CheckMessage]:
    """In production a stolen password alone opens no desk."""
    if settings.GERAK_REQUIRE_2FA:
        return []
    return [
        Warning(
            "Staff sign in by password alone unless they set up a second factor themselves.",
            hint="Set GERAK_REQUIRE_2FA=1.",
            id="gerak.W004",
        )
    ]
