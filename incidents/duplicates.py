"""Whether a new report is likely of something already known: place, time, type, and why. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from incidents.areas import distance_m
from incidents.policy import DuplicatePolicy


@dataclass(frozen=True)
class Happening:
    """A report or an open incident as it is compared. areas: codes; last_at: its newest call."""

    key: str
    type: str = ""
    category: str = ""
    lat: float | None = None
    lon: float | None = None
    areas: frozenset[str] = frozenset()
    number: str = ""
    last_at: datetime | None = None


@dataclass(frozen=True)
class Likeness:
    """How like an open incident is. reasons: codes in the order of weight; the higher the liker."""

    key: str
    score: float
    reasons: tuple[str, ...]
    distance_m: float | None
    minutes: float | None

    @property
    def is_likely(self) -> bool:
        return self.score >= 1.0


def likenesses(
    report: Happening, known: Iterable[Happening], *, now: datetime, policy: DuplicatePolicy
) -> list[Likeness]:
    """Return how like each known one is to a report, the likest first; strangers are left out."""
    found = [_likeness(report, one, now=now, policy=policy) for one in known]
    alike = [one for one in found if one.score > 0]
    return sorted(alike, key=lambda one: (-one.score, one.key))


def _likeness(
    report: Happening, known: Happening, *, now: datetime, policy: DuplicatePolicy
) -> Likeness:
    """Add up what speaks for it; place or caller must, time alone never does."""
    minutes = None
    if known.last_at is not None:
        minutes = max(0.0, (now - known.last_at).total_seconds() / 60)
    metres = _metres(report, known)
    place, place_reason = _place(report, known, metres, policy)
    reasons = [place_reason] if place_reason else []
    score = place
    if report.number and report.number == known.number:
        score += policy.same_number_weight
        reasons.append("same_number")
    if score == 0 or (minutes is not None and minutes > policy.window_min):
        return Likeness(known.key, 0.0, (), metres, minutes)
    if report.type and report.type == known.type:
        score += policy.same_type_weight
        reasons.append("same_type")
    elif report.category and report.category == known.category:
        score += policy.same_category_weight
        reasons.append("same_category")
    if minutes is not None and minutes <= policy.recent_min:
        score += policy.recent_weight
        reasons.append("recent")
    return Likeness(known.key, round(score, 3), tuple(reasons), metres, minutes)


def _metres(report: Happening, known: Happening) -> float | None:
    if None in (report.lat, report.lon, known.lat, known.lon):
        return None
    return distance_m(report.lat, report.lon, known.lat, known.lon)  # type: ignore[arg-type]


def _place(
    report: Happening, known: Happening, metres: float | None, policy: DuplicatePolicy
) -> tuple[float, str]:
    if metres is not None:
        if metres <= policy.same_place_m:
            return policy.same_place_weight, "same_place"
        if metres <= policy.near_m:
            return policy.near_weight, "near"
        return 0.0, ""
    if report.areas & known.areas:
        return policy.same_area_weight, "same_area"
    return 0.0, ""
