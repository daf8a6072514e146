"""Notices to camat and lurah: issued, updated, withdrawn and closed as the journal goes on.

What should stand is computed from the incident as it is, and compared with what stands: doing it
twice changes nothing. The cursor only says which incidents to look at.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from incidents.journal import record_all
from incidents.lifecycle import Disposition, IncidentState
from incidents.models import Incident, IncidentEvent
from notifications.models import Notice, NoticeCursor
from notifications.services.notice_change import Change, Offices, wanted_notices

logger = logging.getLogger(__name__)

EVENTS_AT_ONCE = 500
TRIED_FOR_S = 60.0
# Told and untrue: taken back. Told and over: closed.
TAKEN_BACK = (IncidentState.CANCELLED, IncidentState.MERGED)
UNTRUE = (Disposition.FALSE_ALARM, Disposition.CANCELLED)


def notices_due(now: datetime) -> int:
    """Bring the notices of every incident that changed since the last look up to date.

    The sweeper's guarantee. Returns how many notices changed. An incident whose notices fail stops
    no other; it is tried again at every look for a minute, then left to its next event.
    """
    cursor, _made = NoticeCursor.objects.get_or_create(pk=1)
    events = list(
        IncidentEvent.objects.filter(seq__gt=cursor.seq)
        .order_by("seq")
        .values_list("seq", "kind", "incident_id", "recorded_at")[:EVENTS_AT_ONCE]
    )
    held_back = Notice.objects.filter(update_due_at__lte=now).order_by("update_due_at")
    touched = dict.fromkeys(held_back.values_list("incident_id", flat=True))
    touched |= dict.fromkeys(
        incident_id
        for _, kind, incident_id, _ in events
        if kind.startswith("incident.") and incident_id is not None
    )
    results = [_planned_or_logged(incident_id, now) for incident_id in touched]
    given_up = not events or events[0][3] < now - timedelta(seconds=TRIED_FOR_S)
    if events and (None not in results or given_up):
        NoticeCursor.objects.filter(pk=1, seq=cursor.seq).update(seq=events[-1][0])
    return sum(changed or 0 for changed in results)


def _planned_or_logged(incident_id: UUID, now: datetime) -> int | None:
    """Return how many notices changed; None where it failed."""
    try:
        return plan_notices(incident_id, now)
    except Exception:
        logger.exception("the notices of incident %s failed", incident_id)
        return None


@transaction.atomic
def plan_notices(incident_id: UUID, now: datetime) -> int:
    """Issue, update, withdraw or close the notices of one incident as it stands; how many changed.

    All areas at once, in a number of queries that does not grow with them. An update sooner than
    30 s after the last word to that office is held back until then (`update_due_at`). Records
    notice.issued, notice.updated, notice.withdrawn, notice.closed.
    """
    incident = (
        Incident.objects.select_for_update(of=("self",), no_key=True)
        .select_related("type", "suggested_area")
        .get(pk=incident_id)
    )
    standing = {
        notice.office_id: notice
        for notice in Notice.objects.filter(incident=incident).prefetch_related("areas")
    }
    if not standing and not _is_told(incident):
        return 0
    offices = Offices.read(incident, standing)
    change = Change(incident, now, offices)
    if _is_told(incident) and incident.state != IncidentState.CLOSED:
        wanted = wanted_notices(incident, offices)
        for planned in wanted:
            change.bring_about(planned, standing.get(planned.office_pk))
        kept = {planned.office_pk for planned in wanted}
        gone = [notice for office, notice in standing.items() if office not in kept]
        change.end(gone, Notice.State.WITHDRAWN)
    else:
        closed = incident.state == IncidentState.CLOSED and incident.disposition not in UNTRUE
        state = Notice.State.CLOSED if closed else Notice.State.WITHDRAWN
        change.end(standing.values(), state)
    drafts = change.write()
    if drafts:
        record_all(drafts)
    return len(drafts)


def _is_told(incident: Incident) -> bool:
    told = incident.type.notice != "none" and not incident.type.sensitive
    return told and incident.state not in TAKEN_BACK
