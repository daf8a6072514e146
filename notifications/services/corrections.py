"""What a crew member or official may ask for their own data: to be put right."""

from datetime import datetime

from django.db import transaction

from incidents.journal import record
from notifications.errors import NotOneSubject
from notifications.selectors import standing_offices
from responders.models import User


@transaction.atomic
def correct_person(
    *, person: User, name: str, new_number: str, reason: str, actor: User | None, now: datetime
) -> int:
    """Put the right name to an account, the right number to the offices it holds; how many rows.

    name, new_number: empty leaves it. A number belongs to an office: of somebody without one none
    is kept, and NotOneSubject is raised. Records person.corrected: which fields, and beside it,
    erasable, what stood there before.
    """
    before: dict[str, str] = {}
    offices = list(standing_offices(now).filter(user=person)) if new_number else []
    if new_number and not offices:
        raise NotOneSubject
    if name and name != person.name:
        before["name"] = person.name
        User.objects.filter(pk=person.pk).update(name=name)
    wrong = [office for office in offices if office.phone != new_number]
    for office in wrong:
        before["phone"] = office.phone
        office.phone = new_number
        office.save(update_fields=["phone"])
    if before:
        data = {"person": person.pk, "fields": sorted(before)}
        record(
            "person.corrected", now=now, actor=actor, data=data, texts=before | {"reason": reason}
        )
    return len(wrong) + ("name" in before)
