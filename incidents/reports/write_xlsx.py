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

from incidents.reports.tables import Table
from incidents.reports.write_csv import plain

ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: a file of no date
STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
SHEET_NAME_MAX = 31
WIDTH_MAX, WIDTH_MIN = 60, 9


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
    for table in tables:
        _sheet(book, table)
    raw = io.BytesIO()
    book.save(raw)
    return _dated(raw.getvalue(), as_of)


def _sheet(book: Workbook, table: Table) -> None:
    sheet: Any = book.create_sheet(table.title[:SHEET_NAME_MAX])
    sheet.append([plain(column.title) for column in table.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for row in table.rows:
        sheet.append([plain(value) for value in row])
    if table.note:
        sheet.append([])
        sheet.append([plain(table.note)])
    sheet.freeze_panes = "B2"
    for index, column in enumerate(table.columns):
        longest = max([len(str(row[index])) for row in table.rows] + [len(column.title)])
        width = min(WIDTH_MAX, max(WIDTH_MIN, longest + 2))
        sheet.column_dimensions[get_column_letter(index + 1)].width = width


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
