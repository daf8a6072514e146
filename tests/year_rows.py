"""The rows of a generated year: calls, incidents, assignments and the chained journal of them."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from config.seed.seed import seed_city
from incidents.journal import hash_of
from incidents.models import (
    Area,
    Assignment,
    Call,
    Incident,
    IncidentEvent,
    IncidentType,
    JournalHead,
)
from responders.chain import GENESIS
from responders.models import Device, Unit, User
from responders.wire_time import to_wire

NOISE = ("prank", "ghost", "dropped", "information", "test", "out_of_area")
BATCH = 2_000
PER_INCIDENT = 10  # calls to an incident: nine in ten are noise


class Year:
    """Write a year of calls, evenly spread, one in ten an incident with one or two units."""

    def __init__(self, start: datetime, *, calls: int, randomly: Random) -> None:
        self.start, self.calls, self.randomly = start, calls, randomly
        self.events = self.incidents = self.assignments = 0
        self._hash, self._pending = GENESIS, {}
        seed_city(start)
        self.units = list(Unit.objects.select_related("agency"))
        self.types = list(IncidentType.objects.all())
        self.areas = list(Area.objects.filter(level="kelurahan"))
        self.takers = list(User.objects.filter(role="staff")[:4])
        crew = User.objects.filter(role="crew").first()
        self.device_id = Device.objects.create(
            user=crew, name="Redmi", platform="android", enrolled_at=start, token_digest="0" * 64
        ).pk

    def write(self) -> None:
        step = timedelta(days=365) / self.calls
        for number in range(self.calls):
            rang = self.start + number * step
            if number % PER_INCIDENT:
                self._noise(number, rang)
            else:
                self._emergency(number, rang)
            if number % BATCH == 0:
                self._flush()
        self._flush()
        JournalHead.objects.update_or_create(
            pk=1, defaults={"seq": self.events, "hash": self._hash}
        )

    def _noise(self, number: int, rang: datetime) -> None:
        answered = rang + timedelta(seconds=self.randomly.uniform(2, 25))
        call = self._call(number, rang, answered, self.randomly.choice(NOISE), None)
        self._ring(call, rang, answered)
        self._classified(call, None, answered + timedelta(seconds=40))

    def _emergency(self, number: int, rang: datetime) -> None:
        answered = rang + timedelta(seconds=self.randomly.uniform(2, 20))
        opened = answered + timedelta(seconds=self.randomly.uniform(20, 90))
        area, kind = self.randomly.choice(self.areas), self.randomly.choice(self.types)
        incident = Incident(
            id=UUID(int=(1 << 100) + number, version=4),
            number=f"SLK-{number:06}",
            type=kind,
            priority=kind.priority,
            opened_at=opened,
            state="closed",
            closed_at=opened + timedelta(hours=1),
            disposition="handled",
        )
        self._keep(incident)
        self.incidents += 1
        call = self._call(number, rang, answered, "emergency", incident)
        self._ring(call, rang, answered)
        facts = {
            "number": incident.number,
            "type": kind.key,
            "priority": kind.priority,
            "areas": [area.code],
        }
        self._event("incident.opened", opened, incident=incident, data=facts)
        self._classified(call, incident, opened)
        for unit in self.randomly.sample(self.units, self.randomly.choice((1, 1, 2))):
            self._assignment(incident, unit, opened + timedelta(seconds=30))
        self._event(
            "incident.closed",
            incident.closed_at,
            incident=incident,
            data={"disposition": "handled"},
        )

    def _assignment(self, incident: Incident, unit: Unit, at: datetime) -> None:
        self.assignments += 1
        move_by = at + timedelta(seconds=600)
        row = Assignment(
            id=UUID(int=(2 << 100) + self.assignments, version=4),
            incident=incident,
            unit=unit,
            state="completed",
            dispatched_at=at,
            move_by=move_by,
        )
        self._keep(row)
        self._event(
            "assignment.dispatched",
            at,
            incident=incident,
            assignment=row,
            data={"unit": unit.call_sign, "move_by": to_wire(move_by)},
        )
        for kind, seconds in (
            ("delivered", 2),
            ("acknowledged", 30),
            ("en_route", 80),
            ("on_scene", 500),
            ("completed", 3000),
        ):
            later = at + timedelta(seconds=seconds * self.randomly.uniform(0.5, 2))
            data = {"source": "crew"}
            self._event(f"assignment.{kind}", later, incident=incident, assignment=row, data=data)
        moved = at + timedelta(seconds=self.randomly.expovariate(1 / 220))
        verdict = "moved" if moved <= move_by else "moved_late"
        self._event(
            "movement.judged",
            moved,
            incident=incident,
            assignment=row,
            data={"verdict": verdict, "reason": "", "moved_at": to_wire(moved)},
        )

    def _call(
        self, number: int, rang: datetime, answered: datetime, name: str, incident: Incident | None
    ) -> Call:
        call = Call(
            pk=number + 1,
            call_id=f"year-{number}",
            state="ended",
            ringing_at=rang,
            answered_at=answered,
            ended_at=answered + timedelta(seconds=60),
            received_at=rang,
            call_class=name,
            classified_at=answered,
            incident=incident,
            answered_by=self.randomly.choice(self.takers),
        )
        self._keep(call)
        return call

    def _ring(self, call: Call, rang: datetime, answered: datetime) -> None:
        for name, at in (("ringing", rang), ("answered", answered), ("ended", call.ended_at)):
            data = {"call": call.pk, "state": name, "agent": call.answered_by_id}
            self._event(f"call.{name}", at, data=data)

    def _classified(self, call: Call, incident: Incident | None, at: datetime) -> None:
        data = {"call": call.pk, "class": call.call_class, "before": ""}
        self._event("call.classified", at, incident=incident, data=data)

    def _event(self, kind: str, at: datetime, **fields) -> None:  # noqa: ANN003
        self.events += 1
        event = IncidentEvent(
            seq=self.events,
            kind=kind,
            happened_at=at,
            recorded_at=at,
            previous_hash=self._hash,
            **fields,
        )
        event.hash = self._hash = hash_of(event)
        self._keep(event)

    def _keep(self, row) -> None:  # noqa: ANN001
        self._pending.setdefault(type(row), []).append(row)

    def _flush(self) -> None:
        for model in (Incident, Call, Assignment, IncidentEvent):
            model.objects.bulk_create(self._pending.pop(model, []), batch_size=BATCH)
