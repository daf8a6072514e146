"""Earthquakes: autogempa, gempaterkini and gempadirasakan in JSON. Pure.

Source: domain study, 6.1: every value is a text, `Coordinates` is "lat,lon", the word "tsunami"
stands in the negative text too, and there is no event id.
"""

import json
import math
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from notifications.bmkg.refusal import Unreadable, clean
from notifications.policy import BMKG, BmkgPolicy

TEXT_MAX = 400
NUMBER = r"[-+]?\d{1,4}(?:\.\d{1,6})?"
COORDINATES = re.compile(rf"\s*({NUMBER})\s*,\s*({NUMBER})\s*")
MAGNITUDE = re.compile(r"\s*(\d{1,2}(?:[.,]\d{1,3})?)\s*")
DEPTH = re.compile(r"\s*(\d{1,4}(?:[.,]\d{1,3})?)\s*km\s*", re.IGNORECASE)
ROMAN = {
    name: number
    for number, name in enumerate(
        ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"), start=1
    )
}
FELT = re.compile(r"([IVX]{1,4})(?:\s*[-\N{EN DASH}]\s*([IVX]{1,4}))?\s+(.{2,80})")
NO_TSUNAMI = re.compile(r"\b(tidak|tak|bukan|tanpa|belum)\b[^.]*\btsunami\b", re.IGNORECASE)


@dataclass(frozen=True)
class Felt:
    """How strongly a quake was felt at one place, in MMI (the upper end of a range)."""

    place: str
    mmi: int


@dataclass(frozen=True)
class Quake:
    """One earthquake as BMKG tells it. tsunami: None where the text does not speak of one."""

    happened_at: datetime
    lat: float
    lon: float
    magnitude: float
    depth_km: float | None
    place: str
    potential: str
    tsunami: bool | None
    felt: tuple[Felt, ...]
    felt_text: str

    @property
    def key(self) -> str:
        """Return what stands in for the id that BMKG does not give."""
        return f"quake:{self.happened_at:%Y-%m-%dT%H:%M:%SZ}:{self.lat:.2f},{self.lon:.2f}"

    def merged_with(self, earlier: "Quake") -> "Quake":
        """Return this saying with what only the earlier one knew: feeds differ in their fields.

        A word on the tsunami outlasts a text without one, so that two feeds do not take turns.
        """
        speaks = self if self.tsunami is not None or earlier.tsunami is None else earlier
        if not speaks.potential:
            speaks = earlier
        return replace(
            self,
            depth_km=self.depth_km if self.depth_km is not None else earlier.depth_km,
            potential=speaks.potential,
            tsunami=speaks.tsunami,
            felt=self.felt or earlier.felt,
            felt_text=self.felt_text or earlier.felt_text,
        )


def read_quakes(document: bytes, *, policy: BmkgPolicy = BMKG) -> tuple[list[Quake], list[str]]:
    """Return the quakes of a document, and why entries were refused, one text each.

    Raises Unreadable where the whole is refused. A repeated entry counts once.
    """
    entries = _entries(_parsed(document, policy), policy)
    quakes: dict[str, Quake] = {}
    refused = []
    for entry in entries:
        try:
            quake = _quake(entry)
        except Unreadable as error:
            refused.append(str(error))
        else:
            known = quakes.get(quake.key)
            quakes[quake.key] = quake.merged_with(known) if known else quake
    if refused and not quakes:
        raise Unreadable(f"no entry can be read: {refused[0]}")
    return list(quakes.values()), refused


def read_felt(text: str) -> tuple[Felt, ...]:
    """Return who felt it how strongly; what has another shape is left out.

    "IV Kota Solok, III-IV Padang" gives 4 and 4; "-" gives nothing.
    """
    found = []
    for part in text.split(","):
        match = FELT.fullmatch(part.strip())
        grades = [ROMAN.get(one or "") for one in match.groups()[:2]] if match else []
        known = [grade for grade in grades if grade is not None]
        if match and known:
            found.append(Felt(match[3].strip(), max(known)))
    return tuple(found)


def read_tsunami(text: str) -> bool | None:
    """Say whether a text warns of a tsunami; None where it does not speak of one."""
    if "tsunami" not in text.lower():
        return None
    return NO_TSUNAMI.search(text) is None


def _parsed(document: bytes, policy: BmkgPolicy) -> Any:
    if len(document) > policy.document_max_bytes:
        raise Unreadable("the document is too large")
    try:
        return json.loads(document, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable("the document is no JSON") from error


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _entries(parsed: Any, policy: BmkgPolicy) -> list[Any]:
    told = parsed.get("Infogempa") if isinstance(parsed, dict) else None
    found = told.get("gempa") if isinstance(told, dict) else None
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not found:
        raise Unreadable("the document has no Infogempa.gempa")
    if len(found) > policy.entries_max:
        raise Unreadable("the document has too many entries")
    return found


def _quake(entry: Any) -> Quake:
    if not isinstance(entry, dict):
        raise Unreadable("an entry is no object")
    lat, lon = _coordinates(entry.get("Coordinates"))
    potential = _text(entry, "Potensi", required=False)
    felt_text = _text(entry, "Dirasakan", required=False)
    return Quake(
        happened_at=_moment(entry.get("DateTime")),
        lat=lat,
        lon=lon,
        magnitude=_magnitude(entry.get("Magnitude")),
        depth_km=_depth(entry.get("Kedalaman")),
        place=_text(entry, "Wilayah"),
        potential=potential,
        tsunami=read_tsunami(potential),
        felt=read_felt(felt_text),
        felt_text="" if felt_text == "-" else felt_text,
    )


def _text(entry: dict[str, Any], name: str, *, required: bool = True) -> str:
    return clean(entry.get(name), name, max_length=TEXT_MAX, required=required)


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(clean(value, "DateTime", max_length=40))
        utc = moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError) as error:
        raise Unreadable("DateTime cannot be read") from error
    if utc is None or not 1970 < utc.year < 2200:
        raise Unreadable("DateTime cannot be read")
    return utc.replace(microsecond=0)


def _coordinates(value: Any) -> tuple[float, float]:
    match = COORDINATES.fullmatch(clean(value, "Coordinates", max_length=40))
    if match is None:
        raise Unreadable("Coordinates cannot be read")
    lat, lon = float(match[1]), float(match[2])
    if abs(lat) > 90 or abs(lon) > 180:
        raise Unreadable("Coordinates are not on earth")
    return lat, lon


def _magnitude(value: Any) -> float:
    match = MAGNITUDE.fullmatch(clean(value, "Magnitude", max_length=12))
    number = float(match[1].replace(",", ".")) if match else math.nan
    if not 0 < number <= 10:
        raise Unreadable("Magnitude cannot be read")
    return number


def _depth(value: Any) -> float | None:
    text = clean(value, "Kedalaman", max_length=20, required=False)
    match = DEPTH.fullmatch(text)
    if text and match is None:
        raise Unreadable("Kedalaman cannot be read")
    return float(match[1].replace(",", ".")) if match else None
