"""A movement proof on one page: verdict in words, clock, map, evidence and a QR to the file. Pure.

The page proves nothing by itself: it says what the signed file says and how to check that file.
"""

import hashlib
import io
import math
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

import segno
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from incidents.proofs.document import signed_bytes
from incidents.reports import words
from incidents.reports.write_pdf import BOLD, FAINT, FONT, INK, LINE, register_fonts
from responders.wire_time import from_wire

LEFT, RIGHT = 18 * mm, A4[0] - 18 * mm
WIDTH = RIGHT - LEFT
OK, BAD, UNSURE = colors.HexColor("#1b7f5c"), colors.HexColor("#8c1d18"), colors.HexColor("#7a5a00")
TONES = {"moved": OK, "moved_late": BAD, "stationary": BAD}
ROWS_MAX = 16
METRES_PER_DEGREE = 111_195.0


def verdict_words(proof: Mapping[str, Any]) -> str:
    """Return the verdict of a proof as a sentence."""
    verdict, reason = proof["verdict"], words.rule(proof["reason"] or "")
    after = ""
    if proof["moved_at"]:
        moved = from_wire(proof["moved_at"]) - from_wire(proof["dispatched_at"])
        after = words.span(moved.total_seconds())
    sentences = {
        "moved": _("Regu terbukti bergerak %s setelah dikirim, dalam batas waktu.") % after,
        "moved_late": _("Regu bergerak %s setelah dikirim, melewati batas waktu.") % after,
        "stationary": _("Regu terbukti tidak bergerak sampai batas waktu."),
        "indeterminate": _("Belum dapat dipastikan apakah regu bergerak: %s.") % reason,
        "unverifiable": _("Pergerakan tidak dapat diverifikasi: %s.") % reason,
    }
    return sentences[verdict]


def paper_bytes(proof: Mapping[str, Any], *, zone: tzinfo, url: str) -> bytes:
    """Return the page as a PDF, the same bytes for the same proof.

    proof: as handed out, with the positions that are still stored. url: where the file can be had.
    """
    register_fonts()
    raw = io.BytesIO()
    page = Canvas(raw, pagesize=A4, invariant=1)
    page.setTitle(_("Bukti pergerakan %s") % proof["unit_call_sign"])
    y = _head(page, proof, zone)
    y = _clock(page, proof, y, zone)
    y = _map(page, proof, y)
    y = _evidence(page, proof, y, zone)
    _foot(page, proof, url, zone)
    page.showPage()
    page.save()
    return raw.getvalue()


def _head(page: Canvas, proof: Mapping[str, Any], zone: tzinfo) -> float:
    y = A4[1] - 22 * mm
    _write(page, LEFT, y, _("Bukti pergerakan"), BOLD, 18)
    _write(
        page, LEFT, y - 7 * mm, f"{proof['unit_call_sign']} · {proof['incident_number']}", FONT, 11
    )
    page.setFillColor(TONES.get(proof["verdict"], UNSURE))
    page.rect(LEFT, y - 21 * mm, WIDTH, 10 * mm, stroke=0, fill=1)
    page.setFillColor(colors.white)
    page.setFont(BOLD, 11)
    page.drawString(LEFT + 4 * mm, y - 17.3 * mm, verdict_words(proof))
    return y - 29 * mm


def _clock(page: Canvas, proof: Mapping[str, Any], y: float, zone: tzinfo) -> float:
    """Draw the time from dispatch to the limit, and when the crew moved, with its bounds."""
    start, limit = from_wire(proof["dispatched_at"]), from_wire(proof["move_by"])
    moved = _moment(proof["moved_at"])
    span = max((limit - start).total_seconds(), (moved - start).total_seconds() if moved else 0)
    scale = (WIDTH - 6 * mm) / (span * 1.05)

    def x_of(at: datetime) -> float:
        return LEFT + max(0.0, min((at - start).total_seconds() * scale, WIDTH))

    page.setStrokeColor(INK)
    page.setLineWidth(1.2)
    page.line(LEFT, y, x_of(limit), y)
    for at, label in ((start, _("dikirim")), (limit, _("batas waktu"))):
        page.line(x_of(at), y - 2 * mm, x_of(at), y + 2 * mm)
        text = f"{label} {at.astimezone(zone):%H:%M:%S}"
        _write(page, min(x_of(at), RIGHT - 34 * mm), y - 6 * mm, text, FONT, 7.5)
    if moved is not None:
        low, high = (_moment(one) or moved for one in proof.get("moved_at_bounds") or [None, None])
        page.setFillColor(colors.HexColor("#c9e4da"))
        page.rect(x_of(low), y - 1.5 * mm, max(x_of(high) - x_of(low), 0.4 * mm), 3 * mm, stroke=0,
                  fill=1)  # fmt: skip
        page.setFillColor(OK)
        page.circle(x_of(moved), y, 1.6 * mm, stroke=0, fill=1)
        text = f"{_('bergerak')} {moved.astimezone(zone):%H:%M:%S}"
        _write(page, min(x_of(moved) - 4 * mm, RIGHT - 30 * mm), y + 3.5 * mm, text, BOLD, 8)
    return y - 12 * mm


