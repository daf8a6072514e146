"""Reads of the ledger and of the notices. `notices_of` is the only way to somebody's notices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Prefetch, Q, QuerySet, Subquery

from incidents.lifecycle import Disposition, IncidentState
from incidents.models import Incident, IncidentEvent, JournalHead
from notifications.models import (
    Bulletin,
    Delivery,
    Notice,
    NoticeReceipt,
    Official,
    OutsideFeed,
    PublicAlert,
)
from notifications.policy import PUBLIC, STREAM
from responders.models import User

RANKS = (Official.Role.HEAD, Official.Role.ACTING, Official.Role.DEPUTY)


@dataclass(frozen=True)
class Head:
    """Where the journal stands, and which history it is."""

    seq: int
    epoch: str


def journal_head() -> Head:
    """Return the journal's end; an empty journal gets its row, so that its epoch lasts."""
    head, _made = JournalHead.objects.get_or_create(pk=1)
    return Head(head.seq, str(head.epoch))


def standing_offices(now: datetime) -> QuerySet[Official]:
    """Return the offices that are held at this moment."""
    return Official.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now, user__is_active=True
    )


def first_told(notice_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, set[int]]:
    """Return notice → the people who are told at first: those of the foremost rank that is held.

    The head; where there is none the acting head, where there is none the deputies. The others are
    told when nobody has read it in time.
    """
    told: dict[UUID, set[int]] = {}
    for notice_id, ranked in _ranks(notice_ids, now=now).items():
        foremost = next(rank for rank in RANKS if rank in ranked)
        told[notice_id] = ranked[foremost]
    return told


def further_officials(notice_id: UUID, *, now: datetime) -> list[int]:
    """Return the people who hold the notice's office and were never told of it."""
    offices = standing_offices(now).filter(area__notices=notice_id)
    told = Delivery.objects.filter(notice=notice_id).values("person_id")
    people = offices.exclude(user__in=told).order_by("user_id")
    return list(people.values_list("user_id", flat=True).distinct())


def told_before(notice_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, set[int]]:
    """Return notice → who was told of it and still holds the office: they hear its updates."""
    told: dict[UUID, set[int]] = {}
    rows = visible_deliveries(now=now).filter(notice__in=list(notice_ids))
    for notice_id, person_id in rows.values_list("notice_id", "person_id").distinct():
        told.setdefault(notice_id, set()).add(person_id)
    return told


def _ranks(notice_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, dict[str, set[int]]]:
    offices = dict(Notice.objects.filter(pk__in=list(notice_ids)).values_list("pk", "office_id"))
    by_area: dict[int, dict[str, set[int]]] = {}
    rows = standing_offices(now).filter(area__in=set(offices.values()))
    for area_id, role, person_id in rows.values_list("area_id", "role", "user_id"):
        by_area.setdefault(area_id, {}).setdefault(role, set()).add(person_id)
    return {pk: by_area[area_id] for pk, area_id in offices.items() if area_id in by_area}


def notices_of(person: User, *, now: datetime) -> QuerySet[Notice]:
    """Return the notices of the areas this person heads now, newest first."""
    offices = standing_offices(now).filter(user=person).values("area_id")
    return (
        Notice.objects.filter(office__in=offices)
        .select_related("incident__type")
        .prefetch_related(
            "areas",
            Prefetch(
                "receipts",
                queryset=NoticeReceipt.objects.filter(person=person),
                to_attr="own_receipts",
            ),
        )
        .order_by("-issued_at", "-pk")
    )


def visible_deliveries(*, now: datetime) -> QuerySet[Delivery]:
    """Return the rows that the stream may show: kept, and of notices while the office is held."""
    holds_office = standing_offices(now).filter(
        user=OuterRef("person"), area=OuterRef("notice__office")
    )
    return Delivery.objects.filter(
        Q(notice__isnull=True) | Exists(holds_office),
        planned_at__gte=now - timedelta(days=STREAM.kept_days),
    )


class Owed(NamedTuple):
    """What a frame needs of a delivery row."""

    pk: int
    event_id: int
    person_id: int
    assignment_id: UUID | None
    notice_id: UUID | None
    alert_id: UUID | None
    drill_id: UUID | None


def stream_of(person_id: int, *, after: int, limit: int, now: datetime) -> list[Owed]:
    """Return a person's next delivery rows after a number, in order."""
    rows = visible_deliveries(now=now).filter(person_id=person_id, event_id__gt=after)
    return _owed(rows.order_by("event_id")[:limit])


