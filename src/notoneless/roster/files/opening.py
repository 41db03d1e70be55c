"""From a path to sources of rows, by what the path says it is; the content must then be that."""

from datetime import date
from pathlib import Path

from notoneless.kernel.errors import DomainError
from notoneless.roster.files.contents import MACRO_SUFFIXES, require_kind
from notoneless.roster.files.csv_files import open_csv
from notoneless.roster.files.headers import Source, source_of
from notoneless.roster.files.oneroster import open_oneroster
from notoneless.roster.files.tables import FileRefused
from notoneless.roster.files.xlsx_files import open_xlsx

_EXPECTED = {".zip": ("zip",), ".xlsx": ("zip",), ".csv": ()}
"""What each name promises, besides text."""


def open_sources(path: Path, *, day: date) -> list[Source]:
    """The sources in one path. `day` decides which OneRoster enrolments run. Raises FileRefused."""
    try:
        return _open_sources(path, day=day)
    except DomainError as error:
        raise FileRefused(path.name, error) from error


def _open_sources(path: Path, *, day: date) -> list[Source]:
    suffix = path.suffix.lower()
    if path.is_file() and suffix in (*_EXPECTED, *MACRO_SUFFIXES):
        require_kind(path, *_EXPECTED.get(suffix, ()))
    if path.is_dir() or suffix == ".zip":
        return open_oneroster(path, day=day)
    if suffix == ".csv":
        return [source_of(open_csv(path))]
    if suffix == ".xlsx":
        return [source_of(table) for table in open_xlsx(path)]
    code = "unknown_file_type" if path.exists() else "file_not_found"
    raise FileRefused(path.name, DomainError(code, suffix=suffix) if path.exists() else DomainError(code))
