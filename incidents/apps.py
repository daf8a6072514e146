"""What was reported, who was sent, what became of it, whether they moved."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from responders.other_callers import tell_apart


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("Kejadian")

    def ready(self) -> None:
        import_module("incidents.receivers")
        tokens = import_module("incidents.services.service_tokens")
        tell_apart(tokens.is_service_token)
