"""Excel workbooks through calamine: every sheet that holds anything is a table, cells as text, leading zeros kept."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from notoneless.kernel.errors import DomainError
from notoneless.roster.files.contents import require_archive, require_members
from notoneless.roster.files.tables import FileRefused, RawRow, Table, require_file, without_empty_end

UNPACKED = 6
"""A workbook may unpack to so many times settings.IMPORT_MAX_BYTES: its XML is mostly markup."""

Cell = int | float | str | bool | time | date | datetime | timedelta


def open_xlsx(path: Path) -> list[Table]:
    """Raises FileRefused: not_xlsx, merged_header, empty_file, file_too_large."""
    require_file(path)
    _require_workbook(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            names = list(workbook.sheet_names)
            tables = [table for name in names if (table := _table(path, workbook, name, alone=len(names) == 1))]
    except (CalamineError, OSError) as error:
        raise FileRefused(path.name, DomainError("not_xlsx")) from error
    if not tables:
        raise FileRefused(path.name, DomainError("empty_file"))
    return tables


def _require_workbook(path: Path) -> None:
    limit = settings.IMPORT_MAX_BYTES * UNPACKED
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            if "xl/workbook.xml" not in archive.namelist():
                raise FileRefused(path.name, DomainError("not_xlsx"))
            if unpacked > limit:
                megabytes = -(-unpacked // 1_000_000)
                told = DomainError("file_too_large", megabytes=megabytes, limit=limit // 1_000_000)
                raise FileRefused(path.name, told)
            require_archive(archive, most=limit)
            require_members(archive, most=limit, is_xml=True)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise FileRefused(path.name, DomainError("not_xlsx")) from error


def _table(path: Path, workbook: CalamineWorkbook, name: str, *, alone: bool) -> Table | None:
    """None for a sheet without content. The sheet is kept until its rows have been read once, then read again."""
    sheet = workbook.get_sheet_by_name(name)
    header = next(_rows(sheet), None)
    if header is None:
        return None
    header_row, cells = header
    # Zero-based rows: the first and last of each merged range.
    if any(start[0] < header_row <= end[0] + 1 for start, end in sheet.merged_cell_ranges or ()):
        raise FileRefused(path.name, DomainError("merged_header", sheet=name))
    kept = [sheet]

    def read() -> Iterator[RawRow]:
        if kept:
            source = kept.pop()
        else:
            with CalamineWorkbook.from_path(path) as again:
                source = again.get_sheet_by_name(name)
        rows = _rows(source)
        next(rows, None)
        return rows

    return Table(path.name if alone else f"{path.name}[{name}]", without_empty_end(cells), read)


def _rows(sheet: CalamineSheet) -> Iterator[RawRow]:
    """Rows that hold anything, the header included; numbers as the spreadsheet shows them."""
    first = sheet.start[0] + 1 if sheet.start else 1
    for number, values in enumerate(sheet.iter_rows(), start=first):
        cells = [value if value.__class__ is str else _text(value) for value in values]
        if any(cells):
            yield number, cells


def _text(value: Cell) -> str:
    """A cell as the clerk meant it: 1234567890.0 is 1234567890; a day is ISO text; more than 15 digits are lost."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        if not value.is_integer():
            return repr(value)
        return str(int(value)) if abs(value) < 1e15 else f"{value:.5E}"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**15 else f"{value:.5E}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)
