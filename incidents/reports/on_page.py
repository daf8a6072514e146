"""A report's table as a page writes it: text alone, numbers to the right. Pure."""

from typing import Any, NamedTuple

from incidents.reports.tables import COUNT, SPAN, Table
from incidents.reports.write_pdf import shown


class Cell(NamedTuple):
    text: str
    number: bool
    link: str = ""


def on_page(table: Table) -> dict[str, Any]:
    """Return what report_table.html draws: `columns` as (title, is a number), `rows` of cells."""
    numbers = [column.kind in (COUNT, SPAN) for column in table.columns]
    return {
        "key": table.key,
        "title": table.title,
        "note": table.note,
        "columns": list(zip((column.title for column in table.columns), numbers, strict=True)),
        "rows": [
            [
                Cell(shown(value, column.kind), number)
                for value, column, number in zip(row, table.columns, numbers, strict=True)
            ]
            for row in table.rows
        ],
    }
