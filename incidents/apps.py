"""What was reported, who was sent, what became of it, whether they moved."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("Kejadian")

    def ready(self) -> None:
        import_module("incidents.receivers")
