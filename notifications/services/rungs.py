"""What each step of a ladder does: rows, written inside the ladder's turn."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from incidents.journal import Draft
from notifications.audience import ALARMS
from notifications.ladder_rules import EMAIL, OTHER_PEOPLE, SECOND_PHONE, SMS, SPOKEN, VOICE
from notifications.models import Delivery, Ladder, LadderStep, LadderTurn, Notice, OutsideMessage
from notifications.policy import LADDER, PUSH
from notifications.selectors import further_officials, standing_offices
from notifications.services.ladder_words import duty_phone_name, outside_text
from responders.models import User
from responders.selectors import crew_of

Outcome = LadderTurn.Outcome
State = OutsideMessage.State


@dataclass(frozen=True)
class Result:
    """What became of one step. `drafts` are recorded at the end of the turn."""

    outcome: str
    detail: str = ""
    drafts: list[Draft] = field(default_factory=list)


@dataclass(frozen=True)
class Address:
    """Whom an outside message goes to, in words, and where."""

    name: str
    address: str


def second_phone(ladder: Ladder, _step: LadderStep, now: datetime) -> Result:
    """Let the other phones of whoever has not received it have a push, too."""
    rows = Delivery.objects.filter(
        event=ladder.event_id,
        received_at=None,
        next_attempt_at=None,
        attempts_made__range=(1, PUSH.posts_max - 1),
    )
    woken = rows.update(next_attempt_at=now)
    return Result(Outcome.TAKEN if woken else Outcome.NOBODY)


def other_people(ladder: Ladder, _step: LadderStep, now: datetime) -> Result:
    """Tell further people: whoever is on the unit by now, or acting heads and deputies."""
    if ladder.notice is not None:
        return _forward(ladder, ladder.notice, now)
    assignment = ladder.assignment
    if assignment is None or ladder.event.kind not in ALARMS:
        return Result(Outcome.NOBODY)
    told = Delivery.objects.filter(assignment=assignment, event__kind__in=ALARMS)
    others = crew_of(assignment.unit, now).exclude(pk__in=told.values("person_id"))
    people = list(others.values_list("pk", flat=True))
    if not people:
        return Result(Outcome.NOBODY)
    draft = Draft(
        "assignment.relayed",
        now,
        assignment.incident,
        assignment,
        data={"people": people},
    )
    return Result(Outcome.TAKEN, f"{len(people)}", [draft])


def _forward(ladder: Ladder, notice: Notice, now: datetime) -> Result:
    people = further_officials(notice.pk, now=now)
    if not people:
        return Result(Outcome.NOBODY)
    data = {
        "notice_id": str(notice.pk),
        "office": notice.office.code,
        "state": str(notice.state),
        "people": people,
    }
    draft = Draft("notice.forwarded", now, notice.incident, data=data)
    return Result(Outcome.TAKEN, f"{len(people)}", [draft])


def by_gateway(ladder: Ladder, step: LadderStep, now: datetime) -> Result:
    """Plan an SMS, a call or an e-mail; the gateway's sender posts it."""
    addresses = [one for one in _addresses(ladder, step.channel, now) if one.address]
    return _plan(ladder, step, addresses, now=now, due_at=now)


def spoken(ladder: Ladder, step: LadderStep, now: datetime) -> Result:
    """Put words for the dispatcher to say on the desk, until somebody confirms them."""
    waiting = OutsideMessage.objects.filter(ladder=ladder, channel=SPOKEN, ended_at=None)
    on_screen = set(waiting.values_list("to_name", flat=True))
    people = _addresses(ladder, SPOKEN, now)
    fresh = [one for one in people if one.name not in on_screen]
    if people and not fresh:
        return Result(Outcome.TAKEN, "masih di layar dispatcher")
    return _plan(ladder, step, fresh, now=now, due_at=None)


def _plan(
    ladder: Ladder,
    step: LadderStep,
    addresses: list[Address],
    *,
    now: datetime,
    due_at: datetime | None,
) -> Result:
    rows = [
        OutsideMessage(
            ladder=ladder,
            step=step,
            channel=step.channel,
            lane=ladder.lane,
            to_name=one.name[:120],
            to_address=one.address[:254],
            text=outside_text(ladder, step.channel)[:400],
            planned_at=now,
            next_attempt_at=due_at,
        )
        for one in dict.fromkeys(addresses)
    ]
    OutsideMessage.objects.bulk_create(rows[: LADDER.addresses_max])
    return Result(Outcome.TAKEN if rows else Outcome.NOBODY)


def _addresses(ladder: Ladder, channel: str, now: datetime) -> list[Address]:
    if ladder.notice is not None:
        return _of_office(ladder.notice, channel, now)
    assignment = ladder.assignment
    if assignment is None:
        return []
    agency = assignment.unit.agency
    if channel == EMAIL:
        people: Iterable[User] = crew_of(assignment.unit, now).exclude(email="")
        return [Address(str(person), person.email) for person in people]
    if channel == SPOKEN:
        return [Address(assignment.unit.call_sign, agency.duty_phone)]
    return [Address(duty_phone_name(agency), agency.duty_phone)]


def _of_office(notice: Notice, channel: str, now: datetime) -> list[Address]:
    offices = standing_offices(now).filter(area=notice.office_id).select_related("user")
    return [
        Address(str(office.user), office.user.email if channel == EMAIL else office.phone)
        for office in offices.order_by("role", "pk")
    ]


RUNGS: dict[str, Callable[[Ladder, LadderStep, datetime], Result]] = {
    SECOND_PHONE: second_phone,
    OTHER_PEOPLE: other_people,
    SMS: by_gateway,
    VOICE: by_gateway,
    EMAIL: by_gateway,
    SPOKEN: spoken,
}
