"""The access log, for those who watch over it."""

from django.apps import apps
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from responders.admin.desk import LookOnlyAdmin
from responders.admin.shown import MISSING, moment
from responders.models import AccessEntry


@admin.register(AccessEntry)
class AccessEntryAdmin(LookOnlyAdmin):
    """Who looked at whose personal data. Nobody changes it, from here or elsewhere."""

    agency_path = "actor__agency"
    list_display = ("at_clock", "actor", "action", "subject", "what", "reason", "address")
    list_filter = ("action", "at", "subject_kind")
    list_select_related = ("actor",)
    search_fields = ("actor__username", "actor__name", "=subject_id", "what", "reason")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    at_clock = staticmethod(moment("at", _("waktu")))

    @admin.display(description=_("tentang"), ordering="subject_kind")
    def subject(self, entry: AccessEntry) -> str:
        """Return the kind of row in words, and its id."""
        try:
            kind = str(apps.get_model(entry.subject_kind)._meta.verbose_name)
        except (LookupError, ValueError):
            kind = entry.subject_kind or MISSING
        return f"{kind} {entry.subject_id}".strip()
