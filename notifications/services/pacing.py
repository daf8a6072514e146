"""When the people of a fact are pushed first: quiet hours, open sockets, an office's pace."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Q

from incidents.journal import Draft
from notifications.audience import NOTICE_LANE, first_attempt_at
from notifications.models import Delivery
from notifications.policy import NOTICES
from notifications.quiet import BadQuietHours, quiet_until, read_quiet_hours
from notifications.services.planned import Planned
from responders.models import Device


def keep_quiet(planned: list[Planned], now: datetime) -> None:
    """Hold back what is not urgent until the quiet hours are over. An assignment always is."""
    patient = [
        one for one in planned if one.route.lane == NOTICE_LANE and not _is_urgent(one.draft)
    ]
    if not patient:
        return
    try:
        hours = read_quiet_hours(settings.GERAK_QUIET_HOURS)
    except BadQuietHours:  # the system check refuses it; a running server tells rather than hides
        hours = None
    until = quiet_until(now, hours)
    for one in patient:
        one.quiet_until = until


def _is_urgent(draft: Draft) -> bool:
    if draft.kind in ("notice.withdrawn", "notice.closed") or draft.incident is None:
        return False
    return draft.incident.priority <= NOTICES.urgent_priority


def first_attempts(planned: list[Planned], now: datetime) -> dict[tuple[int, int], datetime]:
    """Return (fact, person) → when their first push is due, for the facts that are pushed."""
    pushed = [one for one in planned if one.route.pushes and one.people]
    if not pushed:
        return {}
    online = _online_until({person for one in pushed for person in one.people})
    not_before = _not_before([one for one in pushed if one.notice_id], now)
    return {
        (one.number, person): first_attempt_at(
            now=now,
            online_until=online.get(person),
            not_before=not_before.get((one.number, person)),
        )
        for one in pushed
        for person in one.people
    }


def _not_before(notices: list[Planned], now: datetime) -> dict[tuple[int, int], datetime]:
    """Return (fact, person) → before when no push about it may reach them, at once for all."""
    together: dict[datetime | None, set[int]] = {}
    for one in notices:
        together.setdefault(one.quiet_until, set()).update(one.people)
    paced = {until: _paced(people, until, now) for until, people in together.items()}
    return {
        (one.number, person): paced[one.quiet_until][person]
        for one in notices
        for person in one.people
        if person in paced[one.quiet_until]
    }


def _paced(people: set[int], quiet: datetime | None, now: datetime) -> dict[int, datetime]:
    """Return person → the moment that the quiet hours, or the pace of an office, allow a push.

    A push about an older notice that still waits is given up for this one: both say "look". One
    that is held back until morning never silences one that may come now.
    """
    pace = timedelta(seconds=NOTICES.office_pace_s)
    rows = Delivery.objects.filter(person_id__in=people, lane=NOTICE_LANE)
    waiting = rows.filter(
        Q(lease_until=None) | Q(lease_until__lte=now),
        attempts_made=0,
        next_attempt_at__isnull=False,
    )
    if quiet is not None:
        waiting = waiting.filter(next_attempt_at__gte=quiet)
    locked = waiting.select_for_update(of=("self",), no_key=True).order_by("pk")
    given_up = list(locked.values_list("pk", "person_id", "next_attempt_at"))
    Delivery.objects.filter(pk__in=[pk for pk, _, _ in given_up]).update(next_attempt_at=None)
    if quiet is not None:
        return dict.fromkeys(people, quiet)
    not_before: dict[int, datetime] = {}
    for _pk, person, at in given_up:
        if at is not None and at <= now + pace:
            not_before[person] = max(at, not_before.get(person, now))
    recent = rows.filter(attempts_made__gt=0, planned_at__gt=now - pace)
    for person, at in recent.values_list("person_id").annotate(newest=Max("planned_at")):
        not_before[person] = max(at + pace, not_before.get(person, now))
    return not_before


def _online_until(people: set[int]) -> dict[int, Any]:
    """Return until when each person's last live socket counts as live."""
    rows = (
        Device.objects.filter(
            user_id__in=people, revoked_at=None, signed_out_at=None, online_until__isnull=False
        )
        .values("user_id")
        .annotate(until=Max("online_until"))
        .values_list("user_id", "until")
    )
    return dict(rows)
