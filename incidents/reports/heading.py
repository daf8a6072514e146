"""What stands above every report: what it covers, and what it was drawn from. Pure."""

import hashlib

import msgspec
from django.utils.translation import gettext as _

from incidents.reports import words
from incidents.reports.report import Report
from incidents.reports.tables import Names


def heading(report: Report, names: Names) -> list[tuple[str, str]]:
    """Return what stands on every report: what it covers, and what it was drawn from."""
    scope = report.scope
    zone = scope.zone
    lines = [
        (_("Masa"), f"{words.moment(scope.start, zone)} – {words.moment(scope.end, zone)} WIB"),
        (_("Keadaan sampai"), f"{words.moment(scope.as_of, zone)} WIB"),
        (_("Definisi"), _("versi %s; disimpan dalam UTC, ditulis dalam WIB") % report.version),
        (_("Target dan nama"), _("sidik %s…") % fingerprint(report, names)[:16]),
        (
            _("Ditarik dari jurnal"),
            f"{report.first_seq}–{report.last_seq}, hash {report.chain[:16]}…",
        ),
    ]
    if report.behind:
        lines.append((_("Salinan laporan tertinggal"), words.behind(report.behind)))
    for label, key, found in (
        (_("Hanya instansi"), scope.agency, names.agencies),
        (_("Hanya wilayah"), scope.area, names.areas),
        (_("Hanya jenis"), scope.type, names.types),
    ):
        if key:
            lines.append((label, found.get(key, key)))
    if scope.closed_only:
        left = report.incidents.left_open_out
        lines.append((_("Hanya kasus tertutup"), _("%d kasus terbuka tidak dihitung") % left))
    return lines


def fingerprint(report: Report, names: Names) -> str:
    """Return the SHA-256 of the goals and names that a report is drawn with.

    A city may change either; journal, range and definitions do not know. The same range, version
    and fingerprint make the same bytes.
    """
    incidents = report.incidents
    used = (
        (names.types, incidents.by_type),
        (names.areas, incidents.by_area),
        (names.agencies, {*incidents.by_agency, *(one.agency for one in report.breaches)}),
    )
    drawn_with = {
        "goals": {code: [str(one.name), one.goal_s] for code, one in report.goals.items()},
        "names": [{key: labels.get(key) for key in sorted(keys)} for labels, keys in used],
    }
    return hashlib.sha256(msgspec.json.encode(drawn_with, order="sorted")).hexdigest()
