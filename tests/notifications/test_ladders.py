"""Ladders climb step by step, each step once, until somebody has the message."""

import pytest

from incidents.lifecycle import AssignmentState
from incidents.models import IncidentEvent
from incidents.services.dispatch import cancel_assignment
from incidents.services.response import take_step
from notifications.errors import AlreadyEnded, PlanRefused
from notifications.ladder_rules import Step
from notifications.models import (
    Delivery,
    Ladder,
    LadderPlan,
    LadderTurn,
    OutsideAttempt,
    OutsideMessage,
)
from notifications.senders.base import Outcome
from notifications.services import ladders, outside
from notifications.services.delivery import Inline, Threads, deliver_due
from notifications.services.ladders import climb, climb_due
from notifications.services.outside import confirm_spoken, outside_due
from notifications.services.plans import revise_plan, standing_plans, steps_of
from notifications.services.receipts import confirm_received
from responders.models import CrewShift
from tests.factories import (
    T0,
    crew_of,
    make_agency,
    make_assignment,
    make_device,
    make_staff,
    make_unit,
    make_user,
    seconds,
)

pytestmark = pytest.mark.django_db
KIND = "assignment.dispatched"
FIXED = (Step("socket", 0), Step("push", 0), Step("spoken", 60))


class Gateway:
    """Takes outside messages and answers as it is told."""

    def __init__(self):
        self.sent, self.otherwise = [], Outcome(state="accepted", detail="200")

    def __call__(self, message, *, now):
        self.sent.append(message)
        return self.otherwise


@pytest.fixture(autouse=True)
def gateway(monkeypatch):
    fake = Gateway()
    monkeypatch.setattr(outside, "send_outside", fake)
    return fake


@pytest.fixture
def unit():
    return make_unit("Damkar 1", agency=make_agency(duty_phone="0755-20113"))


def at(count):
    return T0 + seconds(count)


def plan_of(kind=KIND):
    return standing_plans([kind], now=T0)[kind]


def the_city_wants(*steps, kind=KIND):
    return revise_plan(plan=plan_of(kind), steps=[*FIXED, *steps], actor=None, now=T0)


def climbs(*moments):
    for moment in moments:
        climb_due(at(moment))
        outside_due(at(moment), pool=Inline())


def turns():
    rows = LadderTurn.objects.order_by("pk").select_related("step")
    return [(row.step.channel, row.step.after_s, row.outcome) for row in rows]


def received(person, moment):
    phone = make_device(person)
    seq = Delivery.objects.filter(person=person).latest("event_id").event_id
    confirm_received(device=phone, seq=seq, channel="socket", now=at(moment), sent_seqs=[seq])


def test_an_alarm_nobody_has_climbs_every_step_of_the_default_plan(unit, gateway):
    make_assignment(unit=unit)

    climbs(*range(100))

    assert turns() == [
        ("other_people", 10, "nobody"),
        ("spoken", 20, "taken"),
        ("sms", 30, "taken"),
        ("voice", 60, "taken"),
        ("spoken", 60, "taken"),
    ]
    assert [(one.channel, one.to["address"]) for one in gateway.sent] == [
        ("sms", "0755-20113"),
        ("voice", "0755-20113"),
    ]
    assert gateway.sent[0].to["name"] == "Telepon piket Damkar"
    (said,) = OutsideMessage.objects.filter(channel="spoken")
    assert (said.to_name, said.state, said.planned_at) == ("Damkar 1", "planned", at(20))
    assert said.text.startswith("Damkar 1: penugasan baru SLK-")
    ladder = Ladder.objects.get()
    assert (ladder.ending, ladder.ended_at, ladder.next_step_at) == ("exhausted", at(60), None)


def test_each_step_waits_for_its_time(unit):
    make_assignment(unit=unit)

    climbs(9, 10, 19, 20)

    assert [row.at for row in LadderTurn.objects.order_by("pk")] == [at(10), at(20)]
    assert Ladder.objects.get().next_step_at == at(30)


def test_a_server_that_was_away_takes_what_it_missed_at_once(unit):
    make_assignment(unit=unit)

    climbs(45)

    assert [row[:2] for row in turns()] == [("other_people", 10), ("spoken", 20), ("sms", 30)]


