"""Hand the desk over to the next shift: written, signed, taken over."""

from datetime import datetime

from django.db import transaction

from incidents.errors import HandoverSigned, HandoverTaken, NeedsTwo, NotSigned
from incidents.journal import record
from incidents.models import HandoverEntry, ShiftHandover
from incidents.selectors.open_matters import open_matters
from responders.models import User


@transaction.atomic
def write_handover(
    *, text: str, actor: User, now: datetime, handover: ShiftHandover | None = None
) -> ShiftHandover:
    """Write a handover, or change one's text until it is signed. Raises HandoverSigned."""
    if handover is None:
        return ShiftHandover.objects.create(text=text, written_by=actor, written_at=now)
    changed = ShiftHandover.objects.filter(pk=handover.pk, signed_at=None, written_by=actor).update(
        text=text
    )
    if changed != 1:
        raise HandoverSigned
    handover.refresh_from_db()
    return handover


@transaction.atomic
def sign_handover(*, handover: ShiftHandover, actor: User, now: datetime) -> ShiftHandover:
    """Sign what one wrote: text and open matters stand as they are from now on.

    Raises HandoverSigned where it is signed already, or somebody else wrote it. Records
    handover.signed.
    """
    changed = ShiftHandover.objects.filter(pk=handover.pk, signed_at=None, written_by=actor).update(
        signed_at=now
    )
    if changed != 1:
        raise HandoverSigned
    HandoverEntry.objects.bulk_create(
        HandoverEntry(
            handover=handover,
            number=number,
            kind=matter.kind,
            incident_id=matter.incident_id,
            call_id=matter.call_id,
            subject=matter.subject[:160],
            state=matter.state,
            since=matter.since,
        )
        for number, matter in enumerate(open_matters(), start=1)
    )
    handover.refresh_from_db()
    record("handover.signed", now=now, actor=actor, data={"handover": str(handover.pk)})
    return handover


@transaction.atomic
def take_over(*, handover: ShiftHandover, remark: str, actor: User, now: datetime) -> ShiftHandover:
    """Take the desk over. Raises NotSigned, NeedsTwo (who left cannot come), HandoverTaken.

    Records handover.taken.
    """
    current = ShiftHandover.objects.get(pk=handover.pk)
    if current.signed_at is None:
        raise NotSigned
    if current.written_by_id == actor.pk:
        raise NeedsTwo
    changed = ShiftHandover.objects.filter(pk=handover.pk, taken_at=None).update(
        taken_at=now, taken_by=actor, remark=remark[:500]
    )
    if changed != 1:
        raise HandoverTaken
    current.refresh_from_db()
    record("handover.taken", now=now, actor=actor, data={"handover": str(handover.pk)})
    return current
