"""A report as tables in words: the one shape that the page, PDF, XLSX and CSV are written from.

Rows hold plain values; a column's kind says how a writer shows them. Nothing here is computed that
the report has not. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from incidents.reports import words
from incidents.reports.counts import UNCLASSIFIED, CallFigures, ClaimFigures
from incidents.reports.figures import Figures
from incidents.reports.report import Report

TEXT, COUNT, SPAN = "text", "count", "span"


@dataclass(frozen=True)
class Column:
    key: str
    title: str
    kind: str = TEXT


@dataclass(frozen=True)
class Table:
    """key: stable, for machines. rows: as many values as columns. note: what a reader must know."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]
    note: str = ""


@dataclass(frozen=True)
class Names:
    """Keys to words: incident types, agencies, areas, call classes, ends, call takers."""

    types: Mapping[str, str] = field(default_factory=dict)
    agencies: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, str] = field(default_factory=dict)
    takers: Mapping[int | None, str] = field(default_factory=dict)
    incidents: Mapping[UUID, str] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)


def tables_of(report: Report, names: Names, *, inside: bool) -> list[Table]:
    """Return a report's tables in their fixed order.

    inside: for the city's own eyes; adds the work of each call taker by user name. Without it there
    is nothing about any one person.
    """
    calls = report.calls
    tables = [_intervals(report), _claims(report.claims), _classes(calls, names)]
    if inside:
        tables.append(_takers(calls, names))
    incidents = report.incidents
    tables += [
        _days(calls, names),
        _counts("types", _("Kejadian per jenis"), incidents.by_type, names.types),
        _counts("agencies", _("Kejadian per instansi"), incidents.by_agency, names.agencies),
        _counts("areas", _("Kejadian per kelurahan"), incidents.by_area, names.areas),
        _counts("ends", _("Kejadian per hasil"), incidents.by_end, names.ends),
        _breaches(report, names),
    ]
    return tables


def _intervals(report: Report) -> Table:
    columns = (
        Column("code", _("Kode")),
        Column("name", _("Selang waktu")),
        Column("goal_s", _("Target"), SPAN),
        Column("share", _("Tercapai")),
        Column("p50_s", "P50", SPAN),
        Column("p90_s", "P90", SPAN),
        Column("mean_s", _("Rata-rata"), SPAN),
        Column("n", "n", COUNT),
        Column("censored", _("Tidak tercapai"), COUNT),
        Column("passed", _("Lolos"), COUNT),
        Column("failed", _("Gagal"), COUNT),
        Column("indeterminate", _("Belum pasti"), COUNT),
        Column("open", _("Berjalan"), COUNT),
        Column("missing", _("Tidak tercatat"), COUNT),
        Column("inferred", _("Susulan"), COUNT),
        Column("excluded", _("Dikecualikan"), COUNT),
        Column("why", _("Alasan")),
    )
    rows = [
        (
            code,
            str(report.goals[code].name),
            report.goals[code].goal_s,
            words.share(one.share_low, one.share_high),
            one.p50_s,
            one.p90_s,
            one.mean_s,
            one.n,
            one.censored,
            one.passed,
            one.failed,
            one.indeterminate,
            one.open,
            one.missing,
            one.inferred,
            sum(one.excluded.values()),
            _why(one),
        )
        for code, one in report.intervals.items()
    ]
    note = _(
        "Target sepuluh menit (I6) dihitung sejak regu dikirim dan dibaca bersama waktu olah (I2). "
        "“Waktu tanggap” hanya I10: sejak panggilan dijawab sampai regu tiba dan bertindak. "
        "Persentil: peringkat terdekat atas n kasus; yang tidak tercapai ikut dihitung dalam n dan "
        "berada di luar semua nilai (dalam CSV: inf). Rata-rata hanya atas kasus yang tercapai. "
        "Waktu susulan tidak masuk persentil dan rata-rata."
    )
    return Table("intervals", _("Selang waktu"), columns, rows, note)


def _claims(claims: ClaimFigures) -> Table:
    columns = (
        Column("presses", _("Tombol regu"), COUNT),
        Column("waited", _("Diterima lebih dari satu menit kemudian"), COUNT),
        Column("alone", _("Di antaranya hanya menurut jam ponsel"), COUNT),
        Column("p90_s", _("Selisih P90"), SPAN),
        Column("longest_s", _("Selisih terbesar"), SPAN),
    )
    rows = [(claims.presses, claims.waited, claims.alone, claims.p90_s, claims.longest_s)]
    note = _(
        "Selisih: antara waktu menurut ponsel dan waktu diterima server. Tombol yang ditekan tanpa "
        "sinyal dinilai menurut batas jam ponselnya; tanpa batas itu, kapan saja sejak regu "
        "dikirim sampai diterima."
    )
    return Table("claims", _("Waktu menurut ponsel"), columns, rows, note)


