"""Doors of the incidents under /api/v1/."""

from django.urls import path

from incidents.lifecycle import AssignmentState, Observation
from incidents.views import (
    assignments,
    desk_assignments,
    desk_calls,
    desk_incidents,
    field,
    proofs,
    telephony,
    units,
)

OBSERVATIONS = {
    "first-action": Observation.FIRST_ACTION,
    "departed": Observation.DEPARTED,
    "at-destination": Observation.AT_DESTINATION,
}
STEPS = {
    "acknowledge": AssignmentState.ACKNOWLEDGED,
    "en-route": AssignmentState.EN_ROUTE,
    "on-scene": AssignmentState.ON_SCENE,
    "complete": AssignmentState.COMPLETED,
    "decline": AssignmentState.DECLINED,
}

urlpatterns = [
    path("assignments", assignments.AssignmentList.as_view()),
    path("assignments/<uuid:assignment_id>", assignments.AssignmentDetail.as_view()),
    path("assignments/<uuid:assignment_id>/movement-proof", proofs.MovementProofView.as_view()),
    *(
        path(f"assignments/<uuid:assignment_id>/{word}", assignments.StepView.as_view(step=step))
        for word, step in STEPS.items()
    ),
    *(
        path(
            f"assignments/<uuid:assignment_id>/{word}",
            assignments.ObservationView.as_view(observation=observation),
        )
        for word, observation in OBSERVATIONS.items()
    ),
    path("assignments/<uuid:assignment_id>/notes", field.Notes.as_view()),
    path("assignments/<uuid:assignment_id>/photos", field.Photos.as_view()),
    path("alerts", field.Alerts.as_view()),
    path("alerts/<uuid:alert_id>", field.AlertDetail.as_view()),
    path("alerts/<uuid:alert_id>/withdraw", field.AlertWithdraw.as_view()),
    path("me/duty-status", units.MyDutyStatus.as_view()),
    path("telephony/calls", telephony.CallEvents.as_view()),
    path("desk/incidents", desk_incidents.Incidents.as_view()),
    path("desk/incidents/<uuid:incident_id>", desk_incidents.IncidentDetail.as_view()),
    path("desk/incidents/<uuid:incident_id>/timeline", desk_incidents.Timeline.as_view()),
    path(
        "desk/incidents/<uuid:incident_id>/recommendation",
        desk_incidents.RecommendationView.as_view(),
    ),
    path("desk/incidents/<uuid:incident_id>/assignments", desk_assignments.Assignments.as_view()),
    path("desk/incidents/<uuid:incident_id>/close", desk_incidents.IncidentClose.as_view()),
    path("desk/incidents/<uuid:incident_id>/merge", desk_calls.IncidentMerge.as_view()),
    path("desk/incidents/<uuid:incident_id>/unmerge", desk_calls.IncidentUnmerge.as_view()),
    path("desk/assignments/<uuid:assignment_id>", desk_assignments.AssignmentDetail.as_view()),
    path(
        "desk/assignments/<uuid:assignment_id>/cancel", desk_assignments.AssignmentCancel.as_view()
    ),
    path(
        "desk/assignments/<uuid:assignment_id>/movement-proof",
        proofs.DeskMovementProofView.as_view(),
    ),
    path("desk/units", units.DeskUnits.as_view()),
    path("desk/calls/<path:call_id>/classify", desk_calls.CallClassify.as_view()),
    path("desk/calls/<path:call_id>/claim", desk_calls.CallClaim.as_view()),
    path("desk/calls/<path:call_id>/release", desk_calls.CallRelease.as_view()),
    path("desk/calls/<path:call_id>/join", desk_calls.CallJoin.as_view()),
    path("desk/calls/<path:call_id>/leave", desk_calls.CallLeave.as_view()),
]
