"""A phone's first and last words: enrol, where pushes go, sign out."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from responders.models import Device
from responders.requests import DeviceRequest, address_of
from responders.serializers import EnrolIn, EnrolOut, PushTokenIn, person_out
from responders.services.enrolment import enrol_device, set_push_token, sign_out


class Enrol(APIView):
    """Open to strangers; failures are counted by the service, so no throttle by address here."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []

    @extend_schema(operation_id="devices_enrol", request=EnrolIn, responses={201: EnrolOut})
    def post(self, request: Request) -> Response:
        """Redeem a one-time code for this phone's token."""
        body = EnrolIn(data=request.data)
        body.is_valid(raise_exception=True)
        told = body.validated_data
        device, token = enrol_device(
            code=told["code"],
            name=told["name"],
            platform=told["platform"],
            address=address_of(request),
            now=timezone.now(),
        )
        person = person_out(device.user)
        return Response({"device_id": str(device.pk), "token": token, "person": person}, 201)


class PushToken(APIView):
    @extend_schema(operation_id="me_push_token", request=PushTokenIn, responses={204: None})
    def put(self, request: DeviceRequest) -> Response:
        """Say where pushes for this phone go."""
        body = PushTokenIn(data=request.data)
        body.is_valid(raise_exception=True)
        set_push_token(
            device=request.auth,
            push_token=body.validated_data["push_token"],
            kind=body.validated_data.get("kind") or Device.PushKind.REGISTRATION,
            now=timezone.now(),
        )
        return Response(status=204)


class MyDevice(APIView):
    @extend_schema(operation_id="me_device_delete", responses={204: None})
    def delete(self, request: DeviceRequest) -> Response:
        """Sign this phone out: nothing is sent to it after the answer."""
        sign_out(device=request.auth, now=timezone.now())
        return Response(status=204)
