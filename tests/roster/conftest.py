"""A small county, written as a clerk would, and imports of it."""

import csv
import io
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notoneless.kernel.clock import FixedClock
from notoneless.roster.imports.outcome import ImportOutcome
from notoneless.roster.services import import_roster

CLOCK = FixedClock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
TODAY = date(2026, 11, 23)

UNIT_HEADER = "code,name,kind,authority,area,stage,opened_on,closed_on"
PEOPLE_HEADER = "code,name,population,unit,household,id_type,id_number,phone,sex,birth_date,tags"

UNITS = f"""{UNIT_HEADER}
CITY,驻马店市教育局,city,,4117,,,
YC,驿城区教育局,district,CITY,411702,,,
KF,开发区教育局,district,CITY,KFQ,,,
2141000001,实验小学,primary,YC,411702,primary,1990-01-01,
3141000002,市直一中,junior,CITY,411702,junior,,
Z-1,开发区中心校,central_school,KF,,,,
2141000003,村小,primary,Z-1,,primary,,2020-07-01
C1,一年级一班,class,2141000001,,primary,,
C2,一年级二班,class,2141000001,,primary,,
C3,七年级一班,class,3141000002,,junior,,
C9,旧班,class,2141000003,,primary,,
"""
PEOPLE = f"""{PEOPLE_HEADER}
S1,张三,student,C1,H1,01,11010519491231002X,,,,boarder
S2,李四,student,C2,H1,,,,,,
S3,王五,student,C3,H3,01,411702201210150015,,,,
R1,张父,relative,,H1,passport,E12345678,138 0000-0001,男,1980/1/2,
T1,赵老师,staff,2141000001,,,,+86 13900000002,女,19800102,dual_income
"""

Import = Callable[..., ImportOutcome]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """A file of this name in a folder of the test's own."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def bring(db: None, tmp_path: Path) -> Import:
    """Import texts as files, units or people by their header. Options as the service has them."""
    turn = iter(range(1000))

    def bring_texts(*texts: str | Path, **options: object) -> ImportOutcome:
        paths = []
        for text in texts:
            if isinstance(text, str):
                path = tmp_path / f"file{next(turn)}.csv"
                path.write_text(text, encoding="utf-8")
                text = path
            paths.append(text)
        return import_roster(paths, scope_actor="clerk", clock=CLOCK, **options)  # type: ignore[arg-type] # by name

    return bring_texts


@pytest.fixture
def county(bring: Import) -> ImportOutcome:
    """UNITS and PEOPLE, imported."""
    outcome = bring(UNITS, PEOPLE)
    assert outcome.refused == 0
    return outcome


def people_text(*rows: str) -> str:
    return "\n".join((PEOPLE_HEADER, *rows)) + "\n"


def units_text(*rows: str) -> str:
    return "\n".join((UNIT_HEADER, *rows)) + "\n"


def problems(outcome: ImportOutcome) -> list[tuple[int, str, str]]:
    """(row, code, column) of every refusal."""
    return [(each.row, each.error.code, each.error.field) for each in outcome.errors]


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def write_workbook(path: Path, rows: Sequence[Sequence[object]], **options: object) -> Path:
    """An .xlsx with these cells, typed as Python types them. `merge`: a range to merge."""
    import xlsxwriter  # noqa: PLC0415 - few tests write workbooks

    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                (sheet.write_string if isinstance(cell, str) else sheet.write)(line, column, cell)
        if "merge" in options:
            sheet.merge_range(options["merge"], "花名册")
    return path


def copy_folder(source: Path, target: Path) -> Path:
    return Path(shutil.copytree(source, target))
