"""A report as one CSV: every table below the other, seconds as numbers. Pure."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from incidents.reports.figures import BEYOND
from incidents.reports.tables import SPAN, Column, Table

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(tables: Iterable[Table], heading: Iterable[tuple[str, str]] = ()) -> bytes:
    """Return the tables as UTF-8 with a byte-order mark, so that spreadsheets read it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for label, value in heading:
        writer.writerow([plain(label), plain(value)])
    for table in tables:
        writer.writerow([])
        writer.writerow([plain(table.title)])
        writer.writerow([plain(title_of(column)) for column in table.columns])
        for row in table.rows:
            writer.writerow([plain(value) for value in row])
        if table.note:
            writer.writerow([plain(table.note)])
    return text.getvalue().encode("utf-8-sig")


def title_of(column: Column) -> str:
    """Return a column's title with the unit that its plain numbers have."""
    return f"{column.title} ({_('detik')})" if column.kind == SPAN else column.title


def plain(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; never-reached values as "inf"."""
    if value is None:
        return ""
    if isinstance(value, float):
        if value == BEYOND:
            return "inf"
        return int(value) if value.is_integer() else round(value, 3)
    if isinstance(value, int):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
