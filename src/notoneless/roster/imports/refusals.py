"""Refusals of an import wait in a temporary table, so that a file of nothing but mistakes needs no memory."""

import json
from collections.abc import Sequence

from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import execute, fetch, rows_table
from notoneless.roster.files.headers import Problem, Source
from notoneless.roster.imports.outcome import ERRORS_SHOWN, RowError

TABLE = "import_refusal"
COLUMNS = "place BIGINT NOT NULL, code TEXT NOT NULL, field TEXT NOT NULL, params TEXT NOT NULL"

SOURCE_STEP = 1 << 32
"""A place is source number times this plus row number: one number that sorts by file and row."""

Refusal = tuple[int, Problem]


def refuse(refusals: Sequence[Refusal]) -> None:
    if not refusals:
        return
    rows = [(place, code, column, json.dumps(params)) for place, (code, column, params) in refusals]
    item, params = rows_table("r", {"place": "bigint", "code": "text", "field": "text", "params": "text"}, rows)
    execute(f"INSERT INTO {TABLE} SELECT r.place, r.code, r.field, r.params FROM {item}", params)


def first_errors(sources: Sequence[Source]) -> tuple[list[RowError], int]:
    """The first ERRORS_SHOWN in the order of files and rows, and how many more there are."""
    found = fetch(f"SELECT place, code, field, params FROM {TABLE} ORDER BY place, field, code LIMIT {ERRORS_SHOWN}")
    total = int(fetch(f"SELECT count(*) FROM {TABLE}")[0][0])
    return [_error(sources, *row) for row in found], total - len(found)


def errors_by_place(sources: Sequence[Source]) -> dict[int, list[DomainError]]:
    """Every refusal, for the report that the clerk gets back."""
    reasons: dict[int, list[DomainError]] = {}
    for row in fetch(f"SELECT place, code, field, params FROM {TABLE} ORDER BY place"):
        reasons.setdefault(row[0], []).append(_error(sources, *row).error)
    return reasons


def _error(sources: Sequence[Source], place: int, code: str, field: str, params: str) -> RowError:
    number, row = divmod(place, SOURCE_STEP)
    source = sources[number]
    return RowError(source.label, row, DomainError(code, source.titles.get(field, field), **json.loads(params)))
