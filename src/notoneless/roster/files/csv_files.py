"""CSV in UTF-8 (with or without BOM) or GBK, found out by reading the bytes once before the first row is believed."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import BinaryIO

from notoneless.kernel.errors import DomainError
from notoneless.roster.files.tables import UNREADABLE, FileRefused, RawRow, Table, require_file, without_empty_end

BLOCK = 1 << 20
FIELD_LIMIT = 100_000
"""Characters of one cell. A longer one is a quotation mark that was never closed."""

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ALL_CHINESE = re.compile("[\x00-\x7f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*")

OpenBytes = Callable[[], BinaryIO]


def open_csv(path: Path) -> Table:
    """Raises FileRefused: not_text, mixed_encoding, empty_file, unclosed_quote, file_too_large."""
    require_file(path)
    return csv_table(path.name, lambda: path.open("rb"))


def csv_table(label: str, open_bytes: OpenBytes) -> Table:
    """A table over bytes that can be opened again and again: a file, or a member of a zip."""
    try:
        encoding = _encoding_of(open_bytes)
    except DomainError as error:
        raise FileRefused(label, error) from error
    rows = _rows(label, open_bytes, encoding)
    first = next(rows, None)
    rows.close()
    if first is None:
        raise FileRefused(label, DomainError("empty_file"))
    header = first[1]
    if UNREADABLE in header:
        raise FileRefused(label, DomainError("bad_quotes"))

    def read() -> Iterator[RawRow]:
        below = _rows(label, open_bytes, encoding)
        next(below)
        return below

    return Table(label, without_empty_end(header), read)


def _rows(label: str, open_bytes: OpenBytes, encoding: str) -> Generator[RawRow, None, None]:
    """Every row that holds anything, the header included. A row number counts records as a spreadsheet does."""
    csv.field_size_limit(FIELD_LIMIT)
    number = 0
    with open_bytes() as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        reader = csv.reader(text, strict=True)
        while True:
            number += 1
            started = reader.line_num + 1
            try:
                for cells in reader:
                    if any(cells):
                        yield number, cells
                    number += 1
                    started = reader.line_num + 1
                return
            except csv.Error as error:
                # "field larger than field limit" or "unexpected end of data": everything after the mark is inside it.
                if "limit" in str(error) or "end of data" in str(error):
                    raise FileRefused(label, DomainError("unclosed_quote", line=started)) from error
                yield number, [UNREADABLE]


def _encoding_of(open_bytes: OpenBytes) -> str:
    """`utf-8-sig` or `gb18030` (which holds GBK). Raises DomainError for what is neither or both."""
    with open_bytes() as raw:
        start = raw.read(4)
    if not start.strip():
        with open_bytes() as raw:
            if not any(block.strip() for block in _blocks(raw)):
                raise DomainError("empty_file")
    is_unicode = _decodes(open_bytes, "utf-8")
    if is_unicode:
        return "utf-8-sig"
    if start.startswith(codecs.BOM_UTF8):
        raise DomainError("mixed_encoding", line=_first_line_not(open_bytes, "utf-8"))
    if not _decodes(open_bytes, "gb18030"):
        # Where the larger part is Chinese in one encoding, the line that breaks it is the one to show.
        raise DomainError("mixed_encoding", line=_first_line_not(open_bytes, "utf-8"))
    stray = _first_unicode_line(open_bytes)
    if stray:
        raise DomainError("mixed_encoding", line=stray)
    return "gb18030"


def _blocks(raw: BinaryIO) -> Iterator[bytes]:
    while block := raw.read(BLOCK):
        yield block


def _decodes(open_bytes: OpenBytes, encoding: str) -> bool:
    """Whether every byte fits the encoding. Raises DomainError `not_text` at a byte that no text holds."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with open_bytes() as raw:
        fits = True
        for block in _blocks(raw):
            if _CONTROL.search(block):
                raise DomainError("not_text")
            if fits:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    fits = False
        if fits:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                fits = False
        return fits


def _first_line_not(open_bytes: OpenBytes, encoding: str) -> int:
    with open_bytes() as raw:
        for number, line in enumerate(raw, start=1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number
    return 1


def _first_unicode_line(open_bytes: OpenBytes) -> int:
    """In a file that reads as GBK: the first line that is really UTF-8, or 0.

    GBK text hardly ever happens to be UTF-8 that consists of Chinese only: that takes three rare characters in a row,
    in every cell of the line.
    """
    with open_bytes() as raw:
        for number, line in enumerate(raw, start=1):
            if line.isascii():
                continue
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                continue
            if _ALL_CHINESE.fullmatch(text.strip("\r\n")):
                return number
    return 0
