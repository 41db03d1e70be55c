"""The clerk's own file back, with a status and a reason on every row."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from notoneless.kernel.errors import DomainError
from notoneless.roster.files.headers import Source
from notoneless.roster.files.tables import UNREADABLE, RawRow
from notoneless.roster.imports.outcome import RowError
from notoneless.roster.imports.refusals import SOURCE_STEP

SHEET_ROWS = 1_048_576
"""Excel's own limit; a longer table goes on in another sheet."""

STATUSES = {
    "added": "新增 / added",
    "changed": "更改 / changed",
    "unchanged": "未变 / unchanged",
    "refused": "退回 / refused",
}
_TITLES = ("状态 / status", "原因 / reason")


@dataclass
class Statuses:
    """Places (source and row) that were added, changed (both sorted) or refused; all others are unchanged."""

    added: Sequence[int] = ()
    changed: Sequence[int] = ()
    refused: Mapping[int, list[DomainError]] = field(default_factory=dict)

    def of(self, place: int) -> str:
        if place in self.refused:
            return "refused"
        if _has(self.added, place):
            return "added"
        return "changed" if _has(self.changed, place) else "unchanged"


def _has(places: Sequence[int], place: int) -> bool:
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place


def write_report(path: Path, sources: Sequence[Source], statuses: Statuses) -> None:
    """One sheet for each table, cells as text (leading zeros kept, nothing that starts with = is a formula)."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False}) as book:
        for number, source in enumerate(sources):
            rows = iter(source.table.read())
            part, is_more = 0, True
            while is_more:
                part += 1
                sheet = book.add_worksheet(_sheet_name(number, part, source.label))
                _write_header(sheet, source.table.header)
                is_more = _write_rows(sheet, rows, source, number=number, statuses=statuses)


def write_refusal(path: Path, errors: Sequence[RowError]) -> None:
    """The report of a command of which a file was refused whole: which file and why."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("refused")
        for column, title in enumerate(("文件 / file", *_TITLES)):
            sheet.write_string(0, column, title)
        for row, error in enumerate(errors, start=1):
            sheet.write_string(row, 0, error.file)
            sheet.write_string(row, 1, STATUSES["refused"])
            sheet.write_string(row, 2, error.error.message())


def _sheet_name(number: int, part: int, label: str) -> str:
    """Excel allows 31 characters and not these: the number keeps names apart."""
    plain = "".join("_" if sign in "[]:*?/\\'" else sign for sign in label)
    return f"{number + 1}{f'-{part}' if part > 1 else ''} {plain}"[:31]


def _write_header(sheet: Worksheet, header: Sequence[str]) -> None:
    for column, title in enumerate((*header, *_TITLES)):
        sheet.write_string(0, column, title)


def _write_rows(sheet: Worksheet, rows: Iterator[RawRow], source: Source, *, number: int, statuses: Statuses) -> bool:
    """Fill one sheet; True when it is full and rows may be left."""
    width = len(source.table.header)
    for line, (row_number, cells) in enumerate(rows, start=1):
        place = number * SOURCE_STEP + row_number
        kept = ["?"] if cells == [UNREADABLE] else cells
        for column, cell in enumerate(kept[:width]):
            sheet.write_string(line, column, cell[:32767])
        errors = statuses.refused.get(place, [])
        # An enrolment that is in order is neither added nor changed: it only says where a pupil belongs.
        status = "" if source.subject == "links" and not errors else STATUSES[statuses.of(place)]
        sheet.write_string(line, width, status)
        sheet.write_string(line, width + 1, "\n".join(error.message() for error in errors))
        if line == SHEET_ROWS - 1:
            return True
    return False
