"""Eight hours without a network: everything arrives at once, each once, and is judged right."""

import json
import time
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from incidents.services.evidence import review_due
from responders.ingest.bearers import BEARERS
from responders.ingest.queue import COMMIT_QUEUE
from responders.models import CheckIn
from responders.wire_time import to_milliseconds, to_wire
from tests.drama import Gps
from tests.factories import crew_of, make_assignment, make_device, make_incident, make_unit
from tests.responders.doors import call_short_way

HOURS, EVERY_S, BATCH = 8, 10, 500


@pytest.fixture(autouse=True)
def _flusher(transactional_db):
    BEARERS.clear()
    COMMIT_QUEUE.reopen()
    yield
    COMMIT_QUEUE.drain()
    COMMIT_QUEUE.reopen()


@pytest.fixture
def shift():
    """A unit sent eight hours ago, whose phone lost the network in that moment."""
    sent_at = to_milliseconds(timezone.now() - timedelta(hours=HOURS))
    unit = make_unit()
    device = make_device(crew_of(unit)[0], enrolled_at=sent_at)
    gps = Gps(device)
    incident = make_incident(now=sent_at, lat=gps.lat + 0.018, lon=gps.lon)
    return make_assignment(unit=unit, incident=incident, now=sent_at), device, gps


def a_shift_of(gps, since, *, leaves_after_s):
    """Stand, drive for three minutes, and stand for the rest of eight hours."""
    timed = gps.stands(since, leaves_after_s, every=EVERY_S)
    timed += gps.drives(since + timedelta(seconds=leaves_after_s), 180, every=EVERY_S)
    over_s = leaves_after_s + 180
    rest_s = HOURS * 3600 - over_s
    timed += gps.stands(since + timedelta(seconds=over_s), rest_s, every=EVERY_S)
    return [item for _at, item in timed]


def upload(device, items):
    """Send an outbox as a phone does, in batches of 500; return the seconds it took."""
    headers = {"Authorization": f"Bearer {device.token}"}
    heard = timezone.now()
    began = time.perf_counter()
    for start in range(0, len(items), BATCH):
        body = {
            "check_ins": items[start : start + BATCH],
            "sent_at": to_wire(timezone.now()),
            "server_time_seen": {"server_time": to_wire(heard), "at": to_wire(heard)},
        }
        answer = async_to_sync(call_short_way)([json.dumps(body).encode()], headers)
        assert {one["status"] for one in answer.json["results"]} == {"stored"}
        heard = timezone.now()
    return time.perf_counter() - began


@pytest.mark.parametrize(
    ("leaves_after_s", "verdict"), [(120, ("moved", "")), (1_200, ("moved_late", ""))]
)
def test_an_outbox_of_eight_hours_is_stored_once_and_judged_right(shift, leaves_after_s, verdict):
    assignment, device, gps = shift
    items = a_shift_of(gps, assignment.dispatched_at, leaves_after_s=leaves_after_s)

    took_s = upload(device, items)
    review_due(timezone.now() + timedelta(seconds=1))

    rows = CheckIn.objects.filter(device=device)
    stored = {str(row.client_id): to_wire(row.recorded_at) for row in rows}
    assert len(items) == HOURS * 3600 // EVERY_S
    assert stored == {item["id"]: item["recorded_at"] for item in items}
    assignment.refresh_from_db()
    assert (assignment.verdict, assignment.verdict_reason) == verdict
    left_at = assignment.dispatched_at + timedelta(seconds=leaves_after_s)
    assert abs(assignment.moved_at - left_at) <= timedelta(seconds=30)
    print(f"\n{len(items)} check-ins of {HOURS} hours offline uploaded in {took_s:.2f} s")
