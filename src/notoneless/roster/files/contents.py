"""What a file is by its bytes, before anything reads it: no disguise, macro, bomb, script or entity gets past here.

Functions of a file (or of its first bytes), so that a page that takes uploads asks the same questions as the importer.
"""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from notoneless.kernel.errors import DomainError

BLOCK = 1 << 18
MOST_MEMBERS = 10_000
RATIO = 200
"""A member may be so many times its packed size once it is larger than SMALL. Rosters of one repeated row reach 120;
a bomb of zeros reaches 1,030, the most that deflate can."""
SMALL = 4_000_000

_KINDS = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"\x1f\x8b", "gzip"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"), (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"), (b"MZ", "program"), (b"\x7fELF", "program"), (b"#!", "program"),
)  # fmt: skip
_PACKED = ("zip", "ole", "gzip", "7z", "rar", "bzip2", "xz", "program")
_SAID = {"ole": ".xls / 加密的工作簿 encrypted workbook"}
_PICTURES = ("png", "jpeg", "webp")
_MARKUP = re.compile(rb"<(?:!doctype|\?xml|\?php|html|head|body|script|svg|iframe|object)\b", re.IGNORECASE)
_SCRIPT = re.compile(rb"<script\b|<svg\b|<html\b|<\?php|<%|javascript:|\bon(?:load|error)\s*=", re.IGNORECASE)
_ENTITIES = tuple(word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le",
                                                                                           "utf-16-be"))  # fmt: skip
_ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".xlsx", ".xlsm", ".docx", ".jar")
_MACROS = ("vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin")
_MACRO_FOLDERS = ("xl/macrosheets/", "xl/activex/", "xl/dialogsheets/", "customui/")
MACRO_SUFFIXES = (".xlsm", ".xltm", ".xlsb", ".xlam", ".xla")


def kind_of(start: bytes) -> str:
    """`zip`, `ole`, `pdf`, `png`, `jpeg`, `gif`, `webp`, `gzip`, `program`, `markup` ..., or `text` for what is none.

    `start`: the first bytes of a file, 512 are enough.
    """
    for magic, kind in _KINDS:
        if start.startswith(magic) and (len(magic) > 3 or magic in (b"\xff\xd8\xff", b"#!") or not _is_words(start)):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    return "markup" if _MARKUP.match(start.removeprefix(b"\xef\xbb\xbf").lstrip()) else "text"


def _is_words(start: bytes) -> bool:
    """Whether a short magic such as MZ may be how a table's first column is called."""
    return not any(sign < 9 for sign in start)


def require_kind(path: Path, *expected: str) -> None:
    """The name's promise kept. Text is left to whoever reads the file, who knows better what is wrong with it.

    Raises DomainError `file_disguised`; `file_has_macros` for a kind of workbook that is made to carry them.
    """
    suffix = path.suffix.lower()
    if suffix in MACRO_SUFFIXES:
        raise DomainError("file_has_macros", member=suffix)
    with path.open("rb") as raw:
        found = kind_of(raw.read(512))
    if found not in (*expected, "text"):
        raise DomainError("file_disguised", said=suffix, found=_SAID.get(found, found))


def require_picture(content: bytes) -> str:
    """`png`, `jpeg` or `webp`. Raises DomainError `picture_unsafe` for all else, SVG among it, and for a picture in
    which a browser that guesses could find a script.
    """
    kind = kind_of(content[:512])
    if kind not in _PICTURES or _SCRIPT.search(content):
        raise DomainError("picture_unsafe")
    return kind


def require_archive(archive: zipfile.ZipFile, *, most: int) -> None:
    """Names and declared sizes, before a byte is unpacked. `most`: bytes, of all members together.

    Raises DomainError `file_path_unsafe`, `file_has_macros`, `file_nested`, `file_bomb`.
    """
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise DomainError("file_bomb", member=f"{len(members)}")
    if len({member.filename for member in members}) < len(members):
        raise DomainError("file_path_unsafe")  # two of one name: one for the check, the other for the reader
    total = 0
    for member in members:
        _require_name(member)
        total += member.file_size
        is_large = member.file_size > SMALL and member.file_size > RATIO * max(1, member.compress_size)
        if is_large or total > most:
            raise DomainError("file_bomb", member=_shown(member))


def require_members(archive: zipfile.ZipFile, *, most: int, is_xml: bool) -> None:
    """Every byte is unpacked once and counted, and none is kept: declared sizes may lie, and not every reader stops at
    them. `is_xml`: a workbook, whose markup must declare no entities.

    Raises DomainError `file_bomb`, `file_nested`, `file_has_macros`, `xml_has_entities`; BadZipFile.
    """
    total = 0
    for member in archive.infolist():
        tail, is_types = b"", is_xml and member.filename == "[Content_Types].xml"
        for number, block in enumerate(_unpacked(archive, member)):
            total += len(block)
            if total > most:
                raise DomainError("file_bomb", member=_shown(member))
            if number == 0 and kind_of(block[:512]) in _PACKED:
                raise DomainError("file_nested", member=_shown(member))
            if is_xml and any(word in tail + block for word in _ENTITIES):
                raise DomainError("xml_has_entities", member=_shown(member))
            if is_types and (b"vbaProject" in tail + block or b"macroEnabled" in tail + block):
                raise DomainError("file_has_macros", member=_shown(member))
            tail = block[-32:]


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Blocks to the real end, which must be the declared one. The standard library's own reader stops at the declared
    end; the workbook reader does not, and would unpack a gigabyte that calls itself ten bytes.
    """
    if member.flag_bits & 1 or archive.fp is None:
        raise zipfile.BadZipFile(member.filename)
    raw, size = archive.fp, 0
    raw.seek(member.header_offset + 26)
    lengths = raw.read(4)
    raw.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
    for block in _inflated(raw, member) if member.compress_type == zipfile.ZIP_DEFLATED else _stored(raw, member):
        size += len(block)
        if size > member.file_size:
            raise DomainError("file_bomb", member=_shown(member))
        yield block
    if size != member.file_size:
        raise zipfile.BadZipFile(member.filename)


def _stored(raw: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    if member.compress_type != zipfile.ZIP_STORED:
        raise zipfile.BadZipFile(member.filename)  # no spreadsheet program packs in any other way
    left = member.compress_size
    while left > 0 and (block := raw.read(min(BLOCK, left))):
        left -= len(block)
        yield block


def _inflated(raw: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    decoder, left = zlib.decompressobj(-zlib.MAX_WBITS), member.compress_size
    try:
        while left > 0 and not decoder.eof and (packed := raw.read(min(BLOCK, left))):
            left -= len(packed)
            while packed and (block := decoder.decompress(packed, BLOCK)):
                packed = decoder.unconsumed_tail
                yield block
        if rest := decoder.flush():  # a few hundred bytes at most: what came in has all gone through
            yield rest
    except zlib.error as error:
        raise zipfile.BadZipFile(member.filename) from error


def _require_name(member: zipfile.ZipInfo) -> None:
    name = member.filename.replace("\\", "/")
    path = PurePosixPath(name)
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name or is_link or "\\" in member.filename:
        raise DomainError("file_path_unsafe")
    plain = name.lower()
    if path.name.lower() in _MACROS or plain.startswith(_MACRO_FOLDERS):
        raise DomainError("file_has_macros", member=_shown(member))
    if plain.endswith(_ARCHIVES) or "/embeddings/" in plain:
        raise DomainError("file_nested", member=_shown(member))


def _shown(member: zipfile.ZipInfo) -> str:
    """The name as a message may carry it: short, and nothing that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "?" for sign in member.filename)[-60:]
