"""A report as a PDF to print and sign: heading, charts, tables. The same report, the same bytes."""

import io
from collections.abc import Sequence
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    LongTable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from incidents.reports import words
from incidents.reports.charts import PARTS, Chart, part_names, scaled
from incidents.reports.tables import SPAN, TEXT, Table

FONT, BOLD = "Vera", "VeraBd"
INK, FAINT, LINE = (
    colors.HexColor("#14202b"),
    colors.HexColor("#5b6672"),
    colors.HexColor("#c9d1d8"),
)
# Fill and hatching-like darkness differ, so that the parts are told apart in grey as well.
FILLS = {
    "passed": colors.HexColor("#1b7f5c"),
    "indeterminate": colors.HexColor("#d9b44a"),
    "failed": colors.HexColor("#8c1d18"),
    "open": colors.HexColor("#7aa7d9"),
    "missing": colors.HexColor("#b7a9c9"),
    "excluded": colors.HexColor("#d5dade"),
    "plain": colors.HexColor("#2f5d8a"),
}
BODY = ParagraphStyle("body", fontName=FONT, fontSize=8, leading=10.5, textColor=INK)
CELL = ParagraphStyle("cell", BODY, fontSize=6.8, leading=8.4)
NUMBER = ParagraphStyle("number", CELL, alignment=TA_RIGHT)
HEAD = ParagraphStyle("head", CELL, fontName=BOLD)
NUMBER_HEAD = ParagraphStyle("number head", HEAD, alignment=TA_RIGHT)
NOTE = ParagraphStyle("note", BODY, fontSize=7, leading=9, textColor=FAINT, spaceBefore=3)
TITLE = ParagraphStyle("title", BODY, fontName=BOLD, fontSize=16, leading=20, spaceAfter=6)
SECTION = ParagraphStyle(
    "section", BODY, fontName=BOLD, fontSize=10.5, leading=14, spaceBefore=9, keepWithNext=1
)
PADDING, WORD_MAX, TEXT_MAX = 8.0, 150.0, 200.0  # points
CHART_MM, LABEL_MM = 150.0, 62.0


def pdf_bytes(
    tables: Sequence[Table],
    charts: Sequence[Chart],
    heading: Sequence[tuple[str, str]],
    *,
    title: str,
) -> bytes:
    """Return the report on landscape A4, every page numbered."""
    register_fonts()
    raw = io.BytesIO()
    page = landscape(A4)
    document = SimpleDocTemplate(
        raw,
        pagesize=page,
        leftMargin=14 * mm,
        rightMargin=14 * mm,
        topMargin=14 * mm,
        bottomMargin=16 * mm,
        title=title,
        author="Gerak 112",
        invariant=1,
    )
    width = page[0] - 28 * mm
    flow: list[Any] = [Paragraph(escape(title), TITLE)]
    flow += [
        Paragraph(f"<b>{escape(label)}</b>: {escape(value)}", BODY) for label, value in heading
    ]
    for chart in charts:
        if chart.longest:
            flow += [Paragraph(escape(chart.title), SECTION), _drawing(chart)]
    flow.append(PageBreak())
    for table in tables:
        flow += _section(table, width)
    foot = partial(_foot, title=title)
    document.build(flow, onFirstPage=foot, onLaterPages=foot)
    return raw.getvalue()


def shown(value: Any, kind: str) -> str:
    """Return a table's value as print and page show it."""
    return words.span(value) if kind == SPAN else words.cell(value)


