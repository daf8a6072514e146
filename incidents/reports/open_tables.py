"""The tables that the public may see: no person, no place smaller than a kelurahan, no small cell.

A count under the least is kept back, and with it the next larger one of the same table where a
single gap could be worked out from the sum. What was told is kept as it was told: a goal or a name
that changes later changes no month that was issued. Pure.
"""

from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import gettext as _

from incidents.reports.figures import BEYOND
from incidents.reports.heading import heading
from incidents.reports.report import Report
from incidents.reports.tables import COUNT, Column, Names, Table, tables_of

LEAST_CELL = 5  # own choice, after the common rule of statistical offices for counts of people
NEVER = "inf"  # JSON has no infinity
Heading = list[tuple[str, str]]
OPEN = ("intervals", "claims", "classes", "types", "areas", "ends")


def open_tables(report: Report, names: Names) -> list[Table]:
    """Return a report's public tables, in order."""
    tables = {table.key: table for table in tables_of(report, names, inside=False)}
    return [_suppressed(tables[key]) for key in OPEN]


def as_json(report: Report, names: Names) -> dict[str, Any]:
    """Return heading and public tables as they are kept: what `from_json` reads."""
    tables = [
        replace(table, rows=[tuple(NEVER if one == BEYOND else one for one in row)
                             for row in table.rows])
        for table in open_tables(report, names)
    ]  # fmt: skip
    return {"heading": heading(report, names), "tables": [asdict(table) for table in tables]}


def from_json(kept: dict[str, Any]) -> tuple[Heading, list[Table]]:
    """Return heading and tables that were kept."""
    tables = [
        Table(
            key=one["key"],
            title=one["title"],
            columns=tuple(Column(**column) for column in one["columns"]),
            rows=[tuple(BEYOND if value == NEVER else value for value in row)
                  for row in one["rows"]],
            note=one["note"],
        )
        for one in kept["tables"]
    ]  # fmt: skip
    return [(label, value) for label, value in kept["heading"]], tables


def _suppressed(table: Table) -> Table:
    if table.key in ("intervals", "claims", "classes"):
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
