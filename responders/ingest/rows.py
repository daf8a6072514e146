"""Write many rows by one statement: what `bulk_create` and `bulk_update` do at 10 times the cost.

Only the check-in commit uses it. PostgreSQL gets arrays (`unnest`), SQLite `executemany`; table,
columns and types come from the model, so that a migration cannot drift from here.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Field, ForeignKey, Model, UUIDField

Row = Sequence[Any]


def insert_rows(model: type[Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows, each with a value for every name (the model's attribute names), in order."""
    if not rows:
        return
    fields = _fields(model, names)
    columns = ", ".join(_quote(field.column) for field in fields)
    table = _quote(model._meta.db_table)
    if connection.vendor == "postgresql":
        sql = f"INSERT INTO {table} ({columns}) SELECT * FROM {_unnest(fields)}"  # noqa: S608
        _execute(sql, _columns_of(fields, rows))
        return
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
    _execute_many(sql, _ready(fields, rows))


def update_rows(model: type[Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Update rows by their primary key, which every row names first."""
    if not rows:
        return
    key, *fields = _fields(model, names)
    table, key_column = _quote(model._meta.db_table), _quote(key.column)
    columns = [_quote(field.column) for field in fields]
    if connection.vendor == "postgresql":
        moves = ", ".join(f"{column} = fresh.{column}" for column in columns)
        names_of = ", ".join([key_column, *columns])
        sql = (
            f"UPDATE {table} SET {moves} FROM {_unnest([key, *fields])} AS fresh({names_of}) "  # noqa: S608
            f"WHERE {table}.{key_column} = fresh.{key_column}"
        )
        _execute(sql, _columns_of([key, *fields], rows))
        return
    moves = ", ".join(f"{column} = %s" for column in columns)
    sql = f"UPDATE {table} SET {moves} WHERE {key_column} = %s"  # noqa: S608
    _execute_many(sql, [[*row[1:], row[0]] for row in _ready([key, *fields], rows)])


def existing_rows(
    model: type[Model], names: Sequence[str], rows: Sequence[Row]
) -> set[tuple[Any, ...]]:
    """Return which of these combinations of values the table holds, by its index on `names`.

    One probe a row; two `IN` lists would make PostgreSQL probe every pair of their members.
    """
    if not rows:
        return set()
    fields = _fields(model, names)
    columns = [_quote(field.column) for field in fields]
    values: list[Any]
    if connection.vendor == "postgresql":
        wanted = f"SELECT * FROM {_unnest(fields)}"  # noqa: S608
        values = _columns_of(fields, rows)
    else:
        marks = f"({', '.join(['%s'] * len(fields))})"
        wanted = f"VALUES {', '.join([marks] * len(rows))}"
        values = [value for row in _ready(fields, rows) for value in row]
    # CROSS JOIN: SQLite then starts from the wanted rows and not from the whole table.
    sql = (
        f"WITH wanted({', '.join(columns)}) AS ({wanted}) "  # noqa: S608
        f"SELECT {', '.join('stored.' + column for column in columns)} "
        f"FROM wanted CROSS JOIN {_quote(model._meta.db_table)} AS stored "
        f"WHERE {' AND '.join(f'stored.{name} = wanted.{name}' for name in columns)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = set(cursor.fetchall())
    ready = map(tuple, _ready(fields, rows))
    return {tuple(row) for row, stored in zip(rows, ready, strict=True) if stored in found}


def _fields(model: type[Model], names: Sequence[str]) -> list[Field]:
    by_name: dict[str, Field] = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _unnest(fields: Sequence[Field]) -> str:
    """Return the arrays, one a column, as rows."""
    arrays = ", ".join(f"%s::{_type_of(field)}[]" for field in fields)
    return f"unnest({arrays})"


def _type_of(field: Field) -> str:
    """Return a column's type; a foreign key's is that of what it points at."""
    return str(_target(field).rel_db_type(connection) or _target(field).db_type(connection))


def _target(field: Field) -> Field:
    return field.target_field if isinstance(field, ForeignKey) else field


def _columns_of(fields: Sequence[Field], rows: Sequence[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*_ready(fields, rows), strict=True)]


def _ready(fields: Sequence[Field], rows: Sequence[Row]) -> list[list[Any]]:
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
    """Return what SQLite needs for ids and times; PostgreSQL's driver takes them as they are.

    It remembers: most rows of a commit share their phone and their time of receipt.
    """
    target = _target(field)
    if connection.vendor == "postgresql" or not isinstance(target, UUIDField | DateTimeField):
        return None
    return functools.cache(functools.partial(target.get_db_prep_save, connection=connection))


def _quote(name: str | None) -> str:
    return connection.ops.quote_name(name or "")


def _execute(sql: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _execute_many(sql: str, rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
