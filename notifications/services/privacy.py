"""Acts on personal data: asked for, approved by a second person, done or refused with a reason."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from incidents.journal import record
from incidents.services.callers import correct_callers, lift_restriction, restrict_callers
from incidents.services.calls import e164
from notifications.errors import NeedsASecondPerson, NotApproved, NotOneSubject, RequestEnded
from notifications.models import DataRequest
from notifications.services.corrections import correct_person
from notifications.services.purge import Line, purge_data
from responders.models import User

Kind, State = DataRequest.Kind, DataRequest.State
APPROVAL_LIFE = timedelta(hours=24)  # own choice: a day's two shifts
ANSWER_WITHIN = timedelta(hours=72)  # UU 27/2022, Art. 32 and 41: 3 x 24 hours


@transaction.atomic
def ask(
    *,
    kind: str,
    reason: str,
    actor: User,
    now: datetime,
    number: str = "",
    person: User | None = None,
    new_name: str = "",
    new_number: str = "",
) -> DataRequest:
    """Write down what is to be done with whose data, and why. Raises NotOneSubject.

    Records data_request.asked, by id alone.
    """
    number = e164(number) or number
    one = {(True, False), (False, True)}
    about = {Kind.PURGE: {(False, False)}, Kind.EXPORT: one, Kind.CORRECT: one}
    if (bool(number), person is not None) not in about.get(Kind(kind), {(True, False)}):
        raise NotOneSubject
    if kind == Kind.CORRECT and not (new_name or new_number):
        raise NotOneSubject
    request = DataRequest.objects.create(
        kind=kind,
        number=number[:20],
        person=person,
        new_name=new_name,
        new_number=new_number,
        reason=reason,
        asked_at=now,
        asked_by=actor,
        answer_by=now + ANSWER_WITHIN,
    )
    _tell("asked", request, actor, now)
    return request


@transaction.atomic
def approve(*, request: DataRequest, actor: User, now: datetime) -> None:
    """Agree as the second person. Raises NeedsASecondPerson, RequestEnded.

    Within a day of the asking; what is approved is done within a day of that.
    """
    if actor.pk == request.asked_by_id:
        raise NeedsASecondPerson
    changed = DataRequest.objects.filter(
        pk=request.pk, state=State.ASKED, asked_at__gt=now - APPROVAL_LIFE
    ).update(state=State.APPROVED, approved_by=actor, approved_at=now)
    if not changed:
        raise RequestEnded
    _tell("approved", request, actor, now)


@transaction.atomic
def refuse(*, request: DataRequest, refusal: str, actor: User, now: datetime) -> None:
    """Say no, with the reason that the person is told (Art. 33). Raises RequestEnded."""
    changed = DataRequest.objects.filter(
        pk=request.pk, state__in=(State.ASKED, State.APPROVED)
    ).update(state=State.REFUSED, refusal=refusal, ended_at=now, ended_by=actor)
    if not changed:
        raise RequestEnded
    _tell("refused", request, actor, now)


@transaction.atomic
def carry_out(*, request: DataRequest, actor: User, now: datetime) -> int:
    """Correct, restrict or lift, and end the request; return how many rows it concerned.

    Raises NotApproved, RequestEnded, and NotOneSubject where a person's number is kept nowhere.
    """
    _end(request, actor, now, from_state=State.ASKED)
    by: dict[str, Any] = {"reason": request.reason, "actor": actor, "now": now}
    right: dict[str, Any] = {"name": request.new_name, "new_number": request.new_number}
    if request.kind == Kind.CORRECT and request.person is not None:
        return correct_person(person=request.person, **right, **by)
    if request.kind == Kind.CORRECT:
        return correct_callers(number=request.number, **right, **by)
    act = restrict_callers if request.kind == Kind.RESTRICT else lift_restriction
    return act(number=request.number, **by)


def carry_out_purge(*, request: DataRequest, actor: User, now: datetime) -> list[Line]:
    """Purge by an approved request, once. Raises NotApproved, RequestEnded."""
    if request.kind != Kind.PURGE:
        raise NotApproved
    with transaction.atomic():
        _end(request, actor, now, from_state=State.APPROVED)
    return purge_data(now=now, actor=actor, request=str(request.pk))


@transaction.atomic
def carry_out_export(*, request: DataRequest, actor: User, now: datetime) -> None:
    """Let whoever asked take an approved copy, once. Raises NotApproved, RequestEnded."""
    if request.kind != Kind.EXPORT or actor.pk != request.asked_by_id:
        raise NotApproved
    _end(request, actor, now, from_state=State.APPROVED)


def purge_as_approved(now: datetime) -> int:
    """Carry out every approved purge; return how many. The clerk's work."""
    waiting = DataRequest.objects.filter(
        kind=Kind.PURGE, state=State.APPROVED, approved_at__gt=now - APPROVAL_LIFE
    ).select_related("asked_by")
    requests = list(waiting)
    for request in requests:
        carry_out_purge(request=request, actor=request.asked_by, now=now)
    return len(requests)


def _end(request: DataRequest, actor: User, now: datetime, *, from_state: str) -> None:
    if from_state == State.ASKED and request.takes_two:
        raise NotApproved
    rows = DataRequest.objects.filter(pk=request.pk, state=from_state)
    if from_state == State.APPROVED:
        if not rows.exists():
            raise NotApproved
        rows = rows.filter(approved_at__gt=now - APPROVAL_LIFE).exclude(approved_by=F("asked_by"))
    if not rows.update(state=State.DONE, ended_at=now, ended_by=actor):
        raise RequestEnded
    _tell("done", request, actor, now)


def _tell(what: str, request: DataRequest, actor: User, now: datetime) -> None:
    data = {"request": str(request.pk), "what": request.kind}
    record(f"data_request.{what}", now=now, actor=actor, data=data)
