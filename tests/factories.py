"""Rows for tests: plain functions with boring defaults; what a test cares about it says itself."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from incidents.models import Area, Call, Incident, IncidentType
from incidents.services.dispatch import dispatch_unit
from incidents.services.intake import Report, open_incident
from incidents.services.service_tokens import issue_service_token
from responders.models import Agency, CrewShift, Device, Unit, User
from responders.tokens import digest_of, new_device_token

T0 = datetime(2026, 11, 24, 3, 0, 0, tzinfo=UTC)
BALAI_KOTA = (-0.79948, 100.65278)
_numbers = itertools.count(1)


def seconds(count):
    return timedelta(seconds=count)


def minutes(count):
    return timedelta(minutes=count)


def make_agency(key="damkar", **over):
    fields = {"name": key.title(), "short_name": key.title()} | over
    return Agency.objects.get_or_create(key=key, defaults=fields)[0]


def make_user(username=None, role="crew", **over):
    username = username or f"{role}-{next(_numbers)}"
    fields = {"name": username.title(), "is_staff": role == "staff"} | over
    return User.objects.create_user(username=username, role=role, **fields)


def make_staff(username=None, **over):
    return make_user(username, role="staff", is_superuser=over.pop("is_superuser", True), **over)


def make_unit(call_sign=None, *, agency=None, crew=1, **over):
    """A unit on duty with its crew on a standing shift."""
    call_sign = call_sign or f"Regu {next(_numbers)}"
    fields = {
        "kind": "fire_engine",
        "home_lat": BALAI_KOTA[0],
        "home_lon": BALAI_KOTA[1],
    } | over
    unit = Unit.objects.create(call_sign=call_sign, agency=agency or make_agency(), **fields)
    for _ in range(crew):
        CrewShift.objects.create(user=make_user(), unit=unit, starts_at=T0 - timedelta(days=30))
    return unit


def crew_of(unit):
    return [shift.user for shift in unit.shifts.order_by("user_id")]


def make_device(user, **over):
    """An enrolled phone; its token stands in `device.token`."""
    token = new_device_token()
    fields = {"name": "Redmi", "platform": "android", "enrolled_at": T0 - timedelta(days=1)} | over
    device = Device.objects.create(user=user, token_digest=digest_of(token), **fields)
    device.token = token
    return device


def make_area(code="13.72.01.1004", name="IX Korong", level="kelurahan", parent=None, **over):
    fields = {
        "name": name,
        "level": level,
        "parent": parent,
        "centroid_lat": -0.800065,
        "centroid_lon": 100.64983,
    } | over
    return Area.objects.get_or_create(code=code, defaults=fields)[0]


def make_type(key="kebakaran_bangunan", **over):
    fields = {
        "label": "Kebakaran bangunan",
        "label_en": "Building fire",
        "category": "kebakaran",
        "priority": 1,
        "notice": "area",
    } | over
    return IncidentType.objects.get_or_create(key=key, defaults=fields)[0]


def make_incident(*, now=T0, actor=None, call=None, **over) -> Incident:
    fields = {
        "type": over.pop("type", None) or make_type(),
        "summary": "Rumah terbakar",
        "lat": BALAI_KOTA[0],
        "lon": BALAI_KOTA[1],
        "caller_name": "Bu Ani",
        "caller_phone": "081234567890",
    } | over
    return open_incident(report=Report(**fields), actor=actor, now=now, call=call)


def make_assignment(*, unit=None, incident=None, now=T0, actor=None):
    return dispatch_unit(
        incident=incident or make_incident(now=now),
        unit=unit or make_unit(),
        actor=actor,
        now=now,
    )


def make_call(call_id=None, **over):
    fields = {"state": "answered", "received_at": T0, "answered_at": T0} | over
    return Call.objects.create(call_id=call_id or f"call-{uuid4()}", **fields)


def make_service_token(user=None):
    return issue_service_token(user=user or make_staff(), now=T0)
