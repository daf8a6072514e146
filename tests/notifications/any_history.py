"""A small city to which anything may happen, forty seconds apart, through the services alone."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from incidents.models import AgencyRequest, Assignment, Call, CrewAlert, Incident
from incidents.services.agency_requests import answer_request, ask_agency
from incidents.services.alerts import answer_alert, raise_alert, withdraw_alert
from incidents.services.call_desk import claim_call, join_call, release_call
from incidents.services.calls import Ring, classify_call, note_ring
from incidents.services.closure import (
    cancel_incident,
    close_incident,
    hold_incident,
    reopen_incident,
    resume_incident,
)
from incidents.services.corrections import correct_step
from incidents.services.dispatch import cancel_assignment, dispatch_unit
from incidents.services.evidence import review_due
from incidents.services.intake import update_incident
from incidents.services.merging import merge_incident, unmerge_incident
from incidents.services.next_units import propose_next
from incidents.services.response import take_step
from incidents.services.timers import fire_due
from notifications.models import Official
from notifications.services.notices import notices_due
from responders.errors import Refusal
from responders.ingest.intake import record_upload
from responders.models import User
from responders.services.duty import set_duty_status
from responders.services.status import note_status
from responders.wire_time import to_wire
from tests.factories import (
    BALAI_KOTA,
    crew_of,
    make_agency,
    make_area,
    make_device,
    make_incident,
    make_staff,
    make_unit,
    make_user,
)

STEPS = ("acknowledged", "en_route", "on_scene", "completed", "declined")


class World:
    """Two units of the city and one outside agency, one lurah, and what happens to them."""

    def __init__(self):
        self.now = timezone.now() - timedelta(hours=1)
        self.area, self.other = make_area(), make_area("13.72.01.1001", "Tanah Garam")
        self.units = [make_unit("Damkar 1"), make_unit("BPBD 1", agency=make_agency("bpbd"))]
        self.outside = make_agency("pln", kind="external")
        self.staff = make_staff()
        self.crew, self.lurah = crew_of(self.units[0])[0], make_user(role="official")
        self.phones = [make_device(crew_of(unit)[0]) for unit in self.units]
        Official.objects.create(user=self.lurah, area=self.area, starts_at=self.now)
        self.act("open")

    def act(self, name):
        """Let it happen, or be refused."""
        self.now += timedelta(seconds=40)
        try:
            ACTS[name](self)
        except Refusal:
            return

    @property
    def by(self):
        return {"actor": self.staff, "now": self.now}

    @property
    def incident(self):
        return Incident.objects.latest("opened_at")

    @property
    def earlier(self):
        return Incident.objects.earliest("opened_at")

    @property
    def assignment(self):
        return newest(Assignment, "dispatched_at")

    def step(self, name):
        take_step(assignment=self.assignment, step=name, at=self.now, **self.by, reason="x")

    def send(self, number):
        dispatch_unit(incident=self.incident, unit=self.units[number], **self.by)

    def change(self, areas=None, **changes):
        update_incident(incident=self.incident, changes=changes, areas=areas, **self.by)

    def drive(self, metres):
        """The first unit's phone says where it is, and what it could not send."""
        north = metres / 111_195 + self.now.minute / 1000
        fix = {"id": str(uuid4()), "recorded_at": to_wire(self.now), "accuracy_m": 9.0,
               "lat": BALAI_KOTA[0] + north, "lon": BALAI_KOTA[1]}  # fmt: skip
        phone, body = self.phones[0].pk, {"check_ins": [fix]}
        record_upload(device_id=phone, envelope=body, received_at=self.now)
        said = {"unsent": self.now.second, "oldest_at": self.now, "battery_pct": 50}
        note_status(device_id=phone, now=self.now, **said)

    def ring(self, event, call_id=None):
        call_id = call_id or newest(Call, "received_at", call_id__startswith="ring-").call_id
        heard = Ring(call_id, event, self.now, "081234567890", "112", self.staff.username)
        note_ring(ring=heard, now=self.now)

    def call_for_help(self):
        facts = {"alert_id": uuid4(), "kind": "emergency", "at": self.now, "now": self.now}
        raise_alert(actor=User.objects.get(pk=self.crew.pk), **facts)

    def sweep(self):
        for sweep in (notices_due, fire_due, review_due, propose_next):
            sweep(self.now)


