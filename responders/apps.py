"""Agencies, units, crew, phones, duty and check-ins. Knows no incident."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from responders.access_logs import keep_queries_out


class RespondersConfig(AppConfig):
    name = "responders"
    verbose_name = _("Regu dan petugas")

    def ready(self) -> None:
        keep_queries_out()
