"""Agencies, units, crew, phones, duty and check-ins. Knows no incident."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from responders.access_logs import keep_queries_out


class RespondersConfig(AppConfig):
    name = "responders"
    verbose_name = _("Regu dan petugas")

    def ready(self) -> None:
        import_module("responders.receivers")
        keep_queries_out()
