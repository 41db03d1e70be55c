"""What files may look like, and what is refused whole."""

import codecs
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from notoneless.kernel.crypto import unseal
from notoneless.roster.models import Person, Unit
from tests.roster.conftest import PEOPLE, UNITS, Import, people_text, problems, table, units_text, write_workbook

Write = Callable[[str, str | bytes], Path]


@pytest.mark.parametrize(
    "content",
    [
        UNITS.encode(),
        codecs.BOM_UTF8 + UNITS.encode(),
        UNITS.encode("gbk"),
        UNITS.replace("\n", "\r\n").encode("gbk"),
        UNITS.replace("\n", "\n\n").encode(),
    ],
    ids=["utf-8", "bom", "gbk", "gbk-crlf", "blank-lines"],
)
def test_csv_reads_alike_in_every_encoding(content: bytes, write: Write, bring: Import) -> None:
    outcome = bring(write("units.csv", content))

    assert (outcome.added, outcome.refused) == (11, 0)
    assert Unit.objects.get(code="YC").name == "驿城区教育局"


def test_leading_zeros_survive_csv_and_excel(write: Write, bring: Import, tmp_path: Path) -> None:
    bring(units_text("007,零零七,class,0099,,,,", "0099,学校,school,,,,,"))
    book = write_workbook(tmp_path / "p.xlsx", [*table(PEOPLE)[:1], ["00012", "零", "student", "007", *[""] * 7]])

    assert bring(book).added == 1
    assert Person.objects.get().code == "00012"
    assert set(Unit.objects.values_list("code", flat=True)) == {"007", "0099"}


@pytest.mark.usefixtures("county")
def test_excel_numbers_and_dates_become_what_the_clerk_sees(bring: Import, tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "p.xlsx", [
        table(PEOPLE)[0],
        [1234567890.0, "数", "staff", 2141000001, "", "", "", 13800000009, 1, date(1990, 5, 6), ""],
        [1234567891, "时", "staff", 2141000001, "", "", "", "", "女", datetime(1990, 5, 6, 0, 0), ""],  # noqa: DTZ001
        ["", "", "", "", "", "", "", "", "", "", ""],
        [1234567892, "失", "staff", 2141000001, "", "01", 411702201210150015, "", "", "", ""],
    ])  # fmt: skip

    outcome = bring(book)

    assert problems(outcome) == [(5, "number_lost_digits", "id_number")]
    first, second = Person.objects.filter(code__startswith="123456").order_by("code")
    assert (first.code, first.sex, first.birth_date) == ("1234567890", "1", date(1990, 5, 6))
    assert unseal(bytes(first.sealed), context=first.code).phone == "13800000009"
    assert (second.sex, second.birth_date) == ("2", date(1990, 5, 6))


def test_workbook_with_a_sheet_for_each_subject_is_read_whole(bring: Import, tmp_path: Path) -> None:
    import xlsxwriter  # noqa: PLC0415 - the only workbook of two sheets

    with xlsxwriter.Workbook(str(tmp_path / "all.xlsx")) as book:
        for name, text in (("人员", PEOPLE), ("空", ""), ("机构", UNITS)):
            sheet = book.add_worksheet(name)
            for line, row in enumerate(table(text)):
                sheet.write_row(line, 0, row)

    outcome = bring(tmp_path / "all.xlsx")

    assert (outcome.units.added, outcome.people.added, outcome.refused) == (11, 5, 0)


def test_chinese_headers_in_any_order_and_without_optional_columns(bring: Import) -> None:
    units = "主管部门,名称,类型,编码\n,市局,市教育局,CITY\nCITY,小学,小学,XX1\nXX1,一班,班级,C1\n"
    people = """姓名,人员类别,所属机构/班级,代码,证件号码,手机/电话
张三,学生,C1,S1,11010519491231002x,
李师,教职工,XX1,T1,,123
"""

    outcome = bring(people, units)

    assert (outcome.units.added, outcome.people.added) == (3, 1)
    assert problems(outcome) == [(3, "bad_phone", "手机/电话")]
    assert Person.objects.get().birth_date == date(1949, 12, 31)


