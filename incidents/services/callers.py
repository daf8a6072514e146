"""What a caller may ask for their own data: to be put right, to rest, or no longer to."""

from datetime import datetime

from django.db import transaction

from incidents.journal import Draft, record_all
from incidents.models import Call
from incidents.services.calls import e164
from responders.models import User


@transaction.atomic
def correct_callers(
    *, number: str, name: str, new_number: str, reason: str, actor: User | None, now: datetime
) -> int:
    """Put the right name or number to every call of a number; return how many changed.

    name, new_number: empty leaves it. Records call.corrected for each: which fields, and beside it,
    erasable, what stood there before.
    """
    drafts = []
    for call in Call.objects.select_for_update().filter(caller_number=number).order_by("pk"):
        before = {"caller_name": call.caller_name, "caller_number": call.caller_number}
        call.caller_name = name or call.caller_name
        call.caller_number = (e164(new_number) or new_number)[:20] or call.caller_number
        fields = sorted(key for key, old in before.items() if getattr(call, key) != old)
        if not fields:
            continue
        call.save(update_fields=fields)
        texts = {key: before[key] for key in fields} | {"reason": reason}
        data = {"call": call.pk, "fields": fields}
        drafts.append(Draft("call.corrected", now, call.incident, None, actor, None, data, texts))
    if drafts:
        record_all(drafts)
    return len(drafts)


@transaction.atomic
def restrict_callers(*, number: str, reason: str, actor: User | None, now: datetime) -> int:
    """Let what is known of a number's calls rest: covered for all but those who may see it.

    A later call of the same number is a new emergency and not covered. Records call.restricted.
    """
    calls = list(Call.objects.filter(caller_number=number, restricted_at=None).order_by("pk"))
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(
        restricted_at=now, restricted_reason=reason
    )
    return _told("call.restricted", calls, reason, actor, now)


@transaction.atomic
def lift_restriction(*, number: str, reason: str, actor: User | None, now: datetime) -> int:
    """Show what rested again. Records call.restriction_lifted."""
    calls = list(Call.objects.filter(caller_number=number).exclude(restricted_at=None))
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(
        restricted_at=None, restricted_reason=""
    )
    return _told("call.restriction_lifted", calls, reason, actor, now)


def _told(kind: str, calls: list[Call], reason: str, actor: User | None, now: datetime) -> int:
    drafts = [
        Draft(kind, now, one.incident, None, actor, None, {"call": one.pk}, {"reason": reason})
        for one in calls
    ]
    if drafts:
        record_all(drafts)
    return len(drafts)
