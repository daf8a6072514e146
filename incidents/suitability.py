"""Weigh units for an incident: whom to propose, and for each one why or why not.

Pure: facts in, reasons out. Which rows are worth weighing is selectors/recommendation.py's matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

LEAD, SUPPORT = "lead", "support"
SENT_ROLES = (LEAD, SUPPORT)
ORDER = {LEAD: 0, SUPPORT: 1}  # of the agencies; the others come last

TEXTS: dict[str, Promise] = {
    "lead_agency": _("instansi yang memimpin"),
    "support_agency": _("instansi yang ikut dikirim"),
    "capable": _("berkemampuan %s"),
    "nearest": _("terdekat"),
    "quickest": _("tercepat sampai, %s lewat jalan"),
    "fresh_position": _("posisi %s"),
    "stale_position": _("posisi usang (%s); dihitung dari pangkalan"),
    "no_position": _("posisi tidak diketahui; dihitung dari pangkalan"),
    "not_routed": _("instansi tidak disalurkan untuk jenis ini"),
    "off_duty": _("lepas piket"),
    "out_of_service": _("tidak siap operasi"),
    "busy": _("sedang bertugas"),
    "no_crew": _("tidak ada petugas piket"),
    "unreachable": _("tidak ada ponsel yang terjangkau"),
    "not_capable": _("tidak berkemampuan %s"),
    "declined": _("sudah menolak kejadian ini"),
    "ask_only": _("instansi luar: minta bantuan"),
    "agency_sent": _("instansinya sudah dikirim: %s"),
    "farther": _("lebih jauh daripada %s"),
    "no_unit": _("tidak ada regu yang siap dari instansi yang memimpin (%s)"),
    "no_support": _("tidak ada regu yang siap dari %s"),
    "no_capable": _("tidak ada regu %s yang siap"),
    "no_place": _("kejadian belum punya titik lokasi"),
    "no_road_times": _("server rute tidak menjawab: dihitung dengan jarak lurus"),
}
GOOD = frozenset(
    {"lead_agency", "support_agency", "capable", "nearest", "quickest", "fresh_position"}
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as a code, with what its sentence needs."""

    code: str
    detail: str = ""

    @property
    def text(self) -> str:
        """Return the sentence in the language in force."""
        sentence = str(TEXTS[self.code])
        return sentence % self.detail if "%s" in sentence else sentence

    @property
    def is_good(self) -> bool:
        """Say whether it speaks for the unit."""
        return self.code in GOOD


@dataclass(slots=True)
class Suitability:
    """What is known of one unit for one incident, and what came of it.

    needs: capabilities or kinds of which one is enough; has: what the unit has. Distances in
    metres, ages and road times in seconds; None where unknown.
    """

    unit_id: int
    call_sign: str
    agency_id: int
    role: str
    takes_orders: bool
    duty: str
    needs: tuple[str, ...] = ()
    has: frozenset[str] = frozenset()
    busy: bool = False
    crewed: bool = False
    reachable: bool = False
    declined: bool = False
    is_fresh: bool = False
    distance_m: float | None = None
    position_age_s: float | None = None
    road_s: float | None = None
    chosen: bool = False
    reasons: list[Reason] = field(default_factory=list)

    @property
    def capable(self) -> bool:
        """Say whether it can do what the type needs of its agency."""
        return not self.needs or not self.has.isdisjoint(self.needs)

    @property
    def blockers(self) -> list[Reason]:
        """Return why it cannot be proposed, worst first."""
        checks = (
            (self.role not in SENT_ROLES, "not_routed"),
            (not self.takes_orders, "ask_only"),
            (self.duty == "off_duty", "off_duty"),
            (self.duty == "out_of_service", "out_of_service"),
            (self.busy, "busy"),
            (self.declined, "declined"),
            (not self.crewed, "no_crew"),
            (not self.reachable, "unreachable"),
        )
        found = [Reason(code) for holds, code in checks if holds]
        if not self.capable:
            found.append(Reason("not_capable", ", ".join(self.needs)))
        return found

    @property
    def nearness(self) -> tuple[bool, float, bool, float, int]:
        """Return what orders units: by road where known, else by the straight distance."""
        return (
            self.road_s is None,
            self.road_s or 0.0,
            self.distance_m is None,
            self.distance_m or 0.0,
            self.unit_id,
        )

    def describe(self) -> None:
        """Give the reasons that hold whoever else there is."""
        if self.role in SENT_ROLES:
            self.reasons.append(Reason(f"{self.role}_agency"))
            if self.needs and self.capable:
                self.reasons.append(Reason("capable", ", ".join(sorted(self.has & {*self.needs}))))
        if self.position_age_s is None:
            self.reasons.append(Reason("no_position"))
        else:
            code = "fresh_position" if self.is_fresh else "stale_position"
            self.reasons.append(Reason(code, age_text(self.position_age_s)))


