"""Keep what phones report before the emergency, and the proof that a push reached one."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import rfc8785
from django.db import IntegrityError, transaction

from responders.errors import IdReused
from responders.models import Device, ReadinessReport
from responders.services.status import note_status


@dataclass(frozen=True)
class Kept:
    """A stored report, and whether it is new."""

    report: ReadinessReport
    is_new: bool


def keep_report(
    *,
    device: Device,
    client_id: UUID,
    body: dict[str, Any],
    told: dict[str, Any],
    probe: bool,
    now: datetime,
) -> Kept:
    """Keep a report; a repeat finds the stored one. Raises IdReused for another body.

    body: what was said, as JSON; told: its values by the names of the model's fields. probe: a
    push shall be sent, which the sweeper does within a second.
    """
    digest = hashlib.sha256(rfc8785.dumps(body)).hexdigest()
    try:
        with transaction.atomic():
            report = ReadinessReport.objects.create(
                device=device,
                client_id=client_id,
                body_digest=digest,
                received_at=now,
                probe=uuid4() if probe else None,
                probe_due_at=now if probe else None,
                **told,
            )
            note_status(
                device_id=device.pk,
                unsent=told["unsent"] or 0,
                oldest_at=None,
                battery_pct=told["battery_pct"],
                now=now,
            )
    except IntegrityError:
        stored = ReadinessReport.objects.filter(device=device, client_id=client_id).first()
        if stored is None:
            raise
        if stored.body_digest != digest:
            raise IdReused from None
        return Kept(stored, is_new=False)
    return Kept(report, is_new=True)


def answer_probe(*, device: Device, probe: UUID, now: datetime) -> ReadinessReport | None:
    """Note that a phone got its probe; the first answer counts. None: the probe is not its own."""
    rows = ReadinessReport.objects.filter(device=device, probe=probe)
    rows.filter(probe_received_at=None).update(probe_received_at=now)
    return rows.first()
