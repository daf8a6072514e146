"""The doors over HTTP: the stream by polling, and notices."""

from django.urls import path

from notifications.views import (
    AnswerView,
    AssignmentSeen,
    EventsView,
    NoticesView,
    NoticeView,
    ReadView,
)
from notifications.views_drill import MyDrills, ReplyToDrill

urlpatterns = [
    path("events", EventsView.as_view(), name="events"),
    path("assignments/<uuid:assignment_id>/seen", AssignmentSeen.as_view()),
    path("drills", MyDrills.as_view()),
    path("drills/<uuid:drill_id>/reply", ReplyToDrill.as_view()),
    path("notices", NoticesView.as_view(), name="notices"),
    path("notices/<uuid:notice_id>", NoticeView.as_view(), name="notice"),
    path("notices/<uuid:notice_id>/read", ReadView.as_view(), name="notice-read"),
    path("notices/<uuid:notice_id>/answer", AnswerView.as_view(), name="notice-answer"),
]
