"""A table of text cells with a header, whatever file it lies in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from notoneless.kernel.errors import DomainError

RawRow = tuple[int, list[str]]
"""Row number as a spreadsheet shows it (the header is row 1 at the earliest) and its cells. Empty rows are left out."""


@dataclass(frozen=True)
class Table:
    """`label` is the file as the clerk knows it. `read` starts again at each call and yields the rows below the header.

    A cell list is as long as its row was; `UNREADABLE` stands for a row whose quotes do not match.
    """

    label: str
    header: list[str]
    read: Callable[[], Iterator[RawRow]]


UNREADABLE = "\x00unreadable"


class FileRefused(Exception):
    """A file that is not what it says, or cannot be read to its end: refused whole. `label` is its name."""

    def __init__(self, label: str, error: DomainError) -> None:
        super().__init__(label, error.code)
        self.label = label
        self.error = error


def require_size(label: str, size: int) -> None:
    """Raises FileRefused `file_too_large` beyond settings.IMPORT_MAX_BYTES (bytes)."""
    limit = settings.IMPORT_MAX_BYTES
    if size > limit:
        # Rounded up: "190 MB, limit 190 MB" would help nobody.
        megabytes = -(-size // 1_000_000)
        raise FileRefused(label, DomainError("file_too_large", megabytes=megabytes, limit=limit // 1_000_000))


def require_file(path: Path) -> None:
    if not path.is_file():
        raise FileRefused(path.name, DomainError("file_not_found"))
    require_size(path.name, path.stat().st_size)


def without_empty_end(cells: list[str]) -> list[str]:
    """The header without the blank columns that spreadsheets add on the right."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return [cell.strip() for cell in cells[:end]]
