"""Who can be reached before anything happens: the officials of each area, and their phones."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from incidents.models import Area, Incident
from notifications.models import Notice, Official
from notifications.plan_story import Means
from notifications.policy import NOTICES
from notifications.selectors import RANKS, standing_offices
from responders.models import Agency, Device


@dataclass
class Contact:
    """One standing office: who, as what, and by what they can be reached now."""

    name: str
    role: str
    role_words: str
    by_socket: bool = False
    by_push: bool = False
    phone: str = ""

    @property
    def is_reachable(self) -> bool:
        """Say whether a notice would reach one of their phones."""
        return self.by_socket or self.by_push


@dataclass
class AreaReach:
    """One area with its standing offices, head first."""

    pk: int
    code: str
    name: str
    level: str
    contacts: list[Contact] = field(default_factory=list)

    @property
    def is_reachable(self) -> bool:
        """Say whether anybody of the area can be reached."""
        return any(contact.is_reachable for contact in self.contacts)


def reachable_phones(now: datetime) -> QuerySet[Device]:
    """Return the trusted phones that a message would reach: a live socket, or a push that lives."""
    since = now - timedelta(days=NOTICES.reachable_days)
    pushable = Q(push_dead_at=None, last_seen_at__gte=since) & ~Q(push_token="")
    return Device.objects.filter(
        Q(online_until__gt=now) | pushable, revoked_at=None, signed_out_at=None
    )


def areas_reach(now: datetime) -> list[AreaReach]:
    """Return every kecamatan and kelurahan with who can be reached there, in three queries."""
    areas = {
        pk: AreaReach(pk, code, name, level)
        for pk, code, name, level in Area.objects.exclude(level=Area.Level.CITY)
        .order_by("code")
        .values_list("pk", "code", "name", "level")
    }
    phones: dict[int, list[Device]] = {}
    for phone in reachable_phones(now).filter(user__offices__isnull=False).distinct():
        phones.setdefault(phone.user_id, []).append(phone)
    offices = standing_offices(now).filter(area__in=areas).select_related("user")
    for office in sorted(offices, key=lambda one: (RANKS.index(one.role), one.pk)):
        mine = phones.get(office.user_id, [])
        areas[office.area_id].contacts.append(
            Contact(
                name=str(office.user),
                role=office.role,
                role_words=str(office.get_role_display()),
                by_socket=any(phone.online_until and phone.online_until > now for phone in mine),
                by_push=any(phone.push_token and not phone.push_dead_at for phone in mine),
                phone=office.phone,
            )
        )
    return list(areas.values())


def unreachable_areas(now: datetime) -> list[str]:
    """Return the names of the areas where nobody can be reached, in the order of their codes."""
    return [area.name for area in areas_reach(now) if not area.is_reachable]


def means_for(kind: str, now: datetime) -> Means:
    """Return what the city has to carry one kind of message, and whom nobody could telephone."""
    for_an_office = kind.startswith("notice.")
    return Means(
        for_an_office=for_an_office,
        push_on=bool(settings.GERAK_FCM_CREDENTIALS),
        gateway_on=bool(settings.GERAK_GATEWAY_URL),
        silent=tuple(sorted(_silent_officials(now) if for_an_office else _silent_agencies())),
    )


def _silent_officials(now: datetime) -> QuerySet[Official, str]:
    return standing_offices(now).filter(phone="").values_list("user__name", flat=True)


def _silent_agencies() -> QuerySet[Agency, str]:
    staffed = Agency.objects.filter(duty_phone="", units__active=True).distinct()
    return staffed.values_list("short_name", flat=True)


@dataclass(frozen=True)
class Word:
    """One answer of an official, as the incident's page shows it."""

    official: str
    condition: str
    condition_words: str
    text: str
    needs: str
    at: datetime


@dataclass(frozen=True)
class OfficeWord:
    """What one office was told of an incident and what it said: for the incident's page."""

    notice: Notice
    office: str
    state_words: str
    basis_text: str
    reached_at: datetime | None
    reached_on: str
    read_by: list[tuple[str, datetime]]
    answers: list[Word]


def offices_of(incident: Incident) -> list[OfficeWord]:
    """Return each office's notice with receipts and answers, by the area's code, in four queries.

    `reached_at` is the first receipt by a phone of the office, on `reached_on`.
    """
    notices = (
        Notice.objects.filter(incident=incident)
        .select_related("office")
        .prefetch_related("receipts__person", "answers__person", "deliveries__received_on")
        .order_by("office__code")
    )
    return [_office_word(notice) for notice in notices]


def _office_word(notice: Notice) -> OfficeWord:
    got = [
        (row.received_at, row.received_on.name)
        for row in notice.deliveries.all()
        if row.received_at and row.received_on
    ]
    reached_at, reached_on = min(got, default=(None, ""))
    return OfficeWord(
        notice=notice,
        office=notice.office.name,
        state_words=str(notice.get_state_display()),
        basis_text=notice.basis_text,
        reached_at=reached_at,
        reached_on=reached_on,
        read_by=[
            (str(receipt.person), receipt.read_at)
            for receipt in sorted(notice.receipts.all(), key=lambda one: one.read_at)
        ],
        answers=[
            Word(
                official=str(answer.person),
                condition=answer.condition,
                condition_words=str(answer.get_condition_display()),
                text=answer.text,
                needs=answer.needs,
                at=answer.received_at,
            )
            for answer in sorted(notice.answers.all(), key=lambda one: one.received_at)
        ],
    )
