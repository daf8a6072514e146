"""Look through the check-ins that just came for tokens that two phones send with.

It looks at rows, so that whichever processes took them is the same, and no check-in waits for it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet

from responders.models import CheckIn, Device, SecurityFinding
from responders.policy import TWO_PHONES
from responders.services.findings import note_finding
from responders.two_phones import METRES_PER_DEGREE, Sighting, sent_by_two


def note_copied_phones(now: datetime) -> int:
    """Write down the phones whose check-ins since the last look two senders sent.

    Returns how many. What a token sent and what the phone's tracking id sent are held apart: the
    other may well be a vehicle's tracker. One settled meanwhile is not opened again by what came
    before.
    """
    since = now - timedelta(seconds=TWO_PHONES.look_every_s)
    settled = SecurityFinding.objects.filter(settled_at__gt=since).values("device")
    found = {
        device_id
        for device_id, sightings in _senders(since, now)
        if sent_by_two(sightings, TWO_PHONES)
    }
    for device in Device.objects.filter(pk__in=found).exclude(pk__in=settled):
        note_finding(kind=SecurityFinding.Kind.COPIED_TOKEN, device=device, now=now)
    return len(found)


def _came(since: datetime, now: datetime) -> QuerySet[CheckIn]:
    """Return the good fixes that came; the index of rows with a position finds them."""
    good = Q(accuracy_m=None) | Q(accuracy_m__lte=TWO_PHONES.accuracy_max_m)
    return CheckIn.objects.filter(
        ~Q(salt=""), good, received_at__gt=since, received_at__lte=now, time_suspect=False
    ).exclude(source=CheckIn.Source.NETWORK)


def _senders(since: datetime, now: datetime) -> Iterator[tuple[UUID, list[Sighting]]]:
    """Return what each sender sent, of those alone that are apart enough to be two."""
    apart_deg = TWO_PHONES.slack_m / METRES_PER_DEGREE
    wide = Q(tall__gt=apart_deg) | Q(broad__gt=apart_deg) | Q(drop__gte=TWO_PHONES.battery_step_pct)
    apart = (
        _came(since, now)
        .values("device", "source_auth")
        .annotate(
            count=Count("pk"),
            tall=Max("lat") - Min("lat"),
            broad=Max("lon") - Min("lon"),
            drop=Max("battery_pct") - Min("battery_pct"),
        )
        .filter(wide, count__gte=2 * TWO_PHONES.each_min)
    )
    devices = {row["device"] for row in apart}
    if not devices:
        return
    rows = (
        _came(since, now)
        .filter(device__in=devices)
        .order_by("device", "source_auth", "pk")
        .values_list(
            F("device"), "source_auth", "recorded_at", "received_at", "lat", "lon", "accuracy_m",
            "battery_pct",
        )
    )  # fmt: skip
    for (device_id, _auth), mine in groupby(rows.iterator(), key=lambda row: row[:2]):
        yield device_id, [_sighting(*row[2:]) for row in mine]


def _sighting(
    recorded_at: datetime,
    received_at: datetime,
    lat: float,
    lon: float,
    accuracy_m: float | None,
    battery_pct: float | None,
) -> Sighting:
    """An accuracy that is not told is the worst that counts; an empty battery is one not read."""
    accuracy_m = TWO_PHONES.accuracy_max_m if accuracy_m is None else accuracy_m
    return Sighting(recorded_at, received_at, lat, lon, accuracy_m, battery_pct or None)
