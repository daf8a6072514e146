"""A report as a workbook, a sheet a table; the same report makes the same bytes. Pure."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from incidents.reports import words
from incidents.reports.figures import BEYOND
from incidents.reports.tables import Table
from incidents.reports.write_csv import plain, title_of

ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: a file of no date
STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
SHEET_NAME_MAX = 31
WIDTH_MAX, WIDTH_MIN = 60, 9
LINE_PT = 15


def xlsx_bytes(
    tables: Sequence[Table], heading: Sequence[tuple[str, str]], *, title: str, as_of: datetime
) -> bytes:
    """Return the workbook. as_of dates it, since the clock would make every copy another."""
    book = Workbook()
    front: Any = book.active
    front.title = "Laporan"
    front.append([title])
    front["A1"].font = Font(bold=True, size=14)
    for label, value in heading:
        front.append([plain(label), plain(value)])
    front.column_dimensions["A"].width, front.column_dimensions["B"].width = 28, 60
    _on_paper(front)
    for table in tables:
        _sheet(book, table)
    raw = io.BytesIO()
    book.save(raw)
    return _dated(raw.getvalue(), as_of)


def _sheet(book: Workbook, table: Table) -> None:
    sheet: Any = book.create_sheet(table.title[:SHEET_NAME_MAX])
    sheet.append([plain(title_of(column)) for column in table.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for row in table.rows:
        sheet.append([words.span(BEYOND) if value == BEYOND else plain(value) for value in row])
    sheet.freeze_panes = "B2"
    widths = []
    for index, column in enumerate(table.columns):
        cells = [str(cell.value) for cell in sheet[get_column_letter(index + 1)][1:]]
        longest = max(map(len, [*cells, *title_of(column).split()]))
        widths.append(min(WIDTH_MAX, max(WIDTH_MIN, longest + 2)))
        sheet.column_dimensions[get_column_letter(index + 1)].width = widths[-1]
    if table.note:
        _note(sheet, plain(table.note), sum(widths), len(widths))
    _on_paper(sheet)
    sheet.print_title_rows = "1:1"


def _note(sheet: Any, text: str, width: int, columns: int) -> None:
    """Write what a reader must know below the table, across all of it, as high as it needs."""
    sheet.append([])
    sheet.append([text])
    row = sheet.max_row
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    sheet.cell(row, 1).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[row].height = LINE_PT * (1 + len(text) // max(1, width - 5))


def _on_paper(sheet: Any) -> None:
    """Print as wide as one sheet of A4: no column may fall off."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0


def _dated(raw: bytes, as_of: datetime) -> bytes:
    """Pack a workbook anew without the time of its making."""
    stamp = f"{as_of:%Y-%m-%dT%H:%M:%SZ}".encode()
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as book,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as dated,
    ):
        for name in book.namelist():
            part = book.read(name)
            if name == "docProps/core.xml":
                part = STAMP.sub(rb"\g<1>" + stamp, part)
            dated.writestr(zipfile.ZipInfo(name, ZIP_DATE), part, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
