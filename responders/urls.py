"""Doors of the responders under /api/v1/."""

from django.urls import path

from responders.views import check_ins, devices, readiness

urlpatterns = [
    path("devices/enrol", devices.Enrol.as_view()),
    path("me/push-token", devices.PushToken.as_view()),
    path("me/device", devices.MyDevice.as_view()),
    path("status", readiness.Status.as_view()),
    path("readiness", readiness.Readiness.as_view()),
    path("readiness/probes/<uuid:probe>/received", readiness.ProbeReceived.as_view()),
    path("check-ins", check_ins.CheckInsView.as_view()),
]