def _map(page: Canvas, proof: Mapping[str, Any], y: float) -> float:
    height = 78 * mm
    page.setStrokeColor(LINE)
    page.setLineWidth(0.6)
    page.rect(LEFT, y - height, WIDTH, height, stroke=1, fill=0)
    fixes = [row["rest"] for row in proof["evidence"] if row.get("rest")]
    fixes = [rest for rest in fixes if "lat" in rest and "lon" in rest]
    if not fixes:
        text = _("Posisi sudah dihapus setelah masa simpan; tanda tangan dan rantai tetap utuh.")
        _write(page, LEFT + 4 * mm, y - 10 * mm, text, FONT, 8)
        return y - height - 7 * mm
    origin = fixes[0]
    shrink = math.cos(math.radians(origin["lat"]))
    points = [
        (
            (rest["lon"] - origin["lon"]) * METRES_PER_DEGREE * shrink,
            (rest["lat"] - origin["lat"]) * METRES_PER_DEGREE,
            float(rest.get("accuracy_m") or 0.0),
        )
        for rest in fixes
    ]
    xs = [x for x, _y, r in points for x in (x - r, x + r)]
    ys = [v for _x, v, r in points for v in (v - r, v + r)]
    wide, tall = max(max(xs) - min(xs), 20.0), max(max(ys) - min(ys), 20.0)
    scale = min((WIDTH - 16 * mm) / wide, (height - 16 * mm) / tall)
    left = LEFT + WIDTH / 2 - (min(xs) + max(xs)) / 2 * scale
    bottom = y - height / 2 - (min(ys) + max(ys)) / 2 * scale
    for x, v, radius in points:
        page.setFillColor(colors.Color(0.18, 0.37, 0.54, alpha=0.10))
        page.setStrokeColor(colors.Color(0.18, 0.37, 0.54, alpha=0.35))
        page.circle(left + x * scale, bottom + v * scale, radius * scale, stroke=1, fill=1)
    page.setStrokeColor(colors.HexColor("#2f5d8a"))
    for (x0, v0, _r0), (x1, v1, _r1) in zip(points, points[1:], strict=False):
        page.line(left + x0 * scale, bottom + v0 * scale, left + x1 * scale, bottom + v1 * scale)
    for number, (x, v, _radius) in enumerate(points, start=1):
        page.setFillColor(colors.HexColor("#14202b"))
        page.circle(left + x * scale, bottom + v * scale, 0.9 * mm, stroke=0, fill=1)
        if number in (1, len(points)):
            _write(page, left + x * scale + 1.6 * mm, bottom + v * scale, str(number), BOLD, 8)
    _scale_bar(page, scale, y - height)
    return y - height - 7 * mm


def _scale_bar(page: Canvas, scale: float, bottom: float) -> None:
    metres = next((m for m in (1000, 500, 200, 100, 50, 20, 10) if m * scale < 45 * mm), 10)
    page.setStrokeColor(INK)
    page.line(LEFT + 4 * mm, bottom + 5 * mm, LEFT + 4 * mm + metres * scale, bottom + 5 * mm)
    _write(page, LEFT + 4 * mm, bottom + 6.5 * mm, f"{metres} m", FONT, 7)
    _write(page, RIGHT - 20 * mm, bottom + 5 * mm, _("utara ke atas"), FONT, 7)


