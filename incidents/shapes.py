"""The shapes of what goes out, for the OpenAPI document; serializers.py makes the values.

tests/test_contract.py holds both together.
"""

from rest_framework import serializers

from incidents.lifecycle import AssignmentState, CallClass, CallState, IncidentState, Verdict


class AreaShape(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class UnitShape(serializers.Serializer):
    id = serializers.IntegerField()
    call_sign = serializers.CharField()
    agency = serializers.CharField()


class CallerShape(serializers.Serializer):
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)


class ReportedShape(serializers.Serializer):
    """What is known of an incident, whoever is told."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    type = serializers.CharField()
    priority = serializers.IntegerField(min_value=1, max_value=4)
    summary = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)
    landmark = serializers.CharField(allow_blank=True)
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    areas = AreaShape(many=True)


class IncidentShape(ReportedShape):
    caller = CallerShape(allow_null=True)


class MovementShape(serializers.Serializer):
    verdict = serializers.ChoiceField(Verdict.values)
    reason = serializers.CharField(allow_null=True)
    moved_at = serializers.DateTimeField(allow_null=True)
    known_at = serializers.DateTimeField(allow_null=True)
    displacement_m = serializers.FloatField(allow_null=True)
    evidence = serializers.ListField(child=serializers.UUIDField())


class AssignmentShape(serializers.Serializer):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(AssignmentState.values)
    unit = UnitShape()
    incident = IncidentShape()
    reported_at = serializers.DateTimeField(allow_null=True)
    dispatched_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    en_route_at = serializers.DateTimeField(allow_null=True)
    on_scene_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    move_by = serializers.DateTimeField()
    movement = MovementShape()


class AssignmentPage(serializers.Serializer):
    results = AssignmentShape(many=True)
    next = serializers.CharField(allow_null=True)


class DeskIncidentShape(ReportedShape):
    call_id = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(IncidentState.values)
    disposition = serializers.CharField(allow_null=True)
    suggested_area = AreaShape(allow_null=True)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    assignments = serializers.ListField(child=serializers.UUIDField())


class DeskIncidentPage(serializers.Serializer):
    results = DeskIncidentShape(many=True)
    next = serializers.CharField(allow_null=True)


class EventShape(serializers.Serializer):
    seq = serializers.IntegerField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    assignment = serializers.UUIDField(allow_null=True)
    actor = serializers.CharField(allow_null=True)
    # DRF's metaclass takes the field out of the class, so it hides no `Serializer.data`.
    data = serializers.DictField()  # type: ignore[assignment]


class TimelineShape(serializers.Serializer):
    results = EventShape(many=True)
    next = serializers.CharField(allow_null=True)


class ReasonShape(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class CandidateShape(serializers.Serializer):
    unit = UnitShape()
    chosen = serializers.BooleanField()
    reasons = ReasonShape(many=True)
    distance_m = serializers.FloatField(allow_null=True)
    road_s = serializers.FloatField(allow_null=True)
    position_age_s = serializers.FloatField(allow_null=True)


class AgencyRequestShape(serializers.Serializer):
    id = serializers.UUIDField()
    agency = serializers.CharField()
    state = serializers.ChoiceField(["asked", "accepted", "refused", "withdrawn"])
    how = serializers.ChoiceField(["phone", "radio", "message", "in_person"])
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class OutsideShape(serializers.Serializer):
    agency = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField(allow_null=True)
    request = AgencyRequestShape(allow_null=True)


class RecommendationShape(serializers.Serializer):
    units = CandidateShape(many=True)
    unlisted = serializers.IntegerField()
    requests = OutsideShape(many=True)
    shortfalls = ReasonShape(many=True)


class CrewShape(serializers.Serializer):
    username = serializers.CharField()
    name = serializers.CharField(allow_blank=True)


class PositionShape(serializers.Serializer):
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    recorded_at = serializers.DateTimeField()


class UnitReadinessShape(serializers.Serializer):
    state = serializers.ChoiceField(["ready", "warning", "unreachable"])
    reasons = ReasonShape(many=True)


class DeskUnitShape(UnitShape):
    kind = serializers.CharField()
    status = serializers.CharField()
    crew = CrewShape(many=True)
    position = PositionShape(allow_null=True)
    reachable = serializers.BooleanField()
    readiness = UnitReadinessShape(allow_null=True)
    unsent = serializers.IntegerField(allow_null=True)
    battery_pct = serializers.FloatField(allow_null=True)


class DeskUnitPage(serializers.Serializer):
    results = DeskUnitShape(many=True)
    next = serializers.CharField(allow_null=True)


class MyUnitShape(UnitShape):
    status = serializers.CharField()


class DutyShape(serializers.Serializer):
    unit = MyUnitShape()


CallShape = type(
    "CallShape",
    (serializers.Serializer,),
    {
        "call_id": serializers.CharField(),
        "state": serializers.ChoiceField(CallState.values),
        "class": serializers.ChoiceField(CallClass.values, allow_null=True),
    },
)


class PersonShape(serializers.Serializer):
    username = serializers.CharField()
    name = serializers.CharField()


ClaimedCallShape = type(
    "ClaimedCallShape",
    (serializers.Serializer,),
    {
        "call_id": serializers.CharField(),
        "state": serializers.ChoiceField(CallState.values),
        "class": serializers.ChoiceField(CallClass.values, allow_null=True),
        "incident": serializers.UUIDField(allow_null=True),
        "claimed_by": PersonShape(allow_null=True),
        "claimed_at": serializers.DateTimeField(allow_null=True),
    },
)
