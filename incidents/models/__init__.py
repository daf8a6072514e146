from incidents.models.anchor import HeadAnchor
from incidents.models.area import Area
from incidents.models.assignment import Assignment, AssignmentCrew, Milestone
from incidents.models.call import Call
from incidents.models.catalogue import IncidentType, Routing
from incidents.models.chore import Chore
from incidents.models.evidence import MovementVerdict
from incidents.models.field import CrewAlert, Note, Photo
from incidents.models.handover import HandoverEntry, ShiftHandover
from incidents.models.incident import Incident, NumberSequence
from incidents.models.journal import EventText, IncidentEvent, JournalHead
from incidents.models.landmark import Landmark
from incidents.models.next_unit import NextUnit
from incidents.models.proof import MovementProof
from incidents.models.report import IssuedReport
from incidents.models.request import AgencyRequest
from incidents.models.service_token import ClientRequest, ServiceToken
from incidents.models.timer import Timer

__all__ = [
    "AgencyRequest",
    "Area",
    "Assignment",
    "AssignmentCrew",
    "Call",
    "Chore",
    "ClientRequest",
    "CrewAlert",
    "EventText",
    "HandoverEntry",
    "HeadAnchor",
    "Incident",
    "IncidentEvent",
    "IncidentType",
    "IssuedReport",
    "JournalHead",
    "Landmark",
    "Milestone",
    "MovementProof",
    "MovementVerdict",
    "NextUnit",
    "Note",
    "NumberSequence",
    "Photo",
    "Routing",
    "ServiceToken",
    "ShiftHandover",
    "Timer",
]
