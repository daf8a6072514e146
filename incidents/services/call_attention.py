"""A ringing call that nobody takes: cried out to every desk, then to the supervisor."""

from datetime import datetime, timedelta

from django.db import transaction

from incidents.journal import record
from incidents.lifecycle import CallAttention, CallState
from incidents.models import Call
from incidents.policy import CALLS

SWEEP_LIMIT = 500
TO_SUPERVISOR = timedelta(seconds=CALLS.unclaimed_supervisor_s - CALLS.unclaimed_desk_s)


def calls_due(now: datetime) -> int:
    """Cry out every call that is due, each in its own transaction. Returns how many."""
    due = Call.objects.filter(attention_at__lte=now).order_by("attention_at")
    keys = list(due.values_list("pk", flat=True)[:SWEEP_LIMIT])
    return sum(_cry_out(key, now=now) for key in keys)


@transaction.atomic
def _cry_out(key: int, *, now: datetime) -> bool:
    """Take one step with one call, if it is still waited for and nobody else took it."""
    call = Call.objects.filter(pk=key, attention_at__lte=now).first()
    if call is None or call.attention_at is None:
        return False
    due_at = call.attention_at
    if call.state != CallState.RINGING or call.claimed_by_id is not None or call.call_class:
        return not Call.objects.filter(pk=key).update(attention="", attention_at=None)
    if call.attention == CallAttention.DESK:
        step, following = CallAttention.SUPERVISOR, None
    else:
        step, following = CallAttention.DESK, due_at + TO_SUPERVISOR
    changed = Call.objects.filter(pk=key, attention_at=due_at, attention=call.attention)
    if not changed.update(attention=step, attention_at=following):
        return False
    data = {"call": key, "to": step}
    record("call.unclaimed", now=now, happened_at=due_at, data=data)
    return True