class NothingThere(Refusal):
    """What an act speaks of has not happened yet."""


def newest(model, by, **wanted):
    row = model.objects.filter(**wanted).order_by(by).last()
    if row is None:
        raise NothingThere
    return row


def call():
    return newest(Call, "received_at")


ACTS = {
    "open": lambda w: make_incident(now=w.now, areas=[w.area]),
    "dispatch": lambda w: w.send(0),
    "dispatch another": lambda w: w.send(1),
    **{name: lambda w, name=name: w.step(name) for name in STEPS},
    "call back": lambda w: cancel_assignment(assignment=w.assignment, reason="x", **w.by),
    "correct": lambda w: correct_step(
        assignment=w.assignment, step="acknowledged", at=w.now - timedelta(seconds=7),
        reason="x", **w.by,
    ),
    "priority": lambda w: w.change(priority=1 + w.now.minute % 4),
    "summary": lambda w: w.change(summary=f"Pukul {w.now:%H:%M:%S}"),
    "area": lambda w: w.change(areas=[w.other]),
    "close": lambda w: close_incident(incident=w.incident, disposition="handled", **w.by),
    "cancel": lambda w: cancel_incident(incident=w.incident, reason="x", **w.by),
    "hold": lambda w: hold_incident(incident=w.incident, reason="x", **w.by),
    "resume": lambda w: resume_incident(incident=w.incident, **w.by),
    "reopen": lambda w: reopen_incident(incident=w.incident, reason="x", **w.by),
    "merge": lambda w: merge_incident(incident=w.incident, into=w.earlier, **w.by),
    "unmerge": lambda w: unmerge_incident(incident=w.incident, **w.by),
    "ask": lambda w: ask_agency(
        incident=w.incident, agency=w.outside, how="phone", note="", **w.by
    ),
    "answer": lambda w: answer_request(
        request=newest(AgencyRequest, "asked_at"), state="accepted", answer="", **w.by
    ),
    "ring": lambda w: w.ring("ringing", f"ring-{w.now:%H%M%S}"),
    "claim": lambda w: claim_call(call=call(), **w.by),
    "release": lambda w: release_call(call=call(), **w.by),
    "pick up": lambda w: w.ring("answered"),
    "hang up": lambda w: w.ring("ended"),
    "prank": lambda w: classify_call(call=call(), call_class="prank", **w.by),
    "join": lambda w: join_call(call=call(), incident=w.incident, **w.by),
    "help": lambda w: w.call_for_help(),
    "help comes": lambda w: answer_alert(alert=newest(CrewAlert, "received_at"), **w.by),
    "no help needed": lambda w: withdraw_alert(
        alert=newest(CrewAlert, "received_at"), at=w.now, **w.by
    ),
    "off duty": lambda w: set_duty_status(unit=w.units[0], status="off_duty", **w.by),
    "on duty": lambda w: set_duty_status(unit=w.units[0], status="available", **w.by),
    "stand": lambda w: w.drive(0),
    "drive": lambda w: w.drive(500),
    "sweep": lambda w: w.sweep(),
}  # fmt: skip
# What takes more than one act to happen, so that chance alone seldom gets there.
STORIES = (
    ("acknowledged", "en_route", "correct"),
    ("call back", "close", "reopen", "dispatch"),
    ("call back", "cancel", "open"),
    ("completed", "hold", "summary", "resume"),
    ("open", "merge", "summary", "unmerge"),
    ("ask", "answer"),
    ("ring", "claim", "pick up", "join"),
    ("ring", "pick up", "hang up", "prank"),
    ("help", "no help needed"),
    ("stand", "dispatch", "stand", "drive", "drive", "sweep"),
    ("completed", "off duty", "on duty", "dispatch"),
)
