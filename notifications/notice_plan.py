"""Which offices hear of an incident, of which areas, in which words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")
HEADLINE_MAX = 160
LISTED_AREAS_MAX = 6
BASIS_TEXT_MAX = 300


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
    basis: str = "dispatcher"
    basis_text: str = ""


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
    *,
    office: Place,
    areas: list[Place],
    label: str,
    number: str,
    opened_at: datetime,
    basis: str,
    basis_text: str,
) -> PlannedNotice:
    """Return one office's notice in words, with why it is told: no caller, address or summary."""
    return PlannedNotice(
        office_pk=office.pk,
        area_pks=tuple(place.pk for place in areas),
        headline=f"{label} di {_names(areas)}"[:HEADLINE_MAX],
        text=(
            f"Kejadian {number}: {label}. Wilayah: {_names(areas)}. "
            f"Dilaporkan {opened_at.astimezone(WIB):%d-%m-%Y pukul %H.%M} WIB. "
            "Mohon periksa keadaan warga di wilayah Anda dan kirim jawaban. "
            f"Dasar: {basis_text}"
        ),
        basis=basis,
        basis_text=basis_text[:BASIS_TEXT_MAX],
    )


def word_basis(
    *, areas: list[Place], basis: str, everywhere: bool, distances_m: dict[str, float]
) -> str:
    """Return why these areas are told, in a sentence. distances_m: code → metres to the outline."""
    if everywhere:
        return "jenis kejadian ini diberitahukan ke semua wilayah."
    if basis == "polygon":
        inside = [place for place in areas if not distances_m.get(place.code)]
        beside = [place for place in areas if distances_m.get(place.code)]
        parts = [f"titik kejadian di dalam batas {_names(inside)}"] if inside else []
        parts += [
            f"titik kejadian {distances_m[place.code]:.0f} m dari batas {_names([place])}"
            for place in beside
        ]
        return f"{'; '.join(parts)}."
    if basis == "centroid":
        return f"titik pusat wilayah yang terdekat: {_names(areas)}."
    return f"dipilih dispatcher: {_names(areas)}."


def _names(areas: list[Place]) -> str:
    names = [f"{'Kec.' if place.level == 'kecamatan' else 'Kel.'} {place.name}" for place in areas]
    if len(names) > LISTED_AREAS_MAX:
        return f"{', '.join(names[:LISTED_AREAS_MAX])} dan {len(names) - LISTED_AREAS_MAX} lainnya"
    return ", ".join(names)
