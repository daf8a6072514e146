"""The shape of a movement proof, for the OpenAPI document; proofs/document.py makes the values."""

from rest_framework import serializers

from incidents.lifecycle import Verdict

JUDGED = [verdict for verdict in Verdict.values if verdict != Verdict.PENDING]


class HashedShape(serializers.Serializer):
    id = serializers.UUIDField()
    recorded_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    device = serializers.UUIDField()
    data_digest = serializers.CharField()


class EvidenceRowShape(serializers.Serializer):
    check_in = HashedShape()
    device = serializers.UUIDField()
    source_auth = serializers.ChoiceField(["strong", "weak"])
    clock_offset_s = serializers.ListField(
        child=serializers.FloatField(allow_null=True), min_length=2, max_length=2
    )
    links = serializers.ListField(child=serializers.CharField())
    previous_hash = serializers.CharField()
    hash = serializers.CharField()
    rest = serializers.DictField(allow_null=True)
    salt = serializers.CharField(allow_null=True)


class RuleShape(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.CharField()
    parameters = serializers.DictField(child=serializers.FloatField())


class MovementProofShape(serializers.Serializer):
    version = serializers.IntegerField()
    id = serializers.UUIDField()
    assignment = serializers.UUIDField()
    incident = serializers.UUIDField()
    incident_number = serializers.CharField()
    unit = serializers.IntegerField()
    unit_call_sign = serializers.CharField()
    rule = RuleShape()
    dispatched_at = serializers.DateTimeField()
    move_by = serializers.DateTimeField()
    moved_at = serializers.DateTimeField(allow_null=True)
    moved_at_bounds = serializers.ListField(
        child=serializers.DateTimeField(allow_null=True), min_length=2, max_length=2
    )
    known_at = serializers.DateTimeField(allow_null=True)
    verdict = serializers.ChoiceField(JUDGED)
    reason = serializers.CharField(allow_null=True)
    grade = serializers.CharField(allow_null=True)
    displacement_m = serializers.FloatField(allow_null=True)
    evidence = EvidenceRowShape(many=True)
    evidence_ids = serializers.ListField(child=serializers.UUIDField())
    supersedes = serializers.UUIDField(allow_null=True)
    issued_at = serializers.DateTimeField()
    key_id = serializers.CharField()
    signature = serializers.CharField()
