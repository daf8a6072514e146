"""The composition root as an app: commands, checks and templates that belong to the whole."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings

from config.error_reports import start_error_reports


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Gerak 112"

    def ready(self) -> None:
        import_module("config.checks")
        import_module("config.schema")
        if settings.GERAK_SENTRY_DSN:
            start_error_reports(settings.GERAK_SENTRY_DSN)
