"""Files that are not what they say: refused whole, by their bytes, before anything of them is read or kept."""

import re
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from pytest_django import Settings

from notoneless.kernel.errors import DomainError
from notoneless.roster.files.contents import kind_of, require_picture
from notoneless.roster.files.opening import open_sources
from notoneless.roster.files.tables import FileRefused
from notoneless.roster.imports.annotated import Statuses, write_report
from tests.roster.conftest import PEOPLE, TODAY, table, write_workbook

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(40)
ONEROSTER = {
    "orgs.csv": "sourcedId,name,type,parentSourcedId\nD,D,district,\nS,S,school,D\n",
    "classes.csv": "sourcedId,title,schoolSourcedId\nC1,1,S\n",
    "users.csv": "sourcedId,orgSourcedIds,role,givenName,familyName\nP1,S,student,A,B\n",
    "enrollments.csv": "classSourcedId,userSourcedId,role\nC1,P1,student\n",
}


def code_of(path: Path) -> str:
    """The code with which a file is refused; nothing when it is taken."""
    try:
        for source in open_sources(path, day=TODAY):
            list(source.rows())
    except FileRefused as refused:
        return refused.error.code
    return ""


def zipped(path: Path, members: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def altered(book: Path, target: Path, changes: Mapping[str, bytes]) -> Path:
    """A workbook with members replaced or added."""
    with zipfile.ZipFile(book) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return zipped(target, {**members, **changes})


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A good workbook."""
    path = write_workbook(tmp_path / "good.xlsx", table(PEOPLE))
    assert code_of(path) == ""
    return path


def test_good_set_in_a_zip_is_taken(tmp_path: Path) -> None:
    assert code_of(zipped(tmp_path / "a.zip", ONEROSTER)) == ""
    assert code_of(zipped(tmp_path / "b.zip", {f"folder/{name}": text for name, text in ONEROSTER.items()})) == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.csv", b"PK\x03\x04 a workbook by its bytes"),
        ("p.csv", PNG),
        ("p.csv", b"GIF89a/*" + b'*/=1;alert("x")//'),
        ("p.csv", b"\xff\xd8\xff\xe0 JFIF"),
        ("p.csv", b"%PDF-1.7"),
        ("p.csv", b"MZ\x90\x00\x03"),
        ("p.csv", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("p.csv", b"\xef\xbb\xbf  <html><script>alert(1)</script>"),
        ("p.csv", b"#!/bin/sh\nrm -r /"),
        ("p.xlsx", PNG),
        ("p.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)),
        ("p.zip", b"\x1f\x8b\x08"),
        ("p.zip", b"Rar!\x1a\x07\x01\x00"),
    ],
)
def test_content_decides_and_not_the_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert code_of(tmp_path / name) == "file_disguised"


def test_table_may_begin_with_letters_that_programs_begin_with() -> None:
    assert [kind_of(start) for start in (b"MZ,BZh\n", b"BZh,name\n", b"code,name\n")] == ["text"] * 3


@pytest.mark.parametrize("suffix", [".xlsm", ".xltm", ".xlsb", ".XLSM"])
def test_workbook_that_is_made_for_macros_is_refused(book: Path, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"m{suffix}"
    path.write_bytes(book.read_bytes())
    assert code_of(path) == "file_has_macros"


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("xl/vbaProject.bin", b"x"),
        ("xl/VBAPROJECT.BIN", b"x"),
        ("xl/macrosheets/sheet1.xml", b"<x/>"),
        ("xl/activeX/activeX1.xml", b"<x/>"),
        ("[Content_Types].xml", b'<Types><Override PartName="/xl/x.bin" ContentType="application/vnd.ms-office.'
                                b'vbaProject"/></Types>'),
    ],
)  # fmt: skip
def test_macros_under_an_innocent_name_are_refused(book: Path, tmp_path: Path, member: str, content: bytes) -> None:
    assert code_of(altered(book, tmp_path / "m.xlsx", {member: content})) == "file_has_macros"


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("xl/embeddings/oleObject1.bin", b"x"),
        ("inner.zip", b"x"),
        ("inner.txt", b"PK\x03\x04"),
        ("inner.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ],
)
def test_archive_in_an_archive_is_refused(book: Path, tmp_path: Path, member: str, content: bytes) -> None:
    assert code_of(altered(book, tmp_path / "n.xlsx", {member: content})) == "file_nested"
    assert code_of(zipped(tmp_path / "n.zip", ONEROSTER | {member: content})) == "file_nested"


@pytest.mark.parametrize(
    "name", ["../orgs.csv", "a/../../orgs.csv", "/etc/orgs.csv", "C:/orgs.csv", "a\\..\\orgs.csv", "\\\\host\\a.csv"]
)
def test_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    assert code_of(zipped(tmp_path / "p.zip", ONEROSTER | {name: "x"})) == "file_path_unsafe"


def test_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("users.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        for name, text in ONEROSTER.items():
            archive.writestr(link if name == link.filename else name, text)
    assert code_of(tmp_path / "l.zip") == "file_path_unsafe"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    """One would be read by the check, the other by the importer."""
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        for name, text in (*ONEROSTER.items(), ("users.csv", "x")):
            archive.writestr(name, text)
    assert code_of(tmp_path / "d.zip") == "file_path_unsafe"


def test_bomb_of_zeros_is_refused(book: Path, tmp_path: Path, settings: Settings) -> None:
    zeros = bytes(60_000_000)
    for path in (altered(book, tmp_path / "b.xlsx", {"xl/worksheets/sheet2.xml": zeros}),
                 zipped(tmp_path / "b.zip", ONEROSTER | {"users.csv": zeros})):  # fmt: skip
        assert path.stat().st_size < 200_000
        assert code_of(path) == "file_bomb"


def test_bomb_of_many_small_members_is_refused(tmp_path: Path) -> None:
    members = ONEROSTER | {f"{number}.csv": "" for number in range(10_001)}
    assert code_of(zipped(tmp_path / "m.zip", members)) == "file_bomb"


def test_bomb_that_calls_itself_small_is_refused(book: Path, tmp_path: Path) -> None:
    """Its declared sizes are ten bytes, in both places where a zip declares them."""
    for path in (altered(book, tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": bytes(60_000_000)}),
                 zipped(tmp_path / "b.zip", ONEROSTER | {"users.csv": bytes(60_000_000)})):  # fmt: skip
        lied = path.read_bytes().replace(struct.pack("<I", 60_000_000), struct.pack("<I", 10))
        assert lied.count(struct.pack("<I", 10)) >= 2
        path.write_bytes(lied)
        assert code_of(path) == "file_bomb"


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


@pytest.mark.parametrize(
    "content", [ENTITIES, EXTERNAL, ENTITIES.decode().encode("utf-16"), b" " * 262_140 + ENTITIES],
    ids=["bomb", "file", "utf-16", "across two blocks"],
)  # fmt: skip
@pytest.mark.parametrize("member", ["xl/sharedStrings.xml", "xl/workbook.xml", "docProps/core.xml"])
def test_entities_in_a_workbook_are_refused(book: Path, tmp_path: Path, member: str, content: bytes) -> None:
    assert code_of(altered(book, tmp_path / "e.xlsx", {member: content})) == "xml_has_entities"


def test_text_about_entities_in_a_cell_is_taken(tmp_path: Path) -> None:
    rows = table(PEOPLE)
    rows[1][1] = "<!ENTITY a>"
    assert code_of(write_workbook(tmp_path / "t.xlsx", rows)) == ""


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a/*" + b'*/=1;alert("x")//',
        PNG + b"<script>alert(1)</script>",
        b"\xff\xd8\xff\xe0" + b"<?php system($_GET[0]); ?>",
        b"RIFF\x00\x00\x00\x00WEBP" + b'<img src=x onerror = "alert(1)">',
        b"<html><body onload=alert(1)>",
        b"%PDF-1.7",
        b"",
    ],
)
def test_picture_that_is_a_script_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError, match="picture_unsafe"):
        require_picture(content)


def test_picture_is_known_by_its_bytes() -> None:
    pictures = [PNG, b"\xff\xd8\xff\xe0" + bytes(9), b"RIFF\x00\x00\x00\x00WEBPVP8 "]
    assert [require_picture(one) for one in pictures] == ["png", "jpeg", "webp"]


FORMULAS = ["=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "{=1}", '=HYPERLINK("http://x")']


def test_formula_in_a_file_comes_back_as_text(tmp_path: Path) -> None:
    """The annotated report: what looks like a formula, or an address, is a text in every cell."""
    rows = table(PEOPLE)
    rows += [[f"F{number}", formula, "student", "C1", *[""] * 7] for number, formula in enumerate(FORMULAS)]
    given = write_workbook(tmp_path / "f.xlsx", rows)

    write_report(tmp_path / "back.xlsx", open_sources(given, day=TODAY), Statuses())

    with zipfile.ZipFile(tmp_path / "back.xlsx") as archive:
        parts = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    assert all(formula.strip().replace("&", "&amp;").split('"')[0] in parts for formula in FORMULAS)
    assert "<f>" not in parts and "<hyperlink" not in parts
    assert set(re.findall(r'<c r="\w+" (?:s="\d+" )?t="(\w+)"', parts)) <= {"s", "inlineStr"}


def test_name_of_a_member_does_not_speak_to_the_terminal(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", ONEROSTER | {"\x1b[2J\x1b]0;owned\x07.zip": "x"})
    with pytest.raises(FileRefused) as refused:
        open_sources(path, day=TODAY)
    assert "\x1b" not in refused.value.error.message() and "\x07" not in refused.value.error.message()
