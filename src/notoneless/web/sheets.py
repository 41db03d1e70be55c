"""A table of a page as a workbook: what it shows, of when and where, and what its columns mean."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import xlsxwriter
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from notoneless.kernel.errors import DomainError

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 20_000
"""Rows: a city's schools several times over. A list of people that is longer is taken school by school."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
HIDDEN = "＊"
"""In place of a count of one to four (rollup/small.py)."""
Cell = str | int | Fraction | None


@dataclass(frozen=True)
class Column:
    """A column's name, and what it counts."""

    name: str
    meaning: str


@dataclass(frozen=True)
class Sheet:
    """`facts`: what stands above the table: unit, day, as of when. A Fraction is a rate; None is an empty cell."""

    title: str
    facts: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


def plain(text: str) -> str:
    """A text that no table program takes for a formula, not even after it was saved as CSV and opened again."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def workbook(sheet: Sheet, *, made_at: datetime) -> bytes:
    """The same sheet at the same instant is the same bytes. Raises DomainError `too_many_rows`."""
    if len(sheet.rows) > MOST:
        raise DomainError("too_many_rows", "level", most=MOST, count=len(sheet.rows))
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": sheet.title, "created": localtime(made_at).replace(tzinfo=None)})
        bold, rate = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        page = book.add_worksheet(_("Table"))
        page.write_string(0, 0, plain(sheet.title), bold)
        for row, (name, value) in enumerate(sheet.facts, start=1):
            page.write_string(row, 0, name)
            page.write_string(row, 1, plain(value))
        head = len(sheet.facts) + 2
        for place, column in enumerate(sheet.columns):
            page.write_string(head, place, column.name, bold)
        for row, cells in enumerate(sheet.rows, start=head + 1):
            for place, cell in enumerate(cells):
                _write(page, row, place, cell, rate)
        page.freeze_panes(head + 1, 0)
        page.set_column(0, 1, 24)
        page.set_column(2, max(2, len(sheet.columns) - 1), 12)
        if sheet.rows:
            page.autofilter(head, 0, head + len(sheet.rows), len(sheet.columns) - 1)
        _explain(book, sheet, bold)
    return out.getvalue()


def _write(page: Any, row: int, place: int, cell: Cell, rate: Any) -> None:
    if isinstance(cell, str):
        page.write_string(row, place, plain(cell)[:32767])
    elif isinstance(cell, Fraction):
        page.write_number(row, place, (cell.numerator * 1000 // cell.denominator) / 1000, rate)  # never rounded up
    elif cell is not None:
        page.write_number(row, place, cell)


def _explain(book: Any, sheet: Sheet, bold: Any) -> None:
    page = book.add_worksheet(_("What the columns mean"))
    page.set_column(0, 0, 20)
    page.set_column(1, 1, 90)
    lines: Iterable[tuple[str, str]] = [
        *((column.name, column.meaning) for column in sheet.columns), *(("", note) for note in sheet.notes)
    ]  # fmt: skip
    for row, (name, meaning) in enumerate(lines):
        page.write_string(row, 0, plain(name), bold)
        page.write_string(row, 1, plain(meaning))
