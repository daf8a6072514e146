"""How a report says things: rules, reasons, spans and shares in the reader's language. Pure."""

from datetime import datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents.reports.figures import BEYOND

RULES = {
    "test_call": gettext_lazy("panggilan uji coba"),
    "abandoned_by_caller": gettext_lazy("ditutup penelepon sebelum dijawab"),
    "no_ring_known": gettext_lazy("dicatat di meja, waktu berdering tidak diketahui"),
    "cancelled_before_goal": gettext_lazy("dibatalkan sebelum batas waktu"),
    "declined": gettext_lazy("ditolak regu"),
    "sent_again": gettext_lazy("dikirim lagi, waktunya dibawa ke penugasan berikutnya"),
    "merged_into_another": gettext_lazy("digabung ke kejadian lain"),
    "merged_after_goal": gettext_lazy("digabung ke kejadian lain setelah batas waktu"),
    "closed_without_a_unit": gettext_lazy("ditutup tanpa regu"),
    "closed_without_a_unit_after_goal": gettext_lazy("ditutup tanpa regu setelah batas waktu"),
    "no_failed_assignment": gettext_lazy("tidak ada penugasan yang gagal"),
    "no_transport": gettext_lazy("tanpa rujukan"),
    "withdrawn": gettext_lazy("pemberitahuan ditarik"),
    "recalled": gettext_lazy("waktu dicatat atau diubah belakangan"),
    "within_bounds": gettext_lazy("waktunya tidak cukup pasti terhadap target"),
    "contradictory": gettext_lazy("waktu saling bertentangan"),
    "no_fix": gettext_lazy("tidak ada posisi"),
    "poor_accuracy": gettext_lazy("akurasi buruk"),
    "offline": gettext_lazy("ponsel luring"),
    "no_permission": gettext_lazy("izin lokasi tidak diberikan"),
    "clock": gettext_lazy("jam ponsel meragukan"),
    "mock_suspected": gettext_lazy("dugaan posisi palsu"),
    "at_scene": gettext_lazy("regu sudah di lokasi"),
    "closed_early": gettext_lazy("ditutup sebelum batas waktu"),
    "unproven": gettext_lazy("belum terbukti"),
}
UNKNOWN = "–"


def rule(name: str) -> str:
    """Return a rule or reason in words; an unknown one as it is stored."""
    return str(RULES.get(name, name or _("tanpa alasan tercatat")))


def counted(found: dict[str, int]) -> str:
    """Return counts by reason as one line: "2 ponsel luring; 1 tidak ada posisi"."""
    return "; ".join(f"{count} {rule(name)}" for name, count in found.items())


def span(value_s: float | None) -> str:
    """Return seconds as 9:58 or 1:02:03; a dash for none, words for what never arrived."""
    if value_s is None:
        return UNKNOWN
    if value_s == BEYOND:
        return _("tidak tercapai")
    whole = round(abs(value_s))
    sign = "−" if value_s < 0 and whole else ""
    hours, rest = divmod(whole, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{sign}{hours}:{minutes:02}:{seconds:02}"
    return f"{sign}{minutes}:{seconds:02}"


def share(low: float | None, high: float | None) -> str:
    """Return a share as 80 %, or as the range 71–83 % where some cases prove neither."""
    if low is None or high is None:
        return UNKNOWN
    at_least, at_most = _percent(low), _percent(high)
    return f"{at_least} %" if at_least == at_most else f"{at_least}–{at_most} %"


def moment(at: datetime | None, zone: tzinfo) -> str:
    """Return a moment in the city's zone, to the second."""
    return UNKNOWN if at is None else f"{at.astimezone(zone):%d-%m-%Y %H:%M:%S}"


def behind(events: int) -> str:
    """Say that a report was read from a copy that had not received everything yet."""
    return (
        ngettext(
            "%d peristiwa jurnal yang lebih baru belum termasuk",
            "%d peristiwa jurnal yang lebih baru belum termasuk",
            events,
        )
        % events
    )


def _percent(value: float) -> str:
    return f"{value * 100:.1f}".replace(".", _(",")).removesuffix(_(",") + "0")


def cell(value: Any) -> str:
    """Return any cell of a table as text."""
    return UNKNOWN if value is None else str(value)
