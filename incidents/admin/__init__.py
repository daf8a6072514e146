"""The desk: calls, incidents, assignments, their journal, the city's tables, the board."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.admin.assignments import AssignmentAdmin
from incidents.admin.calls import CallAdmin
from incidents.admin.catalogue import AreaAdmin, IncidentTypeAdmin
from incidents.admin.field import CrewAlertAdmin
from incidents.admin.handovers import ShiftHandoverAdmin
from incidents.admin.incidents import IncidentAdmin
from incidents.admin.journal import (
    IncidentEventAdmin,
    MilestoneAdmin,
    MovementVerdictAdmin,
    TimerAdmin,
)
from incidents.admin.tokens import ServiceTokenAdmin

admin.site.site_url = None  # there is no other site to view
admin.site.index_title = _("Semua data")
admin.site.enable_nav_sidebar = False  # its 300 pixels are better spent on the incident

__all__ = [
    "AreaAdmin",
    "AssignmentAdmin",
    "CallAdmin",
    "CrewAlertAdmin",
    "IncidentAdmin",
    "IncidentEventAdmin",
    "IncidentTypeAdmin",
    "MilestoneAdmin",
    "MovementVerdictAdmin",
    "ServiceTokenAdmin",
    "ShiftHandoverAdmin",
    "TimerAdmin",
]
