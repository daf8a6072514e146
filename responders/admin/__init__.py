"""Agencies, units, shifts, people, phones and check-ins at the desk."""

from responders.admin.access import AccessEntryAdmin
from responders.admin.devices import CheckInAdmin, DeviceAdmin
from responders.admin.findings import SecurityFindingAdmin
from responders.admin.people import PersonAdmin
from responders.admin.units import AgencyAdmin, CrewShiftAdmin, UnitAdmin

__all__ = [
    "AccessEntryAdmin",
    "AgencyAdmin",
    "CheckInAdmin",
    "CrewShiftAdmin",
    "DeviceAdmin",
    "PersonAdmin",
    "SecurityFindingAdmin",
    "UnitAdmin",
]
