"""Which offices hear of an incident, of which areas, in which words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")
HEADLINE_MAX = 160
LISTED_AREAS_MAX = 6


@dataclass(frozen=True)
class Place:
    """An area as far as the plan needs it. `level`: kota, kecamatan or kelurahan."""

    pk: int
    code: str
    name: str
    level: str
    parent_pk: int | None


@dataclass(frozen=True)
class PlannedNotice:
    """What the officials of one area are to be told."""

    office_pk: int
    area_pks: tuple[int, ...]
    headline: str
    text: str


def plan_offices(
    *, touched: Iterable[Place], everywhere: bool, places: Iterable[Place]
) -> dict[int, list[Place]]:
    """Return office → the areas it is told of, both in the order of their codes.

    Each touched kelurahan's own office hears of it; each kecamatan's hears once, of all touched
    kelurahan in it. Everywhere: all of them. A kecamatan that is named itself hears of itself.
    """
    known = {place.pk: place for place in places}
    if everywhere:
        touched = [place for place in known.values() if place.level == "kelurahan"]
    offices: dict[int, list[Place]] = {}
    for place in sorted(set(touched), key=lambda place: place.code):
        offices.setdefault(place.pk, []).append(place)
        parent = known.get(place.parent_pk) if place.parent_pk is not None else None
        if place.level == "kelurahan" and parent is not None and parent.level == "kecamatan":
            offices.setdefault(parent.pk, []).append(place)
    return offices


def word_notice(
    *, office: Place, areas: list[Place], label: str, number: str, opened_at: datetime
) -> PlannedNotice:
    """Return one office's notice in words: no caller, no address, no summary."""
    return PlannedNotice(
        office_pk=office.pk,
        area_pks=tuple(place.pk for place in areas),
        headline=f"{label} di {_names(areas)}"[:HEADLINE_MAX],
        text=(
            f"Kejadian {number}: {label}. Wilayah: {_names(areas)}. "
            f"Dilaporkan {opened_at.astimezone(WIB):%d-%m-%Y pukul %H.%M} WIB. "
            "Mohon periksa keadaan warga di wilayah Anda dan kirim jawaban."
        ),
    )


def _names(areas: list[Place]) -> str:
    names = [f"{'Kec.' if place.level == 'kecamatan' else 'Kel.'} {place.name}" for place in areas]
    if len(names) > LISTED_AREAS_MAX:
        return f"{', '.join(names[:LISTED_AREAS_MAX])} dan {len(names) - LISTED_AREAS_MAX} lainnya"
    return ", ".join(names)