def _section(table: Table, width: float) -> list[Any]:
    flow: list[Any] = [Paragraph(escape(table.title), SECTION)]
    if not table.rows:
        return [*flow, Paragraph(escape(_("Tidak ada.")), BODY)]
    body = [
        [
            Paragraph(escape(column.title), HEAD if column.kind == TEXT else NUMBER_HEAD)
            for column in table.columns
        ]
    ]
    body += [
        [
            Paragraph(escape(shown(value, column.kind)), CELL if column.kind == TEXT else NUMBER)
            for value, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    grid = LongTable(body, colWidths=_widths(table, width), repeatRows=1, hAlign="LEFT")
    grid.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, LINE),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("LEFTPADDING", (0, 0), (-1, -1), 5),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    flow.append(grid)
    if table.note:
        flow.append(Paragraph(escape(table.note), NOTE))
    return [*flow, Spacer(1, 3 * mm)]


def _widths(table: Table, width: float) -> list[float]:
    """Share the page among the columns: no word is broken; short tables stay narrow."""
    least, wanted = [], []
    for index, column in enumerate(table.columns):
        texts = [shown(row[index], column.kind) for row in table.rows]
        words_in = [word for text in texts for word in text.split()]
        head = max(stringWidth(word, BOLD, HEAD.fontSize) for word in column.title.split())
        word = max((stringWidth(one, FONT, CELL.fontSize) for one in words_in), default=0.0)
        longest = max((stringWidth(one, FONT, CELL.fontSize) for one in texts), default=0.0)
        least.append(max(head, min(word, WORD_MAX)) + PADDING)
        wanted.append(max(least[-1], min(longest, TEXT_MAX) + PADDING))
    room, slack = width - sum(least), sum(wanted) - sum(least)
    part = min(1.0, max(0.0, room) / slack) if slack else 1.0
    return [one + (want - one) * part for one, want in zip(least, wanted, strict=True)]


def _drawing(chart: Chart) -> Drawing:
    bar_mm = 5.0 if len(chart.bars) <= 12 else 2.4
    step_mm = bar_mm * 1.45
    height = step_mm * len(chart.bars) + 7
    drawing = Drawing((LABEL_MM + CHART_MM + 20) * mm, height * mm)
    for index, bar in enumerate(chart.bars):
        y = (height - 7 - step_mm * index - bar_mm + 6) * mm
        size = 6.8 if bar_mm > 3 else 4.6
        text = String((LABEL_MM - 2) * mm, y + 1.2 * mm, bar.label, fontName=FONT, fontSize=size)
        text.textAnchor, text.fillColor = "end", INK
        drawing.add(text)
        counts = [count for _name, count in bar.parts]
        longest = bar.total if len(bar.parts) > 1 else chart.longest
        for (name, count), (left, width) in zip(
            bar.parts, scaled(counts, longest=longest, width=CHART_MM), strict=True
        ):
            if count:
                drawing.add(
                    Rect((LABEL_MM + left) * mm, y, width * mm, bar_mm * mm, strokeWidth=0.4,
                         strokeColor=colors.white, fillColor=FILLS[name])
                )  # fmt: skip
        count_text = " / ".join(str(count) for count in counts)
        drawing.add(
            String((LABEL_MM + CHART_MM + 2) * mm, y + 1.2 * mm, count_text, fontName=FONT,
                   fontSize=size, fillColor=INK)
        )  # fmt: skip
    if any(len(bar.parts) > 1 for bar in chart.bars):
        _legend(drawing)
    return drawing


def _legend(drawing: Drawing) -> None:
    x, names = LABEL_MM * mm, part_names()
    for name in PARTS:
        drawing.add(Rect(x, 0.6 * mm, 3 * mm, 3 * mm, strokeWidth=0, fillColor=FILLS[name]))
        drawing.add(
            String(x + 4 * mm, 1.2 * mm, names[name], fontName=FONT, fontSize=6.5, fillColor=INK)
        )
        x += 25 * mm


def _foot(canvas: Any, document: Any, *, title: str) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 6.5)
    canvas.setFillColor(FAINT)
    canvas.drawString(14 * mm, 9 * mm, title)
    canvas.drawRightString(document.pagesize[0] - 14 * mm, 9 * mm, str(document.page))
    canvas.restoreState()


def register_fonts() -> None:
    """Make the fonts known to the PDF writer, once a process."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, "Vera.ttf"))
        pdfmetrics.registerFont(TTFont(BOLD, "VeraBd.ttf"))
        pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)