def test_a_receipt_stops_what_waits_for_a_receipt_and_an_answer_the_rest(unit, gateway):
    (person,) = crew_of(unit)
    assignment = make_assignment(unit=unit)
    received(person, 5)

    climbs(*range(59))
    take_step(
        assignment=assignment, step=AssignmentState.ACKNOWLEDGED, at=None, actor=person, now=at(59)
    )
    climbs(60, 61)

    assert {row[2] for row in turns()} == {"needless"}
    assert gateway.sent == []
    assert Ladder.objects.get().ending == "reached"


def test_a_late_receipt_takes_the_words_off_the_screen_and_stops_the_sms(unit, gateway):
    (person,) = crew_of(unit)
    gateway.otherwise = Outcome(state="retry", detail="503")
    make_assignment(unit=unit)
    climbs(20, 30)

    received(person, 31)
    climbs(*range(32, 50))

    states = OutsideMessage.objects.order_by("planned_at").values_list("channel", "state")
    assert list(states) == [("spoken", "needless"), ("sms", "needless")]
    assert len(gateway.sent) == 1


def test_a_cancelled_assignment_ends_its_ladder(unit):
    assignment = make_assignment(unit=unit)
    cancel_assignment(assignment=assignment, reason="", actor=None, now=at(5))

    climbs(10)

    assert Ladder.objects.get(event__kind=KIND).ending == "pointless"
    assert turns() == []


def test_a_unit_without_crew_has_a_ladder_too(gateway):
    make_assignment(unit=make_unit(crew=0))

    climbs(20)

    assert OutsideMessage.objects.get().channel == "spoken"


def test_who_came_on_shift_since_is_told_and_who_is_off_is_not(unit):
    make_assignment(unit=unit)
    fresh, gone = make_user(), make_user()
    CrewShift.objects.create(user=fresh, unit=unit, starts_at=at(3))
    CrewShift.objects.create(user=gone, unit=unit, starts_at=at(3), ends_at=at(4))

    climbs(10)

    event = IncidentEvent.objects.get(kind="assignment.relayed")
    assert event.data == {"people": [fresh.pk]}
    assert [row.person for row in Delivery.objects.filter(event=event)] == [fresh]


def test_their_receipt_makes_the_assignment_delivered(unit):
    assignment = make_assignment(unit=unit)
    fresh = make_user()
    CrewShift.objects.create(user=fresh, unit=unit, starts_at=at(3))
    climbs(10)

    received(fresh, 12)

    assignment.refresh_from_db()
    assert assignment.delivered_at == at(12)


def test_the_gateway_gets_three_tries_and_every_answer_is_kept(unit, gateway):
    gateway.otherwise = Outcome(state="retry", detail="503")
    make_assignment(unit=unit)

    climbs(*range(30, 58))

    tries = OutsideAttempt.objects.order_by("pk").values_list("state", "at", "detail")
    assert list(tries) == [
        ("retry", at(30), "503"),
        ("retry", at(35), "503"),
        ("dead", at(47), "503"),
    ]
    assert len({one.id for one in gateway.sent}) == 1


def test_without_a_duty_phone_the_step_says_that_there_is_nobody():
    make_assignment(unit=make_unit())

    climbs(30)

    assert ("sms", 30, "nobody") in turns()


def test_a_dispatcher_confirms_once(unit):
    dispatcher = make_staff()
    make_assignment(unit=unit)
    climbs(20)
    message = OutsideMessage.objects.get(channel="spoken")

    confirm_spoken(message=message, heard=True, actor=dispatcher, now=at(25))

    with pytest.raises(AlreadyEnded):
        confirm_spoken(message=message, heard=False, actor=dispatcher, now=at(26))
    message.refresh_from_db()
    assert (message.state, message.ended_by, message.ended_at) == ("said", dispatcher, at(25))
    event = IncidentEvent.objects.get(kind="message.spoken")
    assert (event.actor, event.assignment) == (dispatcher, message.ladder.assignment)


def test_a_running_ladder_keeps_its_plan_and_the_next_takes_the_new_one(unit):
    old = plan_of()
    make_assignment(unit=unit)

    new = the_city_wants(Step("sms", 5))
    make_assignment(unit=make_unit())

    assert [ladder.plan for ladder in Ladder.objects.order_by("pk")] == [old, new]
    assert (new.version, plan_of()) == (2, new)
    assert [step.after_s for step in steps_of(new)] == [0, 0, 5, 60]


