"""Tell the public of an incident, tell it anew, take it back: always a person's decision.

Every message is a CAP document whose bytes are made once and kept; nothing here changes a row
that was sent.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from incidents.journal import record
from incidents.lifecycle import OPEN_INCIDENT_STATES
from incidents.models import Area, Incident
from notifications.cap import CapArea, CapMessage, Reference, cap_document, category_of
from notifications.errors import (
    AlertStands,
    AlertSuperseded,
    NoAreas,
    NotForThePublic,
    PersonalData,
)
from notifications.models import PublicAlert
from notifications.outlines import rings_of
from notifications.public_words import AlertWords, cancelling, infos_of, names_a_number
from responders.models import User

NO_SENDER = "gerak112.invalid"
KINDS = {"Alert": "issued", "Update": "updated", "Cancel": "cancelled"}


@transaction.atomic
def issue_public_alert(
    *,
    incident: Incident,
    words: AlertWords,
    areas: Sequence[Area],
    actor: User,
    now: datetime,
    supersedes: PublicAlert | None = None,
) -> PublicAlert:
    """Tell the public of an incident, or anew in place of an earlier message.

    Raises NotForThePublic (sensitive or untold types; a closed incident), AlertStands (a message
    is in force and was not named), AlertSuperseded, NoAreas, PersonalData. Records
    public_alert.issued or public_alert.updated.
    """
    words = words.cleaned()
    incident = _locked(incident)
    if not is_public(incident) or incident.state not in OPEN_INCIDENT_STATES:
        raise NotForThePublic
    if not areas:
        raise NoAreas
    if names_a_number(words.texts()):
        raise PersonalData
    if supersedes is None and standing_alert(incident, now) is not None:
        raise AlertStands
    message_type = "Alert" if supersedes is None else "Update"
    return _send(incident, message_type, words, areas, supersedes, actor, now)


@transaction.atomic
def cancel_public_alert(
    *, alert: PublicAlert, reason: str, actor: User, now: datetime
) -> PublicAlert:
    """Take a message back, with a reason that is published. Returns the cancelling message.

    Raises AlertSuperseded, PersonalData. Records public_alert.cancelled.
    """
    incident = _locked(alert.incident)
    if names_a_number([reason]):
        raise PersonalData
    words = cancelling(AlertWords(**alert.content["words"]), reason=reason).cleaned()
    areas = list(Area.objects.filter(code__in=alert.content["areas"]).order_by("code"))
    return _send(incident, "Cancel", words, areas, alert, actor, now)


def is_public(incident: Incident) -> bool:
    """Say whether incidents of this type may be told at all."""
    return incident.type.notice != "none" and not incident.type.sensitive


def standing_alert(incident: Incident, now: datetime) -> PublicAlert | None:
    """Return the message in force of an incident."""
    rows = PublicAlert.objects.filter(incident=incident, successor=None, expires_at__gt=now)
    return rows.exclude(message_type=PublicAlert.MessageType.CANCEL).first()


def chain_of(alert: PublicAlert) -> list[PublicAlert]:
    """Return a message and those before it, oldest first."""
    chain = [alert]
    while chain[0].supersedes is not None:
        chain.insert(0, chain[0].supersedes)
    return chain


def _locked(incident: Incident) -> Incident:
    rows = Incident.objects.select_for_update(of=("self",), no_key=True).select_related("type")
    return rows.get(pk=incident.pk)


def _send(
    incident: Incident,
    message_type: str,
    words: AlertWords,
    areas: Sequence[Area],
    supersedes: PublicAlert | None,
    actor: User,
    now: datetime,
) -> PublicAlert:
    if supersedes is not None and not _may_follow(supersedes, incident):
        raise AlertSuperseded
    sent_at = now.replace(microsecond=0)
    expires_at = sent_at + timedelta(seconds=words.valid_s)
    if message_type == "Cancel" and supersedes is not None:
        expires_at = max(supersedes.expires_at, sent_at + timedelta(hours=1))
    alert_id = uuid.uuid4()
    city = Area.objects.filter(level=Area.Level.CITY).values_list("name", flat=True).first() or ""
    infos = infos_of(
        words,
        event=incident.type.label,
        event_en=incident.type.label_en,
        areas=[area.name for area in areas],
        city=city,
    )
    earlier = chain_of(supersedes) if supersedes is not None else []
    message = CapMessage(
        identifier=f"gerak112-{alert_id}",
        sender=settings.GERAK_CAP_SENDER or NO_SENDER,
        sent_at=sent_at,
        status="Actual" if settings.GERAK_CAP_SENDER else "Test",
        message_type=message_type,
        category=category_of(type_key=incident.type.key, category=incident.type.category),
        event_code=incident.type.key,
        urgency=words.urgency,
        severity=words.severity,
        certainty=words.certainty,
        expires_at=expires_at,
        infos=infos,
        areas=[
            CapArea(name=area.name, code=area.code, rings=rings_of(area.polygon)) for area in areas
        ],
        references=[Reference(one.sender, one.identifier, one.sent_at) for one in earlier],
    )
    document = cap_document(message, zone=ZoneInfo(settings.TIME_ZONE))
    codes = [area.code for area in areas]
    alert = PublicAlert.objects.create(
        id=alert_id,
        incident=incident,
        supersedes=supersedes,
        message_type=message_type,
        identifier=message.identifier,
        sender=message.sender,
        sent_at=sent_at,
        expires_at=expires_at,
        headline=infos[0].headline,
        headline_en=infos[1].headline,
        content={"words": words.as_content(), "areas": codes},
        document=document,
        digest=hashlib.sha256(document).hexdigest(),
        issued_by=actor,
    )
    record(
        f"public_alert.{KINDS[message_type]}",
        now=now,
        incident=incident,
        actor=actor,
        data={"alert": str(alert.pk), "areas": codes, "digest": alert.digest},
    )
    return alert


def _may_follow(earlier: PublicAlert, incident: Incident) -> bool:
    return (
        earlier.incident_id == incident.pk
        and earlier.message_type != PublicAlert.MessageType.CANCEL
        and not PublicAlert.objects.filter(supersedes=earlier).exists()
    )
