"""What the bench does inside the product's own database: fill it, count in it.

A process of its own in the server's environment: one JSON line in, one out (`world.Inside`).
"""

import json
import sys
import time
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction

import config.bootstrap  # noqa: F401  (first of ours: it sets Django up for what follows)
from incidents.models import IncidentEvent
from notifications.models import Delivery, Drill
from notifications.services.drills import call_drill, end_drill
from responders.models import CheckIn, CrewShift, Device, DutyStatus, Unit, User
from responders.tokens import digest_of, new_device_token
from tests.bench.world import CALL_SIGN


def fill(phones):
    """Enrol so many phones, the first alone on its unit; return their tokens and ids."""
    now = datetime.now(UTC)
    CrewShift.objects.update(ends_at=now)
    alone = Unit.objects.get(call_sign=CALL_SIGN)
    others = list(Unit.objects.exclude(pk=alone.pk).order_by("pk"))
    people = User.objects.bulk_create(
        User(username=f"bench-{n}", name=f"Petugas {n}", role="crew") for n in range(phones)
    )
    units = [alone, *(others[n % len(others)] for n in range(phones - 1))]
    shifts = zip(people, units, strict=True)
    CrewShift.objects.bulk_create(
        CrewShift(user=person, unit=unit, starts_at=now) for person, unit in shifts
    )
    tokens = [new_device_token() for _ in people]
    Device.objects.bulk_create(
        Device(
            id=UUID(f"00000000-0000-4000-8000-{n:012x}"),
            user=person,
            name=f"Ponsel {n}",
            platform="android",
            enrolled_at=now,
            token_digest=digest_of(token),
        )
        for n, (person, token) in enumerate(zip(people, tokens, strict=True))
    )
    settle()
    return tokens


def settle():
    """Let the planner know the tables as they are now."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def rows():
    """Return how many check-ins are stored, and how many of them are twins."""
    stored = CheckIn.objects.count()
    return {
        "stored": stored,
        "twins": stored - CheckIn.objects.values("device", "client_id").distinct().count(),
    }


def on_shift(phones):
    """Let so many of the people be on shift, for alarms to go to."""
    Unit.objects.update(duty_status=DutyStatus.AVAILABLE, active=True)
    people = User.objects.filter(username__startswith="bench-").order_by("pk")
    CrewShift.objects.filter(user__in=people).update(ends_at=datetime.now(UTC))
    CrewShift.objects.filter(user__in=people[:phones].values("pk")).update(ends_at=None)


def alarm():
    """Tell everybody on shift by one event: a drill's begin and, the next time, its end.

    Returns its number and three moments: before anything was asked of the database, before the
    commit and after it.
    """
    now, asked, committed = datetime.now(UTC), time.monotonic(), []
    with transaction.atomic():
        transaction.on_commit(lambda: committed.append(time.monotonic()))
        drill = Drill.objects.filter(state=Drill.State.OPEN).first()
        if drill is None:
            call_drill(scope=Drill.Scope.DUTY, title="Latihan", actor=None, now=now)
        else:
            end_drill(drill=drill, actor=None, now=now)
        seq = IncidentEvent.objects.order_by("-seq").values_list("seq", flat=True)[0]
        committing = time.monotonic()
    return {"seq": seq, "asked": asked, "committing": committing, "committed": committed[0]}


def received(seq):
    """Return how many people's phones said that they have an event."""
    return Delivery.objects.filter(event=seq, received_at__isnull=False).count()


def head():
    """Return the number of the newest event."""
    return IncidentEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


DOES = {work.__name__: work for work in (fill, settle, rows, on_shift, alarm, received, head)}

if __name__ == "__main__":
    for line in sys.stdin:
        asked = json.loads(line)
        answer = DOES[asked.pop("do")](**asked)
        print(json.dumps(answer), flush=True)
