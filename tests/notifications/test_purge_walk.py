"""The purge walks over each due row once, in an order that an index gives, also of one moment."""

from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.services import purge
from responders.models import CheckIn
from tests.factories import T0, crew_of, make_device, make_unit

pytestmark = pytest.mark.django_db
LATER = T0 + timedelta(days=400)


def test_rows_of_one_moment_are_each_visited_once(monkeypatch):
    monkeypatch.setattr(purge, "BATCH_ROWS", 2)
    phone = make_device(crew_of(make_unit())[0])
    moments = [T0 + timedelta(days=1)] * 3 + [T0] * 4 + [LATER]
    for number, received_at in enumerate(moments):
        CheckIn.objects.create(
            device=phone,
            client_id=uuid4(),
            recorded_at=received_at,
            received_at=received_at,
            salt="salt",
            data_digest="d",
            previous_hash=str(number),
            hash=str(number + 1),
        )
    (kind,) = [kind for kind in purge.KINDS if kind.key == "evidence_positions"]

    visited = [key for keys in purge._batches(kind, LATER) for key in keys]

    due = CheckIn.objects.filter(received_at__lt=LATER).order_by("received_at", "pk")
    assert visited == list(due.values_list("pk", flat=True))
