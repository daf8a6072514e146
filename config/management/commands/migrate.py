"""Command `migrate`: Django's own, refused beside a running embedded server."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoCommand

from config.instance import AlreadyRunning, hold


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, holding the data folder in the embedded default."""
        if not settings.EMBEDDED:
            super().handle(*args, **options)
            return
        try:
            with hold(settings.DATA_DIR):
                super().handle(*args, **options)
        except AlreadyRunning as refusal:
            raise CommandError(str(refusal)) from refusal