def choose(units: Iterable[Suitability], *, covered: Mapping[int, str]) -> list[Suitability]:
    """Choose the nearest ready unit of each agency that leads or supports; return all, in order.

    covered: agencies that have a unit on its way already, with its call sign: they get no other.
    The chosen come first, then those that could go, then the rest; among each the agency that
    leads, then those that support, by nearness. All have their reasons.
    """
    ready: dict[int, list[Suitability]] = defaultdict(list)
    listed = list(units)
    blockers = {unit.unit_id: unit.blockers for unit in listed}
    for unit in listed:
        unit.describe()
        if not blockers[unit.unit_id]:
            ready[unit.agency_id].append(unit)
    for agency_id, candidates in ready.items():
        candidates.sort(key=lambda unit: unit.nearness)
        _choose_one(candidates, sent=covered.get(agency_id))
    for unit in listed:
        unit.reasons += blockers[unit.unit_id]
    return sorted(
        listed,
        key=lambda unit: (
            not unit.chosen,
            bool(blockers[unit.unit_id]),
            ORDER.get(unit.role, len(ORDER)),
            unit.nearness,
        ),
    )


def shortfalls(
    agencies: Iterable[tuple[int, str, str]],
    units: Iterable[Suitability],
    *,
    covered: Mapping[int, str],
) -> list[Reason]:
    """Return what is missing: agencies (id, name, role) that should send and have nobody ready."""
    chosen = {unit.agency_id for unit in units if unit.chosen}
    short = []
    for agency_id, name, role in agencies:
        if agency_id in chosen or agency_id in covered:
            continue
        short.append(Reason("no_unit" if role == LEAD else "no_support", name))
    return short


def age_text(seconds: float) -> str:
    """Return how long ago something was, in the language in force."""
    whole = max(0, int(seconds))
    if whole < 60:
        return _ago(get_language(), "s", whole)
    if whole < 90 * 60:
        return _ago(get_language(), "min", whole // 60)
    if whole < 48 * 3600:
        return _ago(get_language(), "h", whole // 3600)
    return _ago(get_language(), "d", whole // 86400)


@lru_cache(maxsize=1_024)  # a recommendation says it of a hundred units, 4 µs each
def _ago(_language: str | None, unit: str, count: int) -> str:
    if unit == "s":
        return ngettext("%d detik lalu", "%d detik lalu", count) % count
    if unit == "min":
        return ngettext("%d menit lalu", "%d menit lalu", count) % count
    if unit == "h":
        return ngettext("%d jam lalu", "%d jam lalu", count) % count
    return ngettext("%d hari lalu", "%d hari lalu", count) % count


def duration_text(seconds: float) -> str:
    """Return a driving time in whole minutes, at least one."""
    return gettext("%d mnt") % max(1, round(seconds / 60))


def _choose_one(candidates: list[Suitability], *, sent: str | None) -> None:
    best = candidates[0]
    if sent is not None:
        for unit in candidates:
            unit.reasons.append(Reason("agency_sent", sent))
        return
    best.chosen = True
    if best.road_s is not None:
        best.reasons.append(Reason("quickest", duration_text(best.road_s)))
    elif best.distance_m is not None:
        best.reasons.append(Reason("nearest"))
    for unit in candidates[1:]:
        unit.reasons.append(Reason("farther", best.call_sign))
