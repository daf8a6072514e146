"""Everything that leaves: sockets, pushes, notices, and the ledger of what arrived."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Pemberitahuan")

    def ready(self) -> None:
        import_module("notifications.receivers")