def _why(figures: Figures) -> str:
    return "; ".join(filter(None, map(words.counted, (figures.excluded, figures.reasons))))


def _classes(calls: CallFigures, names: Names) -> Table:
    columns = (Column("class", _("Kelas")), Column("calls", _("Panggilan"), COUNT))
    rows: list[tuple[Any, ...]] = [
        (_class_name(name, names), count) for name, count in calls.by_class.items()
    ]
    rows.append((_("Jumlah"), calls.rings))
    held = _("Jumlah cocok: setiap dering berada tepat di satu kelas.")
    broken = _("JUMLAH TIDAK COCOK: laporan ini tidak boleh dipakai sebelum diperiksa.")
    more = _(
        "Dijawab %(answered)d, ditutup penelepon %(abandoned)d, diubah kelasnya %(revised)d, "
        "diberitahukan lebih dari sejam kemudian %(late)d."
    )
    counted = {
        "answered": calls.answered,
        "abandoned": calls.abandoned,
        "revised": calls.revised,
        "late": calls.told_late,
    }
    note = f"{held if calls.reconciles else broken} {more % counted}"
    return Table("classes", _("Panggilan per kelas"), columns, rows, note)


def _takers(calls: CallFigures, names: Names) -> Table:
    head = Column("taker", _("Call taker"))
    rows = [
        (names.takers.get(key, _("belum diketahui")), row) for key, row in calls.by_taker.items()
    ]
    return _by_class("takers", _("Panggilan per call taker"), head, rows, calls, names)


def _days(calls: CallFigures, names: Names) -> Table:
    head = Column("day", _("Hari"))
    rows = list(calls.by_day.items())
    return _by_class("days", _("Panggilan per hari"), head, rows, calls, names)


def _by_class(
    key: str,
    title: str,
    head: Column,
    rows: Sequence[tuple[str, Mapping[str, int]]],
    calls: CallFigures,
    names: Names,
) -> Table:
    columns = (
        head,
        *(Column(name, _class_name(name, names), COUNT) for name in calls.by_class),
        Column("calls", _("Jumlah"), COUNT),
    )
    filled = [(label, *row.values(), sum(row.values())) for label, row in rows]
    return Table(key, title, columns, filled)


def _class_name(name: str, names: Names) -> str:
    return _("Belum digolongkan") if name == UNCLASSIFIED else names.classes.get(name, name)


def _counts(key: str, title: str, found: Mapping[str, int], labels: Mapping[str, str]) -> Table:
    columns = (Column("key", title.rsplit(" ", 1)[-1].capitalize()), Column("n", _("n"), COUNT))
    rows = [(labels.get(name, name or _("tidak diketahui")), n) for name, n in found.items()]
    return Table(key, title, columns, rows)


def _breaches(report: Report, names: Names) -> Table:
    columns = (
        Column("incident", _("Kejadian")),
        Column("unit", _("Regu")),
        Column("agency", _("Instansi")),
        Column("dispatched_at", _("Dikirim")),
        Column("move_by", _("Batas waktu")),
        Column("moved_at", _("Bergerak")),
        Column("carried_s", _("Dari penugasan sebelumnya"), SPAN),
        Column("verdict", _("Putusan")),
        Column("assignment", _("Bukti")),
    )
    zone = report.scope.zone
    rows = [
        (
            names.incidents.get(one.incident, str(one.incident)),
            one.unit,
            names.agencies.get(one.agency, one.agency),
            words.moment(one.dispatched_at, zone),
            words.moment(one.move_by, zone),
            words.moment(one.moved_at, zone),
            one.carried_s or None,
            names.verdicts.get(one.verdict, one.verdict),
            str(one.assignment),
        )
        for one in report.breaches
    ]
    note = _(
        "Satu per satu; bukti tiap penugasan diambil dengan nomor di kolom terakhir. Regu yang "
        "dibatalkan lalu dikirim lagi ke kejadian yang sama membawa waktunya."
    )
    return Table("breaches", _("Pelanggaran sepuluh menit"), columns, rows, note)