def _evidence(page: Canvas, proof: Mapping[str, Any], y: float, zone: tzinfo) -> float:
    rows = proof["evidence"]
    _write(page, LEFT, y, _("Bukti: %d posisi GPS") % len(rows), BOLD, 9.5)
    heads = (
        ("#", 0), (_("jam ponsel"), 8), (_("diterima"), 38), (_("lintang, bujur"), 68),
        (_("akurasi"), 112), (_("laju"), 128), (_("selisih jam (s)"), 144),
    )  # fmt: skip
    y -= 5 * mm
    for text, at_mm in heads:
        _write(page, LEFT + at_mm * mm, y, text, BOLD, 7)
    page.setStrokeColor(LINE)
    page.line(LEFT, y - 1.2 * mm, RIGHT, y - 1.2 * mm)
    for number, row in enumerate(rows[:ROWS_MAX], start=1):
        y -= 4 * mm
        for (_text, at_mm), cell in zip(heads, _cells(number, row, zone), strict=True):
            _write(page, LEFT + at_mm * mm, y, cell, FONT, 7)
    if len(rows) > ROWS_MAX:
        y -= 4 * mm
        _write(page, LEFT, y, _("… dan %d lagi dalam berkas.") % (len(rows) - ROWS_MAX), FONT, 7)
    return y - 6 * mm


def _cells(number: int, row: Mapping[str, Any], zone: tzinfo) -> tuple[str, ...]:
    head, rest = row["check_in"], row.get("rest") or {}
    place = words.UNKNOWN
    if "lat" in rest and "lon" in rest:
        place = f"{rest['lat']:.5f}, {rest['lon']:.5f}"
    low, high = row["clock_offset_s"]
    offset = ", ".join(words.UNKNOWN if one is None else f"{one:+.1f}" for one in (low, high))
    return (
        str(number),
        f"{from_wire(head['recorded_at']).astimezone(zone):%H:%M:%S.%f}"[:-3],
        f"{from_wire(head['received_at']).astimezone(zone):%H:%M:%S.%f}"[:-3],
        place,
        f"{rest['accuracy_m']:.0f} m" if rest.get("accuracy_m") is not None else words.UNKNOWN,
        f"{rest['speed_mps']:.1f} m/s" if rest.get("speed_mps") is not None else words.UNKNOWN,
        offset,
    )


def _foot(page: Canvas, proof: Mapping[str, Any], url: str, zone: tzinfo) -> None:
    y, size = 44 * mm, 30 * mm
    digest = hashlib.sha256(signed_bytes(proof)).hexdigest()
    lines = [
        _("Diterbitkan %s WIB") % words.moment(from_wire(proof["issued_at"]), zone),
        _("Penugasan %s") % proof["assignment"],
        _("Aturan %(name)s versi %(version)s") % dict(proof["rule"]),
        *_trust(proof),
        _("Kunci %s") % proof["key_id"],
        _("SHA-256 isi yang ditandatangani:"),
        digest,
        _("Halaman ini ringkasan. Yang membuktikan adalah berkasnya: periksa dengan"),
        _("verify_gerak112.py dan kunci publik kota."),
    ]
    if proof["supersedes"]:
        lines.insert(1, _("Menggantikan bukti %s") % proof["supersedes"])
    for number, text in enumerate(lines):
        _write(page, LEFT, y - number * 3.7 * mm, text, FONT, 7.2)
    matrix = list(segno.make(url, error="m", micro=False).matrix)
    module = size / len(matrix)
    page.setFillColor(colors.black)
    for row_number, row in enumerate(matrix):
        for column, dark in enumerate(row):
            if dark:
                page.rect(RIGHT - size + column * module, y + 3 * mm - (row_number + 1) * module,
                          module, module, stroke=0, fill=1)  # fmt: skip


def _trust(proof: Mapping[str, Any]) -> list[str]:
    """Return how far the phone's clock had to be believed, as a line; none without movement."""
    lines = {
        "A": _("Mutu A: bukti diterima sebelum batas waktu, jam ponsel tidak diandalkan."),
        "B": _("Mutu B: jam ponsel terikat dari dua sisi; diubah lalu dikembalikan tak terlihat."),
        "C": _(
            "Mutu C: bersandar pada jam ponsel itu sendiri, atau pada aplikasi dengan id pelacakan."
        ),
    }
    return [lines[proof["grade"]]] if proof.get("grade") in lines else []


def _moment(text: str | None) -> datetime | None:
    return None if text is None else from_wire(text)


def _write(page: Canvas, x: float, y: float, text: str, font: str, size: float) -> None:
    page.setFillColor(INK if font == BOLD or size > 8 else FAINT)
    page.setFont(font, size)
    page.drawString(x, y, text)
