"""Write and find many rows on PostgreSQL: new ones by COPY, the rest as one array a column.

The values travel apart from the statement and, as arrays, in binary: written into the statement
as text, which is Django's way, they cost four times as much here and half as much again there.
"""

import functools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Field, ForeignKey, Model, QuerySet

Row = Sequence[Any]
Names = tuple[str, ...]


def insert_rows(model: type[Model], names: Names, rows: Iterable[Row]) -> None:
    """Insert rows in order. The database takes the first while the next are being made."""
    rest = iter(rows)
    for first in rest:
        with _cursor() as cursor, cursor.copy(_copy_sql(model, names)) as copy:
            for row in chain((first,), rest):
                copy.write_row(row)


def insert_new_rows(model: type[Model], names: Names, rows: Sequence[Row]) -> None:
    """Insert rows, leaving out those that a constraint knows. COPY cannot."""
    with _cursor() as cursor:
        cursor.execute(_insert_new_sql(model, names), _arrays(rows))


def update_rows(model: type[Model], names: Names, rows: Sequence[Row]) -> None:
    """Update rows by their key, the first of the names."""
    with _cursor() as cursor:
        arrays = _arrays(rows)
        cursor.execute(_update_sql(model, names), [*arrays, arrays[0]])


def existing_rows(model: type[Model], names: Names, rows: Sequence[Row]) -> set[tuple[Any, ...]]:
    """Return which of these combinations of values are stored. One probe of the index a row."""
    with _cursor() as cursor:
        cursor.execute(_existing_sql(model, names), _arrays(rows))
        return set(cursor.fetchall())


def locked_rows(queryset: QuerySet[Any], names: Names, keys: Sequence[Any]) -> Sequence[Row]:
    """Lock rows in the order of their keys; rows that point at them may be written meanwhile."""
    with _cursor() as cursor:
        cursor.execute(_locked_sql(queryset, names), [list(keys)], binary=True)
        return cursor.fetchall()


@functools.cache
def _copy_sql(model: type[Model], names: Names) -> bytes:
    columns = [_quote(field.column) for field in _fields(model, names)]
    return f"COPY {_quote(model._meta.db_table)} ({', '.join(columns)}) FROM STDIN".encode()


@functools.cache
def _insert_new_sql(model: type[Model], names: Names) -> bytes:
    columns = ", ".join(_quote(field.column) for field in _fields(model, names))
    return (
        f"INSERT INTO {_quote(model._meta.db_table)} ({columns}) "  # noqa: S608  # nosec B608
        f"SELECT * FROM {_arrays_as_rows(model, names)} ON CONFLICT DO NOTHING"
    ).encode()


@functools.cache
def _update_sql(model: type[Model], names: Names) -> bytes:
    """Return the statement; its last array names the keys again, or the whole table is read."""
    table = _quote(model._meta.db_table)
    key, *columns = (_quote(field.column) for field in _fields(model, names))
    keys = f"%b::{_type_of(_fields(model, names)[0])}[]"
    moves = ", ".join(f"{column} = fresh.{column}" for column in columns)
    return (
        f"UPDATE {table} SET {moves} FROM {_arrays_as_rows(model, names)} "  # noqa: S608  # nosec B608
        f"WHERE {table}.{key} = fresh.{key} AND {table}.{key} = ANY({keys})"
    ).encode()


@functools.cache
def _existing_sql(model: type[Model], names: Names) -> bytes:
    columns = [_quote(field.column) for field in _fields(model, names)]
    same = " AND ".join(f"stored.{column} = fresh.{column}" for column in columns)
    return (
        f"SELECT {', '.join('stored.' + column for column in columns)} "  # noqa: S608  # nosec B608
        f"FROM {_arrays_as_rows(model, names)} "
        f"JOIN {_quote(model._meta.db_table)} AS stored ON {same}"
    ).encode()


@functools.cache
def _locked_sql(queryset: QuerySet[Any], names: Names) -> bytes:
    """Return the queryset's own statement, for one array of keys. It has no other parameter."""
    model = queryset.model
    key = f"{_quote(model._meta.db_table)}.{_quote(model._meta.pk.column)}"
    chosen, _none = queryset.values_list(*names).query.sql_with_params()
    keys = f"%b::{_type_of(model._meta.pk)}[]"
    return f"{chosen} AND {key} = ANY({keys}) ORDER BY {key} FOR NO KEY UPDATE".encode()


def _arrays_as_rows(model: type[Model], names: Names) -> str:
    """Return one array a column as rows called `fresh`."""
    fields = _fields(model, names)
    arrays = ", ".join(f"%b::{_type_of(field)}[]" for field in fields)
    columns = ", ".join(_quote(field.column) for field in fields)
    return f"unnest({arrays}) AS fresh({columns})"


def _arrays(rows: Sequence[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _fields(model: type[Model], names: Names) -> list[Field]:
    by_name: dict[str, Field] = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _type_of(field: Field) -> str:
    """Return a column's type; a foreign key's is that of what it points at."""
    target = field.target_field if isinstance(field, ForeignKey) else field
    return str(target.rel_db_type(connection) or target.db_type(connection))


def _quote(name: str | None) -> str:
    return connection.ops.quote_name(name or "")


@contextmanager
def _cursor() -> Iterator[psycopg.Cursor]:
    """Open a cursor of the driver's own on Django's connection, with Django's errors."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor
