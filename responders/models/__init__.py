from responders.models.access import AccessEntry
from responders.models.agency import Agency
from responders.models.check_in import CheckIn
from responders.models.device import AttemptCounter, Device, EnrolmentCode
from responders.models.finding import SecurityFinding
from responders.models.readiness import ReadinessReport
from responders.models.unit import CrewShift, DutyStatus, Unit
from responders.models.user import User

__all__ = [
    "AccessEntry",
    "Agency",
    "AttemptCounter",
    "CheckIn",
    "CrewShift",
    "Device",
    "DutyStatus",
    "EnrolmentCode",
    "ReadinessReport",
    "SecurityFinding",
    "Unit",
    "User",
]