def test_a_plan_that_reaches_nobody_is_refused_and_so_is_a_change_of_an_old_version():
    old = plan_of()
    with pytest.raises(PlanRefused) as refused:
        revise_plan(plan=old, steps=FIXED[:2], actor=None, now=T0)
    the_city_wants(Step("sms", 5))

    with pytest.raises(PlanRefused) as late:
        revise_plan(plan=old, steps=[*FIXED, Step("sms", 6)], actor=None, now=T0)

    assert [fault.code for fault in refused.value.faults] == ["nobody_hears"]
    assert [fault.code for fault in late.value.faults] == ["replaced"]
    assert LadderPlan.objects.filter(kind=KIND).count() == 2


def test_the_same_plan_again_is_no_new_version():
    plan = plan_of()

    assert revise_plan(plan=plan, steps=steps_of(plan), actor=None, now=T0) == plan


def test_of_two_sweepers_one_climbs_and_a_worker_that_slept_takes_no_step(unit):
    make_assignment(unit=unit)
    ladder = Ladder.objects.get()
    won = [ladders._claim(ladder.pk, fence=0, now=at(20)) for _ in range(2)]
    ladders._claim(ladder.pk, fence=1, now=at(40))

    moved = [climb(ladder_id=ladder.pk, fence=fence, now=at(41)) for fence in (1, 2, 2)]

    assert won == [True, False]
    assert moved == [False, True, True]
    assert len(turns()) == len(set(turns())) == 3


def test_a_step_that_fails_leaves_nothing_and_comes_back_after_its_lease(unit, monkeypatch):
    make_assignment(unit=unit)
    monkeypatch.setattr(
        ladders, "RUNGS", dict.fromkeys(ladders.RUNGS, lambda *_: (_ for _ in ()).throw(OSError))
    )
    climbs(20)
    assert turns() == []
    monkeypatch.undo()

    climbs(30)
    assert turns() == []
    climbs(35)

    assert OutsideMessage.objects.filter(channel="spoken").count() == 1


def test_assignments_climb_first(unit):
    order = []
    for lane in (2, 0, 2):
        make_assignment(unit=make_unit())
        Ladder.objects.filter(pk=Ladder.objects.latest("pk").pk).update(lane=lane)

    order = [Ladder.objects.get(pk=pk).lane for pk, _fence in ladders._due(at(100))]

    assert order == [0, 2, 2]
    assert Threads(size=4).free(2) < Threads(size=4).free(0)


def test_a_second_phone_of_a_later_step_waits_for_its_turn(unit, monkeypatch):
    the_city_wants(Step("second_phone", 8))
    (person,) = crew_of(unit)
    make_device(person, name="lama", push_token="a", last_seen_at=at(-500))
    make_device(person, name="dipakai", push_token="b", last_seen_at=at(-5))
    sent = []

    class Sender:
        def send(self, message):
            sent.append(message.push_token)
            return Outcome(state="accepted", detail="200")

    monkeypatch.setattr("notifications.services.pushing.current_sender", Sender)
    make_assignment(unit=unit)

    for moment in range(12):
        climb_due(at(moment))
        outside_due(at(moment), pool=Inline())
        deliver_due(at(moment), pool=Inline())

    assert sent == ["b", "a"]


def test_an_alarm_that_no_push_can_carry_does_not_wait_for_the_clock(unit):
    make_assignment(unit=unit)

    deliver_due(at(1), pool=Inline())
    climbs(1, 10, 11)

    assert turns() == [("other_people", 10, "nobody"), ("spoken", 20, "taken")]
    assert [row.at for row in LadderTurn.objects.order_by("pk")] == [at(1), at(11)]


def test_an_alarm_on_an_open_socket_is_not_hurried(unit):
    (person,) = crew_of(unit)
    make_device(person, online_until=at(60))
    make_assignment(unit=unit)

    deliver_due(at(10), pool=Inline())

    assert Ladder.objects.get().started_at == T0


def test_the_desks_ledger_tells_of_what_went_past_the_apps(unit, gateway, desk):
    assignment = make_assignment(unit=unit)
    climbs(20, 30)
    spoken = OutsideMessage.objects.get(channel="spoken")
    confirm_spoken(message=spoken, heard=True, actor=make_staff(), now=at(40))

    rows = desk.get(f"/api/v1/desk/assignments/{assignment.pk}/deliveries").json()

    outside = [(row["channel"], row["person"]["name"], row["state"], row["at"]) for row in rows[1:]]
    assert outside == [
        ("sms", "Telepon piket Damkar", "accepted", "2026-11-24T03:00:30.000Z"),
        ("spoken", "Damkar 1", "answered", "2026-11-24T03:00:40.000Z"),
    ]
