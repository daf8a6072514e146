"""One incident's notices: which are wanted, and the change that brings them about, all at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from incidents.areas import touched
from incidents.journal import Draft
from incidents.models import Area, Incident
from incidents.selectors.areas import outline_of, villages_near
from notifications.models import Notice
from notifications.notice_plan import (
    Place,
    PlannedNotice,
    plan_offices,
    word_basis,
    word_notice,
)
from notifications.policy import NOTICES

OPEN = (Notice.State.ISSUED, Notice.State.UPDATED)
FIELDS = ("state", "basis", "basis_text", "headline", "text", "updated_at", "update_due_at")


@dataclass(frozen=True)
class Offices:
    """The areas that one incident's notices may name, and how far off its point each outline is."""

    places: dict[int, Place]
    distances_m: dict[str, float]

    @classmethod
    def read(cls, incident: Incident, standing: Collection[int]) -> "Offices":
        """Read them, in two queries; every area only for a type that all are told of.

        standing: the offices that have a notice already.
        """
        distances_m = _distances_m(incident)
        rows = Area.objects.all()
        if incident.type.notice != "all":
            ours = Q(incidents=incident) | Q(code__in=distances_m) | Q(pk__in=standing)
            named = Area.objects.filter(ours)
            rows = rows.filter(Q(pk__in=named.values("pk")) | Q(pk__in=named.values("parent")))
        fields = rows.order_by("pk").values_list("pk", "code", "name", "level", "parent_id")
        return cls({row[0]: Place(*row) for row in fields}, distances_m)


def wanted_notices(incident: Incident, offices: Offices) -> list[PlannedNotice]:
    """Return what each office is to be told. A point near a border touches both sides of it.

    The areas that a dispatcher chose are exactly those that are told.
    """
    everywhere = incident.type.notice == "all"
    basis, distances_m = _basis(incident), offices.distances_m
    named = [offices.places[pk] for pk in incident.areas.values_list("pk", flat=True)]
    named += [
        place
        for place in offices.places.values()
        if place.code in distances_m and place not in named
    ]
    planned = plan_offices(touched=named, everywhere=everywhere, places=offices.places.values())
    return [
        word_notice(
            office=offices.places[office_pk],
            areas=areas,
            label=incident.type.label,
            number=incident.number,
            opened_at=incident.opened_at,
            basis=basis,
            basis_text=word_basis(
                areas=areas, basis=basis, everywhere=everywhere, distances_m=distances_m
            ),
        )
        for office_pk, areas in planned.items()
    ]


def _distances_m(incident: Incident) -> dict[str, float]:
    """Return code → metres to the outline, of the kelurahan that a point lies in or next to."""
    lat, lon = incident.lat, incident.lon
    if _basis(incident) != Notice.Basis.POLYGON or lat is None or lon is None:
        return {}
    near = villages_near(lat, lon, within_m=NOTICES.border_m)
    return touched(lat, lon, map(outline_of, near), within_m=NOTICES.border_m)


def _basis(incident: Incident) -> str:
    known = incident.area_basis in Notice.Basis.values
    return incident.area_basis if known else Notice.Basis.DISPATCHER


class Change:
    """Gather what changes, then write it in bulk. Nothing is written before `write`."""

    def __init__(self, incident: Incident, now: datetime, offices: Offices) -> None:
        self._incident, self._now = incident, now
        self._codes = {pk: place.code for pk, place in offices.places.items()}
        self._fresh: list[Notice] = []
        self._changed: list[Notice] = []
        self._areas: dict[Notice, tuple[int, ...]] = {}
        self._drafts: list[Draft] = []

    def bring_about(self, planned: PlannedNotice, notice: Notice | None) -> None:
        """Make one office's notice say what is planned; nothing where it does already."""
        kind = "notice.issued" if notice is None else "notice.updated"
        if notice is None:
            notice = Notice(
                incident=self._incident, office_id=planned.office_pk, issued_at=self._now
            )
            self._fresh.append(notice)
        elif notice.state in OPEN and _says(notice, planned):
            self._hold_back(notice, None)
            return
        elif notice.state in OPEN and (due := self._too_soon_until(notice)):
            self._hold_back(notice, due)
            return
        else:
            notice.state = Notice.State.UPDATED
            self._changed.append(notice)
        notice.basis, notice.basis_text = planned.basis, planned.basis_text
        notice.headline, notice.text = planned.headline, planned.text
        notice.updated_at, notice.update_due_at = self._now, None
        self._areas[notice] = planned.area_pks
        self._drafts.append(self._draft(kind, notice))

    def end(self, notices: Iterable[Notice], state: str) -> None:
        """Withdraw or close the open ones among some notices; that never waits."""
        for notice in notices:
            if notice.state in OPEN:
                notice.state, notice.updated_at, notice.update_due_at = state, self._now, None
                self._changed.append(notice)
                self._drafts.append(self._draft(f"notice.{state}", notice))

    def write(self) -> list[Draft]:
        """Write all of it; return the facts to record."""
        Notice.objects.bulk_create(self._fresh)
        Notice.objects.bulk_update(self._changed, FIELDS)
        if self._areas:
            link = Notice.areas.through
            link._default_manager.filter(notice__in=list(self._areas)).delete()
            link._default_manager.bulk_create(
                link(notice_id=notice.pk, area_id=area_pk)
                for notice, area_pks in self._areas.items()
                for area_pk in area_pks
            )
        return self._drafts

    def _too_soon_until(self, notice: Notice) -> datetime | None:
        """Return until when an update waits that comes on the heels of the last word."""
        due = notice.updated_at + timedelta(seconds=NOTICES.office_pace_s)
        return due if due > self._now else None

    def _hold_back(self, notice: Notice, until: datetime | None) -> None:
        if notice.update_due_at != until:
            notice.update_due_at = until
            self._changed.append(notice)

    def _draft(self, kind: str, notice: Notice) -> Draft:
        data = {
            "notice_id": str(notice.pk),
            "office": self._codes[notice.office_id],
            "state": str(notice.state),
        }
        return Draft(kind, self._now, self._incident, data=data)


def _says(notice: Notice, planned: PlannedNotice) -> bool:
    areas = {area.pk for area in notice.areas.all()}
    stands = (notice.headline, notice.text, notice.basis, areas)
    return stands == (planned.headline, planned.text, planned.basis, set(planned.area_pks))
