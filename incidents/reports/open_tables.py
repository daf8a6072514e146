"""The tables that the public may see: no person, no place smaller than a kelurahan, no small cell.

A count under the least is kept back, and with it the next larger one of the same table where a
single gap could be worked out from the sum. Pure.
"""

from typing import Any

from django.utils.translation import gettext as _

from incidents.reports.report import Report
from incidents.reports.tables import COUNT, Names, Table, tables_of

LEAST_CELL = 5  # own choice, after the common rule of statistical offices for counts of people
OPEN = ("intervals", "classes", "types", "areas", "ends")


def open_tables(report: Report, names: Names) -> list[Table]:
    """Return a report's public tables, in order."""
    tables = {table.key: table for table in tables_of(report, names, inside=False)}
    return [_suppressed(tables[key]) for key in OPEN]


def _suppressed(table: Table) -> Table:
    if table.key in ("intervals", "classes"):
        return table  # counts of calls and clocks, not of people in a place
    index = next(i for i, column in enumerate(table.columns) if column.kind == COUNT)
    counts = [row[index] for row in table.rows]
    hidden = {i for i, count in enumerate(counts) if 0 < count < LEAST_CELL}
    if len(hidden) == 1:
        others = [i for i in range(len(counts)) if i not in hidden and counts[i]]
        hidden |= set(sorted(others, key=lambda i: counts[i])[:1])
    rows = [_covered(row, index) if i in hidden else row for i, row in enumerate(table.rows)]
    note = _("Angka kecil tidak ditampilkan supaya tidak seorang pun dapat dikenali.")
    return Table(table.key, table.title, table.columns, rows, note if hidden else table.note)


def _covered(row: tuple[Any, ...], index: int) -> tuple[Any, ...]:
    return tuple(_("ditutup") if i == index else value for i, value in enumerate(row))