REFUSED_WHOLE: list[tuple[str, str | bytes, str, str]] = [
    ("p.csv", b"\x00\x01\x02\xff" * 99, "not_text", ""),
    ("p.csv", b"", "empty_file", ""),
    ("p.csv", b"\n\n", "empty_file", ""),
    ("p.csv", PEOPLE.encode() + "S7,混,student,C1,,,,,,,\n".encode("gbk"), "mixed_encoding", ""),
    ("p.csv", PEOPLE.encode("gbk") + "S7,混合,student,C1,,,,,,,\n".encode(), "mixed_encoding", ""),
    ("p.csv", PEOPLE.encode("gbk") + "S7,混合着,student,C1,,,,,,,\n".encode(), "mixed_encoding", ""),
    ("p.csv", codecs.BOM_UTF8 + PEOPLE.encode("gbk"), "mixed_encoding", ""),
    ("p.csv", "x" * 200, "unknown_header", ""),
    ("p.csv", "code,name,population,unit,shoe_size\n", "unknown_column", "shoe_size"),
    ("p.csv", "code,name,population,unit,,sex\n", "unknown_column", "5"),
    ("p.csv", "code,name,population,unit,name\n", "duplicate_column", "name"),
    ("p.csv", "code,name,population\n", "missing_column", "unit"),
    ("u.csv", "code,name,kind\n", "missing_column", "authority"),
    ("p.csv", PEOPLE + 'S7,"永不结束,student,C1,,,,,,,\nS8,被吞,student,C1,,,,,,,\n', "unclosed_quote", ""),
    ("p.xlsx", b"PK not really", "not_xlsx", ""),
    ("p.xlsx", PEOPLE, "not_xlsx", ""),
    ("p.xls", b"\xd0\xcf\x11\xe0", "unknown_file_type", ""),
    ("p.zip", b"PK not really", "not_zip", ""),
]


@pytest.mark.parametrize(("name", "content", "code", "column"), REFUSED_WHOLE)
def test_file_that_is_not_what_it_says_is_refused_whole(
    name: str, content: str | bytes, code: str, column: str, write: Write, bring: Import
) -> None:
    outcome = bring(UNITS, write(name, content))

    assert outcome.is_refused
    assert [(each.file, each.row, each.error.code, each.error.field) for each in outcome.errors] == [
        (name, 0, code, column)
    ]
    assert (outcome.rows, outcome.refused, Unit.objects.count()) == (0, 0, 0)


def test_every_file_refused_whole_is_named(bring: Import, write: Write, tmp_path: Path) -> None:
    outcome = bring(write("a.csv", b""), write("b.xlsx", b""), tmp_path / "c.csv")

    assert [each.error.code for each in outcome.errors] == ["empty_file", "not_xlsx", "file_not_found"]


def test_merged_header_is_refused_whole_and_merged_title_too(bring: Import, tmp_path: Path) -> None:
    header = write_workbook(tmp_path / "h.xlsx", table(PEOPLE), merge="A1:C1")
    title = write_workbook(tmp_path / "t.xlsx", [["花名册"], *table(PEOPLE)], merge="A1:K1")

    assert [each.error.code for each in bring(header).errors] == ["merged_header"]
    assert [each.error.code for each in bring(title).errors] == ["merged_header"]


def test_large_file_is_refused_before_it_is_read(
    bring: Import, write: Write, tmp_path: Path, settings: Settings
) -> None:
    settings.IMPORT_MAX_BYTES = 10_000
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", b"0" * 20_000)
    assert bomb.stat().st_size < 1000

    for path in (write("big.csv", b"0" * 10_001), bomb):
        assert [each.error.code for each in bring(path).errors] == ["file_too_large"]


def test_library_of_a_zip_that_is_no_workbook_is_refused(bring: Import, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")

    assert [each.error.code for each in bring(tmp_path / "p.xlsx").errors] == ["not_xlsx"]


@pytest.mark.usefixtures("county")
def test_columns_left_out_leave_what_the_roster_holds(bring: Import) -> None:
    before = Person.objects.get(code="T1")

    outcome = bring(
        "code,name,population,unit\nT1,赵老师,staff,2141000001\n",
        "code,name,kind,authority\nYC,驿城区教育局,district,CITY\n",
    )

    assert (outcome.unchanged, outcome.rows) == (2, 2)
    renamed = bring("code,name,population,unit\nT1,赵主任,staff,2141000001\n")
    after = Person.objects.get(code="T1")
    assert renamed.changed == 1
    assert (
        unseal(bytes(after.sealed), context="T1").phone
        == unseal(bytes(before.sealed), context="T1").phone
        == "13900000002"
    )
    assert (after.tags, after.sex, after.birth_date) == (before.tags, before.sex, before.birth_date)


@pytest.mark.usefixtures("county")
def test_empty_cell_of_a_column_that_is_there_clears_what_the_roster_holds(bring: Import) -> None:
    bring(people_text("T1,赵老师,staff,2141000001,,,,,,,"))

    after = Person.objects.get(code="T1")
    assert (unseal(bytes(after.sealed), context="T1").phone, after.tags, after.sex, after.birth_date) == (
        "",
        "[]",
        "",
        None,
    )
