"""A batch's rows inside one prepared statement, for the few statements that a city's morning runs ten thousand times.

The statement names the rows as `k`. PostgreSQL gets one array a column and keeps the plan; SQLite gets a list of
VALUES, padded to a power of two so that a handful of texts, each prepared once, serve every size of batch. Inside
`pipelined`, statements go out together and are answered together: a batch makes three round trips and not ten.
Elsewhere `kernel.sql.rows_table` is the plainer way.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import msgspec
import psycopg
from django.db import connection

from notoneless.kernel.sql import Row, is_postgres

MOST_VARIABLES = 32_000
"""SQLite binds up to 32,766 in one statement."""
_decode = msgspec.json.Decoder(list[list[Any]]).decode
_here = threading.local()


class Answer:
    """What a statement will have said; asking waits for it. Database errors come out where it is asked."""

    def __init__(
        self,
        cursor: "psycopg.Cursor[Any] | None",
        *,
        count: int = 0,
        rows: list[Sequence[Any]] | None = None,
        place: int | None = None,
    ) -> None:
        """`place`: of the count in the one row that the statement answers with."""
        self._cursor = cursor
        self._place = place
        self._count = count
        self._rows = rows or []

    def count(self) -> int:
        """How many rows it touched."""
        if self._cursor is not None:
            with connection.wrap_database_errors:
                if (pipeline := getattr(_here, "pipeline", None)) is not None:
                    pipeline.sync()
            if self._place is None:
                self._count = int(self._cursor.rowcount)
            else:
                self._cursor.scroll(0, mode="absolute")
                self._count = int(self._cursor.fetchall()[0][self._place])
            self._cursor = None
        return self._count

    def rows(self) -> list[Sequence[Any]]:
        if self._cursor is not None:
            with connection.wrap_database_errors:
                self._rows, self._cursor = list(self._cursor.fetchall()), None
        return self._rows


@contextmanager
def pipelined() -> Iterator[None]:
    """Statements of this module inside go to PostgreSQL together; each still sees what those before it did."""
    if not is_postgres():
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline() as pipeline:
        _here.pipeline = pipeline
        try:
            yield
        finally:
            _here.pipeline = None


def run_with(columns: Mapping[str, str], rows: Sequence[Row], statement: str, *params: object) -> Answer:
    """Run a statement that writes, over the rows `k`.

    `columns`: name to PostgreSQL type. Instants are numbers and days ISO text, alike on both databases.
    """
    if is_postgres():
        return Answer(_prepared(_with_arrays(tuple(columns.items()), statement), [*_arrays(columns, rows), *params]))
    connection.ensure_connection()
    before = connection.connection.total_changes  # a statement that begins with WITH has no row count in sqlite3
    for part in _parts(columns, rows):
        text, bound = _with_values(columns, part, statement)
        _stepped(text, [*bound, *params])
    return Answer(None, count=int(connection.connection.total_changes - before))


def run_both_with(
    columns: Mapping[str, str], rows: Sequence[Row], first: str, second: str, *params: object
) -> tuple[Answer, Answer]:
    """Two statements that write, over the same rows, which go out once. `params` are those of `first`, then `second`.

    On PostgreSQL they are one statement: neither sees what the other writes.
    """
    if is_postgres():
        both = (
            f", one AS ({first} RETURNING 1), two AS ({second} RETURNING 1)"
            " SELECT (SELECT COUNT(*) FROM one), (SELECT COUNT(*) FROM two)"
        )
        cursor = _prepared(_with_arrays(tuple(columns.items()), both), [*_arrays(columns, rows), *params])
        return Answer(cursor, place=0), Answer(cursor, place=1)
    split = first.count("%s")
    return run_with(columns, rows, first, *params[:split]), run_with(columns, rows, second, *params[split:])


def fetch_with(
    columns: Mapping[str, str], rows: Sequence[Row], wanted: Sequence[str], rest: str, *params: object
) -> Answer:
    """The rows of `SELECT wanted rest`, over the rows `k`. On SQLite truth comes as 0 and 1."""
    if is_postgres():
        text = _with_arrays(tuple(columns.items()), f"SELECT {', '.join(wanted)} {rest}")
        return Answer(_prepared(text, [*_arrays(columns, rows), *params]))
    found: list[Sequence[Any]] = []
    for part in _parts(columns, rows):
        # One answer of JSON: SQLite gives up and takes back the interpreter's lock at each row it steps to, and the
        # lane's threads would each time queue for it.
        text, bound = _with_values(columns, part, f"SELECT json_group_array(json_array({', '.join(wanted)})) {rest}")
        found += _decode(_stepped(text, [*bound, *params]).fetchone()[0])
    return Answer(None, rows=found)


def uuid_of(column: str) -> str:
    """32 hexadecimal digits as the id that Django's UUIDField reads."""
    return f"{column}::uuid" if is_postgres() else column


def _arrays(columns: Mapping[str, str], rows: Sequence[Row]) -> list[str]:
    """One array literal a column. psycopg writes the same in Python, a tenth as fast."""
    if not rows:
        return ["{}"] * len(columns)
    return [
        _texts(values) if kind in ("text", "uuid", "jsonb") else _numbers(values)
        for kind, values in zip(columns.values(), zip(*rows, strict=True), strict=True)
    ]


def _numbers(values: Sequence[Any]) -> str:
    """Numbers, truth and dates: nothing that would need a quote."""
    if isinstance(values[0], str):
        return "{" + ",".join(values) + "}"
    return "{" + str(list(values))[1:-1].replace("None", "NULL") + "}"


def _texts(values: Sequence[Any]) -> str:
    if None in values:
        return "{" + ",".join("NULL" if value is None else _quoted(value) for value in values) + "}"
    joined = '","'.join(values)
    if "\\" not in joined and joined.count('"') == 2 * (len(values) - 1):
        return '{"' + joined + '"}'
    return "{" + ",".join([_quoted(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache(maxsize=256)
def _with_arrays(columns: tuple[tuple[str, str], ...], statement: str) -> str:
    casts = ", ".join(f"%s::{kind}[]" for _, kind in columns)
    return f"WITH k({', '.join(name for name, _ in columns)}) AS (SELECT * FROM unnest({casts})) {statement}"


def _prepared(text: str, params: Sequence[object]) -> "psycopg.Cursor[Any]":
    connection.ensure_connection()
    cursor: psycopg.Cursor[Any] = psycopg.Cursor(connection.connection)
    with connection.wrap_database_errors:
        return cursor.execute(text, params, prepare=True)


def _parts(columns: Mapping[str, str], rows: Sequence[Row]) -> list[Sequence[Row]]:
    most = 1 << (MOST_VARIABLES // len(columns)).bit_length() - 1
    return [rows[start : start + most] for start in range(0, len(rows), most)]


def _with_values(columns: Mapping[str, str], rows: Sequence[Row], statement: str) -> tuple[str, list[object]]:
    size = 1 << (len(rows) - 1).bit_length()
    bound = [value for row in rows for value in row]
    bound += [None] * (len(columns) * (size - len(rows)))
    return _values_text(tuple(columns), size, statement), bound


@lru_cache(maxsize=256)
def _values_text(names: tuple[str, ...], size: int, statement: str) -> str:
    row = f"({', '.join('?' * len(names))})"
    values = ", ".join([row] * size)
    return (
        f"WITH k({', '.join(names)}) AS (SELECT * FROM (VALUES {values}) WHERE column1 IS NOT NULL) "
        + statement.replace("%s", "?")
    )


def _stepped(text: str, params: Sequence[object]) -> Any:
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection.connection.execute(text, params)