def new_deliveries(*, after: int, now: datetime, people: Iterable[int] | None = None) -> list[Owed]:
    """Return the rows after a number, in order: everybody's, or those of the people given.

    Thousands of people in the question cost more than the rows of all the others in the answer.
    """
    rows = visible_deliveries(now=now).filter(event_id__gt=after)
    if people is not None:
        rows = rows.filter(person_id__in=list(people))
    return _owed(rows.order_by("event_id", "person_id"))


def _owed(rows: QuerySet[Delivery]) -> list[Owed]:
    return list(map(Owed._make, rows.values_list(*Owed._fields)))


def newest_of(person: str, *, now: datetime) -> Subquery:
    """Return, for a query of whose rows `person` names the person, their newest visible event."""
    rows = visible_deliveries(now=now).filter(person=OuterRef(person))
    return Subquery(rows.order_by("-event_id").values("event_id")[:1])


def newest_visible(people: Iterable[int], *, now: datetime) -> dict[int, int]:
    """Return person → the number of the newest event they can see; 0 for none."""
    rows = User.objects.filter(pk__in=set(people)).annotate(newest=newest_of("pk", now=now))
    return {pk: newest or 0 for pk, newest in rows.values_list("pk", "newest")}


def is_lost(*, after: int, epoch: str | None, head: Head, now: datetime) -> bool:
    """Say whether a client that heard everything up to `after` must start anew.

    So it is where that number is of another history, beyond the end, or older than what is kept.
    """
    if epoch is not None and epoch != head.epoch:
        return True
    if after > head.seq:
        return True
    if after == 0:
        return False
    following = IncidentEvent.objects.filter(seq__gt=after).order_by("seq")
    recorded_at = following.values_list("recorded_at", flat=True).first()
    return recorded_at is not None and recorded_at < now - timedelta(days=STREAM.kept_days)


def alerts_in_force(now: datetime) -> QuerySet[PublicAlert]:
    """Return what the public is told now, newest first: not expired, not replaced."""
    rows = PublicAlert.objects.filter(expires_at__gt=now, successor=None)
    return rows.defer("document").order_by("-sent_at", "pk")


@dataclass(frozen=True)
class Happening:
    """What the public page says of one incident: no number, no place but the areas' names."""

    label: str
    label_en: str
    areas: tuple[str, ...]
    about_at: datetime
    state: str  # reported, under_way, over


def happenings(now: datetime) -> list[Happening]:
    """Return what goes on in the city as it stood a while ago, newest first.

    Left out: sensitive types, types of which no area is told, what was cancelled, merged or false,
    and what is younger than the delay. Times are rounded down, places are kelurahan.
    """
    as_of = now - timedelta(seconds=PUBLIC.page_delay_s)
    since = now - timedelta(seconds=PUBLIC.page_back_s)
    rows = (
        Incident.objects.filter(opened_at__lte=as_of, type__sensitive=False)
        .filter(Q(opened_at__gte=since) | Q(closed_at=None) | Q(closed_at__gte=since))
        .exclude(type__notice="none")
        .exclude(state__in=(IncidentState.CANCELLED, IncidentState.MERGED))
        .exclude(disposition__in=(Disposition.FALSE_ALARM, Disposition.CANCELLED))
        .annotate(first_sent_at=Min("assignments__dispatched_at"))
        .select_related("type")
        .prefetch_related("areas")
        .order_by("-opened_at")[: PUBLIC.page_rows_max]
    )
    return [_happening(incident, incident.first_sent_at, as_of) for incident in rows]


def _happening(incident: Incident, first_sent_at: datetime | None, as_of: datetime) -> Happening:
    state = "reported"
    if first_sent_at is not None and first_sent_at <= as_of:
        state = "under_way"
    if incident.closed_at is not None and incident.closed_at <= as_of:
        state = "over"
    opened_s = incident.opened_at.timestamp()
    about_s = opened_s - opened_s % PUBLIC.page_round_s
    return Happening(
        label=incident.type.label,
        label_en=incident.type.label_en,
        areas=tuple(sorted(area.name for area in incident.areas.all())),
        about_at=datetime.fromtimestamp(about_s, UTC),
        state=state,
    )


def bulletins_shown(now: datetime) -> QuerySet[Bulletin]:
    """Return what BMKG says and nobody has decided on, the gravest first."""
    rows = Bulletin.objects.filter(state=Bulletin.State.NEW, expires_at__gt=now)
    return rows.order_by("-level", "-happened_at")


def bmkg_age_s(now: datetime) -> float | None:
    """Return the age of the last good answer of the feed that is longest silent, in seconds.

    None where one of them has never answered, or none is watched.
    """
    answered = list(OutsideFeed.objects.values_list("last_good_at", flat=True))
    known = [moment for moment in answered if moment is not None]
    if not answered or len(known) < len(answered):
        return None
    return max(0.0, (now - min(known)).total_seconds())
