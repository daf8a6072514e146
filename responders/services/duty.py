"""A unit's own word on its duty."""

from datetime import datetime

from django.db import transaction

from responders.models import Unit, User
from responders.signals import duty_changed, duty_changing


@transaction.atomic
def set_duty_status(*, unit: Unit, status: str, actor: User | None, now: datetime) -> Unit:
    """Set a unit's status; the same again changes nothing.

    Raises UnitBusy where the unit has an open assignment and would leave it: whoever knows of
    assignments refuses on duty_changing, and records the fact there.
    """
    unit = Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
    if unit.duty_status == status:
        return unit
    before, unit.duty_status, unit.duty_changed_at = unit.duty_status, status, now
    unit.save(update_fields=["duty_status", "duty_changed_at"])
    duty_changing.send(
        sender=Unit, unit_id=unit.pk, before=before, status=status, actor=actor, now=now
    )
    transaction.on_commit(
        lambda: duty_changed.send_robust(sender=Unit, unit_id=unit.pk), robust=True
    )
    return unit
