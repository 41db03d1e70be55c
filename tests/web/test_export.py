"""Tables as workbooks: the page's figures, who may take them, what is written down, what no cell can do."""

import io
from datetime import timedelta
from fractions import Fraction

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from notoneless.expect.services import open_day
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.web import sheets
from notoneless.web.sheets import HIDDEN, Column, Sheet, workbook
from tests.builders import DAY, clock_at, make_city, make_person, make_unit, opened_city, report, send
from tests.web.cast import make_account, make_cast, signed_in

pytestmark = pytest.mark.django_db
ILL = {"condition": "unwell", "temperature": 385, "symptoms": ["fever"]}
Rows = list[list[object]]


def read(content: bytes) -> tuple[Rows, Rows]:
    """The table's sheet and the one that explains it."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    table, meaning = ([list[object](row) for row in book.get_sheet_by_index(n).to_python()] for n in (0, 1))
    return table, meaning


def taken(client: Client, address: str) -> tuple[dict[str, object], list[str], Rows]:
    """The facts above the table, its header and its rows."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == sheets.TYPE and "attachment" in answer["Content-Disposition"]
    table, meaning = read(answer.content)
    head = next(place for place, row in enumerate(table) if not any(row)) + 1
    header = [str(cell) for cell in table[head] if cell]
    assert [row[0] for row in meaning][: len(header)] == header, "every column is explained"
    return {str(row[0]): row[1] for row in table[1 : head - 1]}, header, table[head + 1 :]


def test_figures_are_the_pages_with_day_unit_and_hour() -> None:
    opened_city()
    make_cast()
    send(*(report(f"K1-{n}") for n in (1, 2)), report("K1-3", answers=ILL))
    facts, header, rows = taken(signed_in("officer"), "/bureau/D/export/figures.xlsx")
    assert facts == {"Unit": "D (D)", "Duty": "Daily health report", "Day": str(DAY), "As of": f"{DAY} 09:00:00"}
    assert header[:9] == ["Unit", "Code", "Expected", "Reported", "On time", "Late", "Excused", "Unheard", "Rate"]
    assert rows[0][:9] == ["D", "D", 7, 3, 3, 0, 0, 4, 0.428], "three of seven, rounded down"
    assert rows[0][header.index("Abnormal")] == 1


def test_who_may_not_export_gets_no_sheet_and_no_link() -> None:
    opened_city(pupils=1)
    make_cast()
    for name, status in (("inspector", 403), ("teacher", 404), ("other_principal", 404), ("officer", 200)):
        assert signed_in(name).get("/bureau/D/export/figures.xlsx").status_code == status, name
    assert b"export/figures.xlsx" in signed_in("officer").get("/bureau/D/").content
    assert b"export/figures.xlsx" not in signed_in("inspector").get("/bureau/D/").content
    assert signed_in("officer").get("/bureau/D/export/everything.xlsx").status_code == 404


def test_export_is_written_down_and_names_as_names() -> None:
    opened_city()
    make_cast()
    client = signed_in("officer")
    _facts, header, rows = taken(client, "/bureau/D/export/missing.xlsx")
    assert len(rows) == 7 and header[0] == "Who" and [row[2] for row in rows].count("S K1") == 3
    entry = AuditEntry.objects.get(act="table.exported")
    assert (entry.actor, entry.subject) == ("officer", "unit:D")
    assert entry.detail == {"table": "missing", "day": str(DAY), "duty": "daily-health", "rows": 7}
    noted = AuditEntry.objects.get(act="names.read").detail
    assert (noted["count"], noted["page"]) == (7, "missing.xlsx")
    taken(client, "/bureau/D/export/ranking.xlsx")
    assert AuditEntry.objects.filter(act="names.read").count() == 1


def test_stars_of_the_page_are_stars_in_the_sheet() -> None:
    """A central school takes tables and sees no names: small counts are as little in its sheet as on its page."""
    units = make_city()
    central = make_unit("Z", "central_school", units["D"])
    school = make_unit("R", "primary", central)
    make_person("R-1", school)
    open_day(DAY - timedelta(days=1), clock=clock_at(0, day=DAY - timedelta(days=1)))
    open_day(DAY, clock=clock_at(0))
    make_cast()
    make_account("central", ("central", "Z"))
    send(report("R-1", answers=ILL))
    client = signed_in("central")
    _facts, header, rows = taken(client, "/bureau/Z/export/figures.xlsx")
    assert [row[header.index("Abnormal")] for row in rows] == [HIDDEN, HIDDEN]
    _facts, header, rows = taken(client, "/bureau/Z/export/situation.xlsx")
    assert rows == [["R", "R", "Newly", 0, HIDDEN]]
    assert client.get("/bureau/Z/export/missing.xlsx?level=person").status_code == 403
    assert taken(client, "/bureau/Z/export/missing.xlsx?day=2026-11-22")[1][0] == "Unit", "no names"


def test_no_cell_is_a_formula() -> None:
    nasty = ["=1+1", "+A1", "-2", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://x")', "https://x"]
    sheet = Sheet("=T", [("Unit", "=U")], [Column("a", "=b")], [[text] for text in nasty])
    content = workbook(sheet, made_at=clock_at(9).now())
    table, _meaning = read(content)
    cells = [str(row[0]) for row in table]
    assert "'=1+1" in cells and "https://x" in cells and "'@SUM(A1)" in cells
    assert b"<f>" not in content
    assert content == workbook(sheet, made_at=clock_at(9).now()), "the same sheet is the same bytes"


def test_rates_are_rounded_down_and_nothing_is_an_empty_cell() -> None:
    sheet = Sheet("t", [], [Column("a", ""), Column("b", "")], [[Fraction(1999, 2000), None]])
    table, _meaning = read(workbook(sheet, made_at=clock_at(9).now()))
    assert table[-1] == [0.999, ""]


def test_too_long_a_list_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST", 1)
    with pytest.raises(DomainError, match="too_many_rows"):
        workbook(Sheet("t", [], [Column("a", "")], [["1"], ["2"]]), made_at=clock_at(9).now())
