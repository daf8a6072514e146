"""Phones for the check-in tests: enrolled ones, and what they send."""

import uuid
from datetime import UTC, datetime, timedelta

from responders.chain import Link, data_of, verify_chain
from responders.ingest.commit import head_of_row
from responders.models import CheckIn, Device, User
from responders.tokens import digest_of, new_device_token
from responders.wire_time import to_wire


def make_phone(*, role="crew", **fields):
    """Enrol a phone; return its row and its token."""
    token = new_device_token()
    user = User.objects.create_user(username=f"person-{uuid.uuid4()}", role=role)
    device = Device.objects.create(
        user=user,
        name="Redmi Damkar 1",
        platform="android",
        enrolled_at=datetime.now(UTC),
        token_digest=digest_of(token),
        **fields,
    )
    return device, token


def item(*, ago_s=10.0, at=None, **changes):
    """Return one check-in as a phone sends it, recorded a while ago."""
    recorded_at = (at or datetime.now(UTC)) - timedelta(seconds=ago_s)
    sent = {
        "id": str(uuid.uuid4()),
        "recorded_at": to_wire(recorded_at),
        "lat": -0.789,
        "lon": 100.655,
        "accuracy_m": 8.5,
    }
    return {**sent, **changes}


def stored(device):
    """Return a phone's rows in the order of receipt."""
    return list(CheckIn.objects.filter(device=device).order_by("pk"))


def chain_fault(device):
    """Return the first bad row of a phone's chain; a fault too if the head is not its last hash."""
    rows = stored(device)
    links = [
        Link(head_of_row(row), data_of(vars(row)), row.salt, row.previous_hash, row.hash)
        for row in rows
    ]
    device.refresh_from_db()
    if rows and device.chain_head != rows[-1].hash:
        return "the head is not the last row's hash"
    return verify_chain(links)
