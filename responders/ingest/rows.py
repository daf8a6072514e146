"""Write many rows by one statement: what `bulk_create` and `bulk_update` do at 10 times the cost.

For check-ins, and for what a whole city hears at once: its deliveries and their ledger. Table,
columns and types come from the model, so that a migration cannot drift from here. This is how
SQLite has it; PostgreSQL's way is `rows_postgres`.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Field, ForeignKey, Model, QuerySet, UUIDField

from responders.ingest import rows_postgres

Row = Sequence[Any]
Names = tuple[str, ...]


def insert_rows(model: type[Model], names: Names, rows: Iterable[Row]) -> None:
    """Insert rows, each with a value for every name (the model's attribute names), in order.

    They may be made on the way: PostgreSQL stores the first while the next are being made.
    """
    if connection.vendor == "postgresql":
        rows_postgres.insert_rows(model, names, rows)
    else:
        _insert(model, names, rows)


def insert_new_rows(model: type[Model], names: Names, rows: Sequence[Row]) -> None:
    """Insert rows in order, leaving out those that a unique constraint knows already."""
    if not rows:
        return
    if connection.vendor == "postgresql":
        rows_postgres.insert_new_rows(model, names, rows)
    else:
        _insert(model, names, rows, on_conflict="ON CONFLICT DO NOTHING")


def update_rows(model: type[Model], names: Names, rows: Sequence[Row]) -> None:
    """Update rows by their primary key, which every row names first."""
    if not rows:
        return
    if connection.vendor == "postgresql":
        rows_postgres.update_rows(model, names, rows)
        return
    key, *fields = _fields(model, names)
    moves = ", ".join(f"{_quote(field.column)} = %s" for field in fields)
    table = _quote(model._meta.db_table)
    sql = f"UPDATE {table} SET {moves} WHERE {_quote(key.column)} = %s"  # noqa: S608  # nosec B608
    _execute_many(sql, [[*row[1:], row[0]] for row in _ready([key, *fields], rows)])


def existing_rows(model: type[Model], names: Names, rows: Sequence[Row]) -> set[tuple[Any, ...]]:
    """Return which of these combinations of values the table holds, by its index on `names`.

    One probe a row; two `IN` lists would make the database probe every pair of their members.
    """
    if not rows:
        return set()
    if connection.vendor == "postgresql":
        return rows_postgres.existing_rows(model, names, rows)
    fields = _fields(model, names)
    ready = [tuple(row) for row in _ready(fields, rows)]
    columns = [_quote(field.column) for field in fields]
    marks = f"({', '.join(['%s'] * len(fields))})"
    # CROSS JOIN: SQLite then starts from the wanted rows and not from the whole table.
    sql = (
        f"WITH wanted({', '.join(columns)}) AS (VALUES {', '.join([marks] * len(rows))}) "  # noqa: S608  # nosec B608
        f"SELECT {', '.join('stored.' + column for column in columns)} "
        f"FROM wanted CROSS JOIN {_quote(model._meta.db_table)} AS stored "
        f"WHERE {' AND '.join(f'stored.{name} = wanted.{name}' for name in columns)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in ready for value in row])
        found = set(cursor.fetchall())
    return {tuple(row) for row, stored in zip(rows, ready, strict=True) if stored in found}


def locked_rows(queryset: QuerySet[Any], names: Names, keys: Sequence[Any]) -> Sequence[Row]:
    """Lock those rows of a queryset that have these primary keys; return their `names`, by key.

    PostgreSQL looks at the queryset's conditions again after waiting for a lock; SQLite has one
    writer anyway.
    """
    if connection.vendor == "postgresql":
        return rows_postgres.locked_rows(queryset, names, keys)
    return list(queryset.filter(pk__in=keys).order_by("pk").values_list(*names))


def _insert(
    model: type[Model], names: Names, rows: Iterable[Row], *, on_conflict: str = ""
) -> None:
    fields = _fields(model, names)
    columns = ", ".join(_quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = _quote(model._meta.db_table)
    sql = f"INSERT INTO {table} ({columns}) VALUES ({marks}) {on_conflict}"  # noqa: S608  # nosec B608
    _execute_many(sql, _ready(fields, rows))


def _fields(model: type[Model], names: Names) -> list[Field]:
    by_name: dict[str, Field] = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _ready(fields: Sequence[Field], rows: Iterable[Row]) -> list[list[Any]]:
    """Turn values into what the driver takes; most are that already."""
    converters = [_converter(field) for field in fields]
    return [
        [
            value if convert is None or value is None else convert(value)
            for convert, value in zip(converters, row, strict=True)
        ]
        for row in rows
    ]


def _converter(field: Field) -> Callable[[Any], Any] | None:
    """Return what SQLite needs for ids and times.

    It remembers: most rows of a commit share their phone and their time of receipt.
    """
    target = field.target_field if isinstance(field, ForeignKey) else field
    if not isinstance(target, UUIDField | DateTimeField):
        return None
    return functools.cache(functools.partial(target.get_db_prep_save, connection=connection))


def _quote(name: str | None) -> str:
    return connection.ops.quote_name(name or "")


def _execute_many(sql: str, rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
