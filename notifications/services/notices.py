"""Notices to camat and lurah: issued, updated, withdrawn and closed as the journal goes on.

What should stand is computed from the incident as it is, and compared with what stands: doing it
twice changes nothing. The cursor only says which incidents to look at.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from incidents.journal import Draft, record_all
from incidents.lifecycle import Disposition, IncidentState
from incidents.models import Area, Incident, IncidentEvent
from notifications.models import Notice, NoticeCursor
from notifications.notice_plan import Place, PlannedNotice, plan_offices, word_notice

logger = logging.getLogger(__name__)

EVENTS_AT_ONCE = 500
TRIED_FOR_S = 60.0
OPEN = (Notice.State.ISSUED, Notice.State.UPDATED)
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
    if not events:
        return 0
    touched = dict.fromkeys(
        incident_id
        for _, kind, incident_id, _ in events
        if kind.startswith("incident.") and incident_id is not None
    )
    results = [_planned_or_logged(incident_id, now) for incident_id in touched]
    given_up = events[0][3] < now - timedelta(seconds=TRIED_FOR_S)
    if None not in results or given_up:
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

    Records notice.issued, notice.updated, notice.withdrawn, notice.closed.
    """
    incident = (
        Incident.objects.select_for_update(of=("self",), no_key=True)
        .select_related("type")
        .get(pk=incident_id)
    )
    standing = {
        notice.office_id: notice
        for notice in Notice.objects.filter(incident=incident).prefetch_related("areas")
    }
    if not standing and not _is_told(incident):
        return 0
    drafts = []
    if _is_told(incident) and incident.state != IncidentState.CLOSED:
        wanted = _wanted(incident)
        for planned in wanted:
            drafts += _bring_about(incident, planned, standing.get(planned.office_pk), now)
        kept = {planned.office_pk for planned in wanted}
        gone = [notice for office, notice in standing.items() if office not in kept]
        drafts += _end(incident, gone, Notice.State.WITHDRAWN, now)
    else:
        closed = incident.state == IncidentState.CLOSED and incident.disposition not in UNTRUE
        state = Notice.State.CLOSED if closed else Notice.State.WITHDRAWN
        drafts += _end(incident, list(standing.values()), state, now)
    if drafts:
        record_all(drafts)
    return len(drafts)


def _is_told(incident: Incident) -> bool:
    told = incident.type.notice != "none" and not incident.type.sensitive
    return told and incident.state not in TAKEN_BACK


def _wanted(incident: Incident) -> list[PlannedNotice]:
    places = {
        pk: Place(pk, code, name, level, parent)
        for pk, code, name, level, parent in Area.objects.values_list(
            "pk", "code", "name", "level", "parent_id"
        )
    }
    touched = [places[pk] for pk in incident.areas.values_list("pk", flat=True)]
    offices = plan_offices(
        touched=touched, everywhere=incident.type.notice == "all", places=places.values()
    )
    return [
        word_notice(
            office=places[office_pk],
            areas=areas,
            label=incident.type.label,
            number=incident.number,
            opened_at=incident.opened_at,
        )
        for office_pk, areas in offices.items()
    ]


def _bring_about(
    incident: Incident, planned: PlannedNotice, notice: Notice | None, now: datetime
) -> list[Draft]:
    """Make one office's notice say what is planned; nothing where it does already."""
    basis = incident.area_basis
    if basis not in Notice.Basis.values:
        basis = Notice.Basis.DISPATCHER
    if notice is not None and notice.state in OPEN and _says(notice, planned, basis):
        return []
    kind = "notice.issued" if notice is None else "notice.updated"
    if notice is None:
        notice = Notice(incident=incident, office_id=planned.office_pk, issued_at=now)
    else:
        notice.state = Notice.State.UPDATED
    notice.basis, notice.updated_at = basis, now
    notice.headline, notice.text = planned.headline, planned.text
    notice.save()
    notice.areas.set(planned.area_pks)
    return [_draft(kind, incident, notice, now)]


def _says(notice: Notice, planned: PlannedNotice, basis: str) -> bool:
    areas = {area.pk for area in notice.areas.all()}
    stands = (notice.headline, notice.text, notice.basis, areas)
    return stands == (planned.headline, planned.text, basis, set(planned.area_pks))


def _end(incident: Incident, notices: list[Notice], state: str, now: datetime) -> list[Draft]:
    drafts = []
    for notice in notices:
        if notice.state in OPEN:
            notice.state, notice.updated_at = state, now
            notice.save(update_fields=["state", "updated_at"])
            drafts.append(_draft(f"notice.{state}", incident, notice, now))
    return drafts


def _draft(kind: str, incident: Incident, notice: Notice, now: datetime) -> Draft:
    data = {"notice_id": str(notice.pk), "office": notice.office.code, "state": str(notice.state)}
    return Draft(kind, now, incident, data=data)
