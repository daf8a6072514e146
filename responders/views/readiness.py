"""A phone's word on itself: what it could not send, and whether an alarm would reach it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from responders.models import Device, ReadinessReport
from responders.readiness_words import check_text, maker_hint
from responders.requests import DeviceRequest
from responders.selectors import checks_of_report, probed_at
from responders.serializers import meant
from responders.services.readiness import answer_probe, keep_report
from responders.services.status import note_status
from responders.views.readiness_shapes import (
    ReadinessIn,
    ReadinessOut,
    StatusIn,
    report_fields,
)
from responders.wire_time import to_wire


class Status(APIView):
    @extend_schema(operation_id="status", request=StatusIn, responses={204: None})
    def post(self, request: DeviceRequest) -> Response:
        """Say how much could not be sent yet; the desk shows it."""
        body = StatusIn(data=request.data)
        body.is_valid(raise_exception=True)
        told = body.validated_data
        note_status(
            device_id=request.auth.pk,
            unsent=told["unsent"],
            oldest_at=told.get("oldest_at"),
            battery_pct=told.get("battery_pct"),
            now=timezone.now(),
        )
        return Response(status=204)


class Readiness(APIView):
    @extend_schema(operation_id="readiness", request=ReadinessIn, responses={200: ReadinessOut})
    def post(self, request: DeviceRequest) -> Response:
        """Report; a push is sent as a probe where one can be, to be answered at its own door."""
        body = ReadinessIn(data=request.data)
        body.is_valid(raise_exception=True)
        now, device = timezone.now(), request.auth
        kept = keep_report(
            device=device,
            client_id=body.validated_data["id"],
            body=meant(body),
            told=report_fields(body.validated_data),
            probe=_can_push_to(device),
            now=now,
        )
        return Response(_answer(kept.report, device, now))


class ProbeReceived(APIView):
    @extend_schema(operation_id="readiness_probe", request=None, responses={200: ReadinessOut})
    def post(self, request: DeviceRequest, probe: UUID) -> Response:
        """Say that the probe came by push: the checks of its report, with the push proven."""
        now = timezone.now()
        report = answer_probe(device=request.auth, probe=probe, now=now)
        if report is None:
            raise Http404
        return Response(_answer(report, request.auth, now))


def push_configured() -> bool:
    """Say whether this server can push at all."""
    return bool(settings.GERAK_FCM_CREDENTIALS)


def _can_push_to(device: Device) -> bool:
    return push_configured() and bool(device.push_token) and device.push_dead_at is None


def _answer(report: ReadinessReport, device: Device, now: datetime) -> dict[str, Any]:
    checks = checks_of_report(
        report,
        device,
        push_configured=push_configured(),
        probed=probed_at([device]).get(device.pk),
        now=now,
    )
    return {
        "ready": all(check.ok for check in checks),
        "checks": [
            {"code": check.code, "ok": check.ok, "message": check_text(check.code, ok=check.ok)}
            for check in checks
        ],
        "hint": maker_hint(report.model, report.platform, device.name),
        "server_time": to_wire(now),
        "probe": str(report.probe) if report.probe and not report.probe_received_at else None,
    }
