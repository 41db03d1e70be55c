"""One text of SQL for two databases: the few places where SQLite and PostgreSQL differ, named."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def rows_table(alias: str, columns: Mapping[str, str], rows: Sequence[Row]) -> tuple[str, list[Any]]:
    """A FROM item holding `rows`, and its parameters. `columns` maps each name to its PostgreSQL type.

    PostgreSQL unnests one array a column; SQLite reads one JSON text. Dates are written as ISO text.
    """
    if is_postgres():
        arrays = [list(values) for values in zip(*rows, strict=True)] if rows else [[] for _ in columns]
        casts = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        return f"unnest({casts}) AS {alias}({', '.join(columns)})", arrays
    picks = ", ".join(f"value ->> {place} AS {name}" for place, name in enumerate(columns))
    return f"(SELECT {picks} FROM json_each(%s)) AS {alias}", [json.dumps(rows, default=_plain)]


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot pass {type(value).__name__} to SQLite")


def each_text(column: str) -> str:
    """A FROM item that yields the strings of a JSON array column, as `item.value`."""
    if is_postgres():
        return f"json_array_elements_text({column}::json) AS item(value)"
    return f"json_each({column}) AS item"


def for_update(of: str = "") -> str:
    """The clause that locks the selected rows; SQLite's one writer needs none."""
    if not is_postgres():
        return ""
    return f" FOR UPDATE OF {of}" if of else " FOR UPDATE"


def is_deadlock(error: Exception) -> bool:
    """Whether PostgreSQL ended this transaction to free two that waited for each other; it may be tried again."""
    return getattr(error.__cause__, "sqlstate", "") in ("40P01", "40001")


def execute(statement: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def fetch(statement: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def as_day(value: date | str) -> date:
    """A date column as a raw cursor returns it: PostgreSQL a date, SQLite its ISO text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


@contextmanager
def temp_table(name: str, columns: str) -> Iterator[None]:
    """A session-private table that is empty on entry, and on exit unless something failed.

    It is kept for the session's next use: on PostgreSQL each new one would cost catalogue rows and locks.
    """
    execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns})")
    _empty(name)
    yield
    _empty(name)  # not after an error: the next use empties it, and the error must stay the first thing told


def _empty(name: str) -> None:
    if fetch(f"SELECT 1 FROM {name} LIMIT 1"):
        execute(f"TRUNCATE {name}" if is_postgres() else f"DELETE FROM {name}")


def lock_exclusively(*names: str) -> None:
    """Until this transaction ends, nobody else holds any of these names. SQLite's one writer needs none."""
    _advise("pg_advisory_xact_lock", names)


def lock_shared(*names: str) -> None:
    """Until this transaction ends, nobody holds any of these names exclusively."""
    _advise("pg_advisory_xact_lock_shared", names)


def _advise(function: str, names: Sequence[str]) -> None:
    if is_postgres() and names:
        execute(f"SELECT {function}(hashtextextended(n, 0)) FROM unnest(%s::text[]) AS n", [sorted(set(names))])
